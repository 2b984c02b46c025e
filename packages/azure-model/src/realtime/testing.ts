/** For tests: a socket on a resource, its time held by hand. */
import type { DeploymentOptions } from '../deployment.ts';
import type { ResourceFacts, Seeded } from '../resource.ts';
import { answered, headersOf, NOW_MS, type RequestFields, testRequest, testResource } from '../testing.ts';
import type { SocketSession } from './socket-session.ts';

export const TALKERS: readonly DeploymentOptions[] = [
  { name: 'talk', model: 'gpt-realtime', capacity: 1000 },
  { name: 'narrow', model: 'gpt-realtime', capacity: 1, requestsPerMinute: 1 },
  { name: 'chat', model: 'gpt-4o', capacity: 1000 },
];

/** An event as JSON has it. */
export type Heard = Readonly<Record<string, never>> & { readonly type: string };

export class Line {
  readonly session: SocketSession;
  nowMs = NOW_MS;
  readonly events: Heard[] = [];

  constructor(session: SocketSession) {
    this.session = session;
    this.listen();
  }

  say(event: unknown): readonly Heard[] {
    const before = this.events.length;
    this.listen();
    this.session.receive(typeof event === 'string' ? event : JSON.stringify(event), this.nowMs);
    this.listen();
    return this.events.slice(before);
  }

  /** Lets time pass, event by event. */
  wait(ms: number): readonly Heard[] {
    const before = this.events.length;
    const endMs = this.nowMs + ms;
    for (let dueMs = this.session.dueMs; dueMs !== null && dueMs <= endMs; dueMs = this.session.dueMs) {
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.listen();
    }
    this.nowMs = endMs;
    return this.events.slice(before);
  }

  listen(): void {
    for (const text of this.session.take(this.nowMs)) this.events.push(JSON.parse(text));
  }
}

const TALK = { path: '/openai/v1/realtime', query: 'model=talk' };

/** @returns the line, or the answer that there is none. */
export function dial(seeded: Seeded, facts: Partial<ResourceFacts> = {}, fields: RequestFields = TALK) {
  const resource = testResource(seeded, { deployments: TALKERS, ...facts });
  const headers = { 'api-key': 'key-1', upgrade: 'websocket', ...fields.headers };
  const answer = answered(resource, testRequest('', { method: 'GET', ...fields, headers }));
  if (answer.socket === undefined) return { resource, answer, headers: headersOf(answer), line: null };
  return { resource, answer, headers: headersOf(answer), line: new Line(answer.socket(NOW_MS)) };
}

export function lineTo(seeded: Seeded, facts: Partial<ResourceFacts> = {}, fields: RequestFields = TALK): Line {
  const { line } = dial(seeded, facts, fields);
  if (line === null) throw new Error('the socket was refused');
  return line;
}

export function typesOf(events: readonly Heard[]): readonly string[] {
  return events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);
}

export function userText(text: string): object {
  return {
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  };
}
