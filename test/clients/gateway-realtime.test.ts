/** WebSockets through the gateway by the official `openai` package, unmodified: realtime over TLS, Responses with chains, failover, drain. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Config, configFromEnvironment } from '@spillway/config';
import { type Gateway, type GatewayEvent, startGateway } from '@spillway/gateway';
import { type Simulator, startSimulator } from '@spillway/simulator';
import OpenAI, { AzureOpenAI } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { WebSocket } from 'ws';
import { selfSigned } from '../../apps/gateway/src/testing/certificate.ts';

const KEY = 'client-key';
const DEPLOYMENTS = [
  { name: 'talk', model: 'gpt-realtime', capacity: 1000 },
  { name: 'chat', model: 'gpt-4o', capacity: 1000 },
  { name: 'voice', model: 'gpt-4o-mini-tts', capacity: 1000 },
] as const;

class World {
  readonly simulator: Simulator;
  readonly gateway: Gateway;
  readonly events: readonly GatewayEvent[];
  readonly ca: string | null;

  constructor(simulator: Simulator, gateway: Gateway, events: readonly GatewayEvent[], ca: string | null) {
    this.simulator = simulator;
    this.gateway = gateway;
    this.events = events;
    this.ca = ca;
  }

  get v1(): OpenAI {
    return new OpenAI({ baseURL: `${this.gateway.url}/openai/v1/`, apiKey: KEY, maxRetries: 0 });
  }

  get options(): { readonly ca: string } {
    assert.ok(this.ca);
    return { ca: this.ca };
  }

  /** Whom each exchange that has ended was served by. */
  get served(): readonly (string | null)[] {
    return this.events.flatMap((event) => (event.kind === 'exchangeEnded' ? [event.exchange.deployment] : []));
  }

  async admin(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(this.simulator.adminUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.text());
  }
}

/** `same`: of equal priority, so that they share by weight; else the first serves as long as it can. */
interface WorldOptions {
  readonly tls?: boolean;
  readonly same?: boolean;
  readonly latency?: { readonly firstTokenMs: number; readonly perTokenMs: number };
}

async function world(t: TestContext, { tls = false, same = false, latency }: WorldOptions = {}): Promise<World> {
  const resources = ['openai1', 'openai2'].map((name) => ({
    name,
    deployments: DEPLOYMENTS,
    answers: { style: 'echo' as const },
    latency: latency ?? { firstTokenMs: 0, perTokenMs: 0 },
  }));
  const simulator = await startSimulator({ port: 0, resources });
  t.after(() => simulator.close());
  const pair = tls ? await certificate(t) : null;
  const events: GatewayEvent[] = [];
  const gateway = await startGateway({
    config: configFor(simulator, same, pair),
    port: 0,
    adminPort: 0,
    emit: (event) => events.push(event),
    // By turns, however many dice a try takes.
    unit: () => (events.filter(({ kind }) => kind === 'attemptJudged').length % 2 === 0 ? 0 : 0.99),
  });
  t.after(() => gateway.close());
  return new World(simulator, gateway, events, pair?.cert ?? null);
}

interface Pair {
  readonly cert: string;
  readonly certFile: string;
  readonly keyFile: string;
}

function configFor(simulator: Simulator, same: boolean, tls: Pair | null): Config {
  const env: Record<string, string> = { CLIENT_1_NAME: 'tests', CLIENT_1_KEY: KEY };
  for (const [i, { name, url, key }] of simulator.resources.entries()) {
    env[`BACKEND_${i + 1}_URL`] = url;
    env[`BACKEND_${i + 1}_NAME`] = name;
    env[`BACKEND_${i + 1}_PRIORITY`] = same ? '1' : String(i + 1);
    env[`BACKEND_${i + 1}_APIKEY`] = key;
  }
  const loaded = configFromEnvironment(env);
  if (loaded.kind === 'errors') throw new Error(JSON.stringify(loaded.errors));
  return { ...loaded.config, doors: { ...loaded.config.doors, tls } };
}

