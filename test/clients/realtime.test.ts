/** WebSockets: realtime and Responses by the official `openai` package, unmodified, and what is refused before they open. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startSimulator } from '@spillway/simulator';
import OpenAI, { AzureOpenAI } from 'openai';
import { OpenAIRealtimeWS as PreviewRealtimeWS } from 'openai/beta/realtime/ws';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { WebSocket } from 'ws';
import { simulated } from './simulated.ts';

const DEPLOYMENTS = [
  { name: 'talk', model: 'gpt-realtime', capacity: 1000 },
  { name: 'old-talk', model: 'gpt-4o-realtime-preview', capacity: 1000 },
  { name: 'chat', model: 'gpt-4o', capacity: 1000 },
  { name: 'voice', model: 'gpt-4o-mini-tts', capacity: 1000 },
] as const;

/** Answers repeat what the user said, so that it is seen what was understood. */
const ECHO = { deployments: DEPLOYMENTS, answers: { style: 'echo' } } as const;

interface Secured {
  readonly url: string;
  readonly key: string;
  /** Of the connection: whom to trust. */
  readonly options: { readonly ca: string };
}

/** The realtime clients of the package insist on `wss:`. */
async function secured(t: TestContext): Promise<Secured> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-realtime-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const simulator = await startSimulator({
    port: 0,
    tls: { caFile },
    resources: [{ name: 'openai1', latency, ...ECHO }],
  });
  t.after(() => simulator.close());
  const resource = simulator.resources[0];
  assert.ok(resource?.httpsUrl);
  return { url: resource.httpsUrl, key: resource.key, options: { ca: readFileSync(caFile, 'utf8') } };
}

/** Everything that the session says, until it says what is waited for. */
function untilDone(rt: Pick<OpenAIRealtimeWS, 'on'>, type: string): Promise<readonly RealtimeServerEvent[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly RealtimeServerEvent[]>();
  const events: RealtimeServerEvent[] = [];
  rt.on('event', (event) => {
    events.push(event);
    if (event.type === type) resolve([...events]);
  });
  rt.on('error', reject);
  return promise;
}

function typesOf(events: readonly { readonly type: string }[]): readonly string[] {
  return events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);
}

test('OpenAIRealtimeWS.azure: answers a text in words, event by event', async (t) => {
  const { url, key, options } = await secured(t);
  const client = new AzureOpenAI({ endpoint: url, apiKey: key, apiVersion: '2025-04-01-preview' });
  const rt = await OpenAIRealtimeWS.azure(client, { deploymentName: 'talk', options });
  t.after(() => rt.close());
  const done = untilDone(rt, 'response.done');
  await once(rt.socket, 'open');
  rt.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
  const content = [{ type: 'input_text' as const, text: 'The gates are open.' }];
  rt.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  rt.send({ type: 'response.create' });
  const events = await done;
  assert.deepEqual(typesOf(events), [
    'session.created',
    'session.updated',
    'conversation.item.added',
    'conversation.item.done',
    'response.created',
    'rate_limits.updated',
    'response.output_item.added',
    'conversation.item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'conversation.item.done',
    'response.done',
  ]);
  const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
  assert.equal(text, 'The gates are open.');
  const last = events.at(-1);
  assert.ok(last?.type === 'response.done');
  assert.equal(last.response.status, 'completed');
  assert.ok((last.response.usage?.output_tokens ?? 0) > 0);
});

test('OpenAIRealtimeWS on v1: hears what was spoken, answers aloud, and the answer can be heard again', async (t) => {
  const { url, key, options } = await secured(t);
  const client = new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey: key });
  const words = 'Close the second gate.';
  const plain = new OpenAI({ baseURL: `${url.replace('https', 'http')}/openai/v1/`, apiKey: key });
  const speech = await plain.audio.speech.create({
    model: 'voice',
    voice: 'alloy',
    input: words,
    response_format: 'pcm',
  });
  const rt = new OpenAIRealtimeWS({ model: 'talk', options }, client);
  t.after(() => rt.close());
  const done = untilDone(rt, 'response.done');
  await once(rt.socket, 'open');
  const input = { transcription: { model: 'whisper' } };
  rt.send({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
  // Half a second of silence ends the turn.
  const sound = Buffer.concat([Buffer.from(await speech.arrayBuffer()), Buffer.alloc(48_000)]);
  for (let at = 0; at < sound.length; at += 4800) {
    rt.send({ type: 'input_audio_buffer.append', audio: sound.subarray(at, at + 4800).toString('base64') });
  }
  const events = await done;
  const types = typesOf(events);
  for (const type of ['input_audio_buffer.speech_started', 'input_audio_buffer.speech_stopped']) {
    assert.ok(types.includes(type), type);
  }
  const heard = events.find(({ type }) => type === 'conversation.item.input_audio_transcription.completed');
  assert.ok(heard?.type === 'conversation.item.input_audio_transcription.completed');
  assert.equal(heard.transcript, words);
  const deltas = events.flatMap((event) => (event.type === 'response.output_audio.delta' ? [event.delta] : []));
  const spoken = Buffer.concat(deltas.map((delta) => Buffer.from(delta, 'base64')));
  const transcript = events.map((event) =>
    event.type === 'response.output_audio_transcript.delta' ? event.delta : '',
  );
  assert.equal(transcript.join(''), words);
  assert.ok(spoken.length > 0);
  const again = untilDone(rt, 'conversation.item.input_audio_transcription.completed');
  rt.send({ type: 'input_audio_buffer.append', audio: spoken.toString('base64') });
  rt.send({ type: 'input_audio_buffer.commit' });
  const last = (await again).at(-1);
  assert.ok(last?.type === 'conversation.item.input_audio_transcription.completed');
  assert.equal(last.transcript, words);
});

