/** A chat app in a test: models by script, a store in memory, time by hand. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { FakeModels } from '../../answer/testing/fake-models.ts';
import { type Chat, type ChatOptions, startChat } from '../../main.ts';
import { readSettings } from '../../settings/settings.ts';
import { sourceOf } from '../document-routes.ts';

export interface Started {
  readonly chat: Chat;
  readonly clock: FakeClock;
  readonly logged: string[];
  /** Sends a request to the app, over HTTP. */
  readonly send: (path: string, init?: RequestInit) => Promise<Response>;
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Response>;
}

export interface StartOptions extends Partial<Pick<ChatOptions, 'host' | 'allowAnonymous'>> {
  readonly env?: Readonly<Record<string, string>>;
  /** Text by path. */
  readonly documents?: Readonly<Record<string, string>>;
}

export async function started(t: TestContext, models: FakeModels, options: StartOptions = {}): Promise<Started> {
  const read = readSettings({
    AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:1',
    SPILLWAY_CHAT_FILE: ':memory:',
    ...options.env,
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const clock = new FakeClock();
  const logged: string[] = [];
  const { host = '127.0.0.1', allowAnonymous = false } = options;
  const log: ChatOptions['log'] = (_, message, facts) => logged.push(`${message} ${JSON.stringify(facts ?? {})}`);
  const chat = await startChat({
    settings: read.settings,
    version: 'test',
    host,
    port: 0,
    allowAnonymous,
    clock,
    log,
    models,
  });
  t.after(() => chat.close());
  for (const [path, text] of Object.entries(options.documents ?? {})) await index(chat, path, text);
  const base = chat.url.replace('0.0.0.0', '127.0.0.1');
  const send = (path: string, init?: RequestInit) => fetch(base + path, { redirect: 'manual', ...init });
  const post: Started['post'] = (path, body, headers = {}) => {
    const json = { 'content-type': 'application/json', ...headers };
    return send(path, { method: 'POST', headers: json, body: JSON.stringify(body) });
  };
  return { chat, clock, logged, send, post };
}

async function index({ parts }: Chat, path: string, text: string): Promise<void> {
  const source = sourceOf(path, new TextEncoder().encode(text), { category: null, access: null, owner: null });
  const taken = parts.queue.add({ kind: 'files', sources: [source], bytes: text.length });
  const job = taken.kind === 'taken' ? await parts.queue.ended(taken.id) : null;
  assert.equal(job?.progress.failed, 0, JSON.stringify(job?.failures));
}