/** One for this machine that signs itself. */
async function certificate(t: TestContext): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-sockets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { cert, key } = await selfSigned('gateway');
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return { cert, certFile, keyFile };
}

/** Everything that the session says, until it says what is waited for. */
function untilDone(rt: OpenAIRealtimeWS, type: string): Promise<readonly RealtimeServerEvent[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly RealtimeServerEvent[]>();
  const events: RealtimeServerEvent[] = [];
  rt.on('event', (event) => {
    events.push(event);
    if (event.type === type) resolve([...events]);
  });
  rt.on('error', reject);
  return promise;
}

async function saysText(rt: OpenAIRealtimeWS, text: string): Promise<string> {
  const done = untilDone(rt, 'response.done');
  await once(rt.socket, 'open');
  rt.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
  const content = [{ type: 'input_text' as const, text }];
  rt.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  rt.send({ type: 'response.create' });
  return (await done).map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
}

test('OpenAIRealtimeWS.azure: a text is answered through the gateway', async (t) => {
  const w = await world(t, { tls: true });
  const client = new AzureOpenAI({ endpoint: w.gateway.url, apiKey: KEY, apiVersion: '2025-04-01-preview' });
  const rt = await OpenAIRealtimeWS.azure(client, { deploymentName: 'talk', options: w.options });
  t.after(() => rt.close());
  assert.equal(await saysText(rt, 'The gates are open.'), 'The gates are open.');
});

test('OpenAIRealtimeWS: a backend that refuses with 429 is hidden when it connects', async (t) => {
  const w = await world(t, { tls: true });
  await w.admin('/admin/faults', { resource: 'openai1', kind: 'status', status: 429 });
  const client = new OpenAI({ baseURL: `${w.gateway.url}/openai/v1/`, apiKey: KEY });
  const rt = new OpenAIRealtimeWS({ model: 'talk', options: w.options }, client);
  assert.equal(await saysText(rt, 'Anybody there?'), 'Anybody there?');
  const closed = once(rt.socket, 'close');
  rt.close();
  assert.equal((await closed)[0], 1000);
  await w.gateway.drain();
  assert.deepEqual(w.served, ['openai2/talk']);
  const throttled = w.events.flatMap((event) => (event.kind === 'throttled' ? [event.deployment.id] : []));
  assert.deepEqual(throttled, ['openai1/talk']);
});

