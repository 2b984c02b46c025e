/** For tests: a resource of a few deployments, and requests to it. */
import { modelFacts } from '@spillway/protocol';
import { DEFAULT_ANSWERS } from './answer/settings.ts';
import { Faults } from './faults.ts';
import { SharedQuotas } from './quota/shared.ts';
import type { Answer } from './reply.ts';
import { type DataRequest, Resource, type ResourceFacts, type Seeded, type World } from './resource.ts';

export const NOW_MS = 1_772_323_198_987.25;

export const FACTS: ResourceFacts = {
  name: 'openai1',
  subscription: 'simulated',
  keys: ['key-1', 'key-1b'],
  region: 'East US',
  dialect: '2026',
  deployments: [
    { name: 'chat', model: 'gpt-4o', capacity: 30 },
    { name: 'embedding', model: 'text-embedding-3-small', capacity: 30 },
    { name: 'own', model: 'gpt-4o', modelVersion: '2024-05-13', capacity: 1, requestsPerMinute: 600 },
  ],
  latency: { firstTokenMs: 0, perTokenMs: 0 },
  answers: DEFAULT_ANSWERS,
  spilloverFailure: 'standard',
};

/** @param seeded chance: `seededUnit` of @spillway/clock. */
export function testResource(seeded: Seeded, facts: Partial<ResourceFacts> = {}, world: Partial<World> = {}): Resource {
  const quotas = new SharedQuotas([], modelFacts);
  return new Resource({ ...FACTS, ...facts }, { modelFacts, faults: new Faults(), quotas, seeded, seed: 1, ...world });
}

export const CHAT_PATH = '/openai/deployments/chat/chat/completions';

export type RequestFields = Partial<Omit<DataRequest, 'header'>> & {
  /** Besides, or in place of, `api-key: key-1`. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
};

export function testRequest(body: unknown, { headers, ...fields }: RequestFields = {}): DataRequest {
  const sent: Readonly<Record<string, string | undefined>> = { 'api-key': 'key-1', ...headers };
  return {
    method: 'POST',
    path: CHAT_PATH,
    query: 'api-version=2024-10-21',
    header: (name) => sent[name],
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...fields,
  };
}

/** The answer; throws where there is none. */
export function answered(to: Resource, asked: DataRequest, nowMs = NOW_MS): Answer {
  const reply = to.respond(asked, nowMs);
  if (reply.kind !== 'answer') throw new Error(`no answer but ${reply.kind}`);
  return reply;
}

export function headersOf(answer: Answer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < answer.headers.length; i += 2) headers[answer.headers[i] ?? ''] = answer.headers[i + 1] ?? '';
  return headers;
}
