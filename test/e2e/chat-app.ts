/** The chat app before the real gateway and simulator, with a look at all that it sends to the gateway. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type AnswerEvent, type Chat, readSettings, startChat } from '@spillway/chat';
import { CLIENT_KEY, type World, world } from '../world.ts';

export interface Sent {
  readonly path: string;
  readonly body: string;
}

/** null: it goes on to the gateway. */
export type Answering = (sent: Sent) => { readonly status: number; readonly headers?: Record<string, string> } | null;

export interface ChatWorld {
  readonly app: Chat;
  readonly url: string;
  readonly world: World;
  /** What the app sent to the gateway, oldest first. */
  readonly sent: Sent[];
  readonly get: (path: string) => Promise<Response>;
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Response>;
}

export interface ChatWorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Text by name of the file. */
  readonly documents?: Readonly<Record<string, string | Uint8Array>>;
  readonly answering?: Answering;
  /** Milliseconds to the first token and for each further one. Default none. */
  readonly latency?: { readonly firstTokenMs: number; readonly perTokenMs: number };
  /** Beyond this machine, for whoever comes. */
  readonly isOpen?: boolean;
}

export async function chatWorld(t: TestContext, options: ChatWorldOptions = {}): Promise<ChatWorld> {
  const there = await world(t, options.latency === undefined ? {} : { latency: options.latency });
  const sent: Sent[] = [];
  const through = await recorder(t, there.gateway.url, sent, options.answering ?? (() => null));
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: through,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: ':memory:',
    SPILLWAY_CHAT_QUESTIONS_PER_MINUTE: '1000',
    ...options.env,
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const exposed = options.isOpen ? { host: '0.0.0.0', allowAnonymous: true } : {};
  const app = await startChat({ settings: read.settings, version: 'test', port: 0, ...exposed });
  t.after(() => app.close());
  const url = app.url.replace('0.0.0.0', '127.0.0.1');
  if (options.documents !== undefined) await index(t, app, options.documents);
  const get = (path: string) => fetch(url + path);
  const post: ChatWorld['post'] = (path, body, headers = {}) => {
    const json = { 'content-type': 'application/json', ...headers };
    return fetch(url + path, { method: 'POST', headers: json, body: JSON.stringify(body) });
  };
  return { app, url, world: there, sent, get, post };
}

/** A folder of these files, as the app indexes one. */
async function index(t: TestContext, app: Chat, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  const root = folderOf(t, files);
  const taken = app.parts.queue.add({ kind: 'folder', folder: { root, category: null } });
  const job = taken.kind === 'taken' ? await app.parts.queue.ended(taken.id) : null;
  assert.deepEqual(job?.failures, []);
}

/** Removed with the test. */
export function folderOf(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'spillway-chat-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  return root;
}

/** A server that writes down what is sent to it, and passes it on. @returns its address. */
async function recorder(t: TestContext, to: string, sent: Sent[], answering: Answering): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const one: Sent = { path: request.url ?? '', body };
    sent.push(one);
    const own = answering(one);
    if (own !== null) return response.writeHead(own.status, own.headers).end('{"error":{"message":"not now"}}');
    // One side that leaves takes the other one along.
    return passedOn(request.headers, to, one, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function passedOn(given: IncomingHttpHeaders, to: string, { path, body }: Sent, response: ServerResponse) {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const { 'content-type': type = '', authorization = '', 'api-key': key = '' } = given;
  const headers = { 'content-type': type, authorization, 'api-key': String(key) };
  const kept = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
  const answer = await fetch(to + path, { method: 'POST', headers: kept, body, signal: left.signal });
  const told = [...answer.headers].filter(([name]) => /^(content-type|retry-after|x-)/.test(name));
  response.writeHead(answer.status, Object.fromEntries(told));
  for await (const piece of answer.body ?? []) response.write(piece);
  response.end();
}

export async function ask(
  { post }: ChatWorld,
  question: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<readonly AnswerEvent[]> {
  const answer = await post('/api/chat', { question, ...more });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export function textOf(events: readonly AnswerEvent[]): string {
  return events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
}