test('OpenAIRealtimeWS: sound goes up and comes down', async (t) => {
  const w = await world(t, { tls: true });
  const words = 'Close the second gate.';
  const [resource] = w.simulator.resources;
  const direct = new OpenAI({ baseURL: `${resource?.url}/openai/v1/`, apiKey: resource?.key ?? '' });
  const asked = { model: 'voice', voice: 'alloy', input: words, response_format: 'pcm' } as const;
  const speech = Buffer.from(await (await direct.audio.speech.create(asked)).arrayBuffer());
  const client = new OpenAI({ baseURL: `${w.gateway.url}/openai/v1/`, apiKey: KEY });
  const rt = new OpenAIRealtimeWS({ model: 'talk', options: w.options }, client);
  t.after(() => rt.close());
  const done = untilDone(rt, 'response.done');
  await once(rt.socket, 'open');
  const input = { transcription: { model: 'whisper' } };
  rt.send({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
  // Half a second of silence ends the turn.
  const sound = Buffer.concat([speech, Buffer.alloc(48_000)]);
  for (let at = 0; at < sound.length; at += 4800) {
    rt.send({ type: 'input_audio_buffer.append', audio: sound.subarray(at, at + 4800).toString('base64') });
  }
  const events = await done;
  const heard = events.find(({ type }) => type === 'conversation.item.input_audio_transcription.completed');
  assert.ok(heard?.type === 'conversation.item.input_audio_transcription.completed');
  assert.equal(heard.transcript, words);
  const deltas = events.flatMap((event) => (event.type === 'response.output_audio.delta' ? [event.delta] : []));
  assert.ok(deltas.length > 0);
});

/** One `response.create` after the other. */
class Turns {
  readonly ws: ResponsesWS;
  #ended = Promise.withResolvers<string>();

  constructor(t: TestContext, w: World) {
    this.ws = new ResponsesWS(w.v1);
    t.after(() => this.ws.close());
    this.ws.on('response.completed', ({ response }) => this.#ended.resolve(response.id));
    this.ws.on('error', (error) => this.#ended.reject(error));
  }

  /** @returns the id of the answer. */
  ask(input: string, previous?: string): Promise<string> {
    this.#ended = Promise.withResolvers<string>();
    const state = previous === undefined ? {} : { previous_response_id: previous };
    this.ws.send({ type: 'response.create', model: 'chat', input, ...state });
    return this.#ended.promise;
  }
}

test('ResponsesWS: each of two chains goes on where it began, on one connection', async (t) => {
  const w = await world(t, { same: true });
  const turns = new Turns(t, w);
  // The dice fall on one backend and then on the other.
  let [one, other] = [await turns.ask('one'), await turns.ask('other')];
  assert.deepEqual([...w.served].sort(), ['openai1/chat', 'openai2/chat']);
  const [first, second] = w.served;
  for (let turn = 0; turn < 10; turn++) {
    one = await turns.ask('and then?', one);
    other = await turns.ask('and then?', other);
  }
  assert.deepEqual(
    w.served.slice(2),
    Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? first : second)),
  );
  const kept = await w.v1.responses.retrieve(one);
  assert.equal(kept.id, one);
});

test('ResponsesWS: a backend without quota is hidden, also in the middle of a connection', async (t) => {
  const w = await world(t);
  const turns = new Turns(t, w);
  await turns.ask('one');
  await w.admin('/admin/resources/openai1/deployments/chat/throttle', { seconds: 60 });
  await turns.ask('two');
  assert.deepEqual(w.served, ['openai1/chat', 'openai2/chat']);
  const tokens = w.events.flatMap((event) =>
    event.kind === 'exchangeEnded' ? [event.exchange.usage.promptTokens] : [],
  );
  assert.ok(tokens.every((count) => count !== null && count > 0));
});

test('ResponsesWS: what cannot be served is an event, and the connection goes on', async (t) => {
  const w = await world(t);
  const turns = new Turns(t, w);
  await assert.rejects(turns.ask('Hi', 'resp_0123456789abcdef'), /not found/);
  await turns.ask('Hi');
});

test('gateway: on drain an idle connection is closed with 1001, and a turn under way ends first', async (t) => {
  const w = await world(t, { latency: { firstTokenMs: 20, perTokenMs: 5 } });
  const idle = new WebSocket(`${w.gateway.url.replace('http', 'ws')}/openai/v1/responses`, {
    headers: { 'api-key': KEY },
  });
  await once(idle, 'open');
  const idleClosed = once(idle, 'close');
  const turns = new Turns(t, w);
  const turnsClosed = new Promise((resolve) => turns.ws.on('close', resolve));
  const began = new Promise((resolve) => turns.ws.on('response.created', resolve));
  const answer = turns.ask('Hi');
  await began;
  const drained = w.gateway.drain();
  assert.equal((await idleClosed)[0], 1001);
  assert.match(await answer, /^resp_/);
  assert.equal(await turnsClosed, 1001);
  await drained;
});

test('gateway: neither health nor the admin port opens a WebSocket, and other paths are plain requests', async (t) => {
  const w = await world(t);
  const ports = [w.gateway.url, w.gateway.adminUrl].map((url) => url.replace('http', 'ws'));
  const paths = ['/healthz', '/openai/v1/files', '/admin/events', '/metrics'];
  for (const url of ports.flatMap((port) => paths.map((path) => port + path))) {
    const ws = new WebSocket(url, { headers: { 'api-key': KEY } });
    ws.on('error', () => {});
    const [, response] = await once(ws, 'unexpected-response');
    assert.notEqual(response.statusCode, 101, url);
    response.destroy();
  }
});