test('beta OpenAIRealtimeWS: the preview has its own names', async (t) => {
  const s = await simulated(t, ECHO);
  const url = `${s.url.replace('http', 'ws')}/openai/realtime?api-version=2025-04-01-preview&deployment=old-talk`;
  const rt = new WebSocket(url, { headers: { 'api-key': s.key } });
  t.after(() => rt.terminate());
  const events: Array<{ readonly type: string }> = [];
  const done = Promise.withResolvers<void>();
  rt.on('message', (data) => {
    const event = JSON.parse(String(data));
    events.push(event);
    if (event.type === 'response.done') done.resolve();
  });
  await once(rt, 'open');
  const content = [{ type: 'input_text', text: 'Hi.' }];
  rt.send(JSON.stringify({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } }));
  rt.send(JSON.stringify({ type: 'response.create', response: { modalities: ['text'] } }));
  await done.promise;
  const types = typesOf(events);
  for (const type of [
    'conversation.created',
    'conversation.item.created',
    'response.text.delta',
    'response.text.done',
  ]) {
    assert.ok(types.includes(type), type);
  }
  assert.ok(!types.includes('conversation.item.added'));
  assert.equal(typeof PreviewRealtimeWS, 'function');
});

test('ResponsesWS: one response after the other, the second knows the first', async (t) => {
  const s = await simulated(t, ECHO);
  const ws = new ResponsesWS(s.v1());
  t.after(() => ws.close());
  const types: string[] = [];
  const ended: string[] = [];
  const turns = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  ws.on('event', (event) => {
    types.push(event.type);
    if (event.type !== 'response.completed') return;
    ended.push(event.response.id);
    turns[ended.length - 1]?.resolve();
  });
  ws.send({ type: 'response.create', model: 'chat', input: 'The gates are open.' });
  await turns[0]?.promise;
  assert.deepEqual(types.slice(0, 3), ['response.created', 'response.in_progress', 'response.output_item.added']);
  ws.send({ type: 'response.create', model: 'chat', input: 'Still?', previous_response_id: ended[0] ?? '' });
  await turns[1]?.promise;
  assert.notEqual(ended[0], ended[1]);
});

test('ResponsesWS: errors are events, and a second response at once is one', async (t) => {
  const s = await simulated(t, { ...ECHO, latency: { firstTokenMs: 50, perTokenMs: 1 } });
  const ws = new ResponsesWS(s.v1());
  t.after(() => ws.close());
  const errors: string[] = [];
  const three = Promise.withResolvers<void>();
  ws.on('error', (error) => {
    errors.push(error.message);
    if (errors.length === 3) three.resolve();
  });
  ws.send({ type: 'response.create', model: 'nobody', input: 'Hi' });
  ws.send({ type: 'response.create', model: 'chat', input: 'Hi', previous_response_id: 'resp_unknown' });
  ws.send({ type: 'response.create', model: 'chat', input: 'Hi' });
  ws.send({ type: 'response.create', model: 'chat', input: 'Hi' });
  await three.promise;
  assert.match(errors[0] ?? '', /deployment for this resource does not exist/);
  assert.match(errors[1] ?? '', /Previous response with id 'resp_unknown' not found/);
  assert.match(errors[2] ?? '', /Another response is in progress/);
});

test('client secrets: a key of minutes opens a session, with what it was made for', async (t) => {
  const s = await simulated(t, ECHO);
  const made = await s.v1().realtime.clientSecrets.create({ session: { type: 'realtime', model: 'talk' } });
  assert.match(made.value, /^ek_/);
  assert.ok(made.expires_at > Date.now() / 1000);
});

const REFUSALS: ReadonlyArray<readonly [name: string, path: string, key: string, status: number, text: RegExp]> = [
  ['a wrong key', '/openai/v1/realtime?model=talk', 'wrong', 401, /invalid subscription key/],
  ['an unknown deployment', '/openai/v1/realtime?model=nobody', '', 404, /DeploymentNotFound/],
  ['a model that does not speak', '/openai/v1/realtime?model=chat', '', 400, /OperationNotSupported/],
  ['no deployment', '/openai/realtime?api-version=2025-04-01-preview', '', 400, /'deployment'/],
  ['another path', '/openai/v1/elsewhere', '', 404, /Resource not found/],
];

for (const [name, path, wrongKey, status, text] of REFUSALS) {
  test(`WebSocket: ${name} is refused with ${status} and Azure's body`, async (t) => {
    const s = await simulated(t, ECHO);
    const key = wrongKey === '' ? s.key : wrongKey;
    const ws = new WebSocket(s.url.replace('http', 'ws') + path, { headers: { 'api-key': key } });
    const [, response] = await once(ws, 'unexpected-response');
    assert.equal(response.statusCode, status);
    let body = '';
    for await (const chunk of response) body += chunk;
    assert.match(body, text);
  });
}

test('WebSocket: the key may stand in the query, or come as a subprotocol, as browsers send it', async (t) => {
  const s = await simulated(t, ECHO);
  const url = `${s.url.replace('http', 'ws')}/openai/v1/realtime?model=talk`;
  for (const ws of [
    new WebSocket(`${url}&api-key=${s.key}`),
    new WebSocket(url, ['realtime', `openai-insecure-api-key.${s.key}`]),
  ]) {
    await once(ws, 'open');
    ws.terminate();
  }
});

test('POST realtime: is no operation', async (t) => {
  const s = await simulated(t, ECHO);
  const path = '/realtime';
  const error = await s
    .v1()
    .post(path, { body: {} })
    .catch((thrown: unknown) => thrown);
  assert.ok(error instanceof OpenAI.NotFoundError, String(error));
  assert.match(error.message, /Resource not found/);
});
