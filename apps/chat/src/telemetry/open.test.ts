/** Traces of an app in front of a gateway, as a collector on this machine receives them. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { TRACES_FLUSH_MS_MAX } from '@spillway/tracing';
import { startChat } from '../main.ts';
import { type Asked, fakeGateway, json, sse, stream } from '../models/testing.ts';
import { readSettings } from '../settings/settings.ts';
import { openTracing } from './open.ts';
import { NO_TRACING } from './tracing.ts';

interface Received {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code: number };
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Readonly<Record<string, unknown>> }>;
}

/** Takes OTLP/HTTP as JSON. */
async function collector(t: TestContext, status: number | 'silent' = 200) {
  const bodies: string[] = [];
  const asked = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    bodies.push(`${request.url} ${text}`);
    asked.resolve();
    if (status !== 'silent') response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return { bodies, url, asked: asked.promise };
}

/** What the collector of these tests reads. */
const AS_JSON = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };

/** What the library reads from the process is set for one test. */
function withVariables(t: TestContext, variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  for (const [name, value] of Object.entries(variables)) {
    process.env[name] = value;
    t.after(() => {
      delete process.env[name];
    });
  }
  return process.env;
}

/** In the question, a document and an answer: none of it may be in a trace. */
const CANARY = 'quetzalcoatlus';

function respond({ path, body }: Asked, out: Parameters<typeof json>[0]): void {
  if (path.includes('embeddings')) {
    const count = Array.isArray(body.input) ? body.input.length : 1;
    const vectors = Array.from({ length: count }, (_, index) => ({
      index,
      embedding: [index, 1],
      object: 'embedding',
    }));
    json(out, 200, { object: 'list', data: vectors, usage: { prompt_tokens: 1, total_tokens: 1 } });
  } else if (body.stream === true) {
    stream(out, sse([`The ${CANARY} eats [S1].`]), {
      'x-spillway-request-id': 'r-7',
      'x-spillway-deployment': 'a/chat',
    });
  } else json(out, 200, { choices: [{ message: { content: `${CANARY} food` } }] });
}

async function stage(
  t: TestContext,
  variables: Readonly<Record<string, string>> = {},
  answering = respond,
  status = 200,
) {
  const gateway = await fakeGateway(t, answering);
  const otlp = await collector(t, status);
  const env = withVariables(t, { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url, ...AS_JSON, ...variables });
  const logged: string[] = [];
  const tracing = await openTracing({ env, version: '9.9', log: (_, message) => logged.push(message) });
  const read = readSettings({
    AZURE_OPENAI_CUSTOM_URL: gateway.url,
    SPILLWAY_CHAT_FILE: ':memory:',
    SPILLWAY_CHAT_RETRIEVAL: 'hybrid',
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const chat = await startChat({ settings: read.settings, version: '9.9', port: 0, clock: new FakeClock(), tracing });
  t.after(() => chat.close());
  const ask = async (body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${chat.url}/api/chat`, { method: 'POST', headers, body: JSON.stringify(body) });
    return await answer.text();
  };
  const spans = async () => {
    await tracing.close();
    return otlp.bodies.flatMap(spansOf);
  };
  return { gateway, otlp, chat, ask, spans, tracing, logged };
}

function spansOf(body: string): readonly Received[] {
  const [, text = ''] = /^\/v1\/traces (.*)$/s.exec(body) ?? assert.fail(body);
  const { resourceSpans } = JSON.parse(text);
  return resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: Received[] }[] }) =>
    scopeSpans.flatMap((each) => each.spans),
  );
}

function factsOf({ attributes }: Received): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

test('openTracing: a question is one trace of plan, search, embeddings and answer, in the words of the conventions', async (t) => {
  const { ask, spans, gateway, otlp } = await stage(t, { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test' });
  const first = await ask({ question: `What does a ${CANARY} eat?` });
  const conversationId = /"conversationId":"([^"]+)"/.exec(first)?.[1] ?? '';
  await ask({ question: `And how much of it does a ${CANARY} eat?`, conversationId });
  const all = await spans();
  const roots = all.filter(({ name }) => name === 'question');
  assert.equal(roots.length, 2);
  const root = roots[1] ?? assert.fail();
  const trace = all.filter(({ traceId }) => traceId === root.traceId);
  const tree = trace.map(({ name, parentSpanId }) => {
    const parent = trace.find(({ spanId }) => spanId === parentSpanId);
    return `${parent?.name ?? '-'} > ${name}`;
  });
  assert.deepEqual(tree.toSorted(), [
    '- > question',
    'answer > chat chat',
    'plan > chat chat',
    'question > answer',
    'question > plan',
    'question > search',
    'search > embeddings embedding',
  ]);
  assert.deepEqual([root.kind, factsOf(root)['gen_ai.conversation.id']], [2, conversationId]);
  const answered = trace.find((each) => factsOf(each)['gen_ai.output.type'] === 'text') ?? assert.fail();
  assert.equal(answered.kind, 3);
  const { 'gen_ai.response.finish_reasons': finish, ...facts } = factsOf(answered);
  assert.deepEqual(finish, { values: [{ stringValue: 'stop' }] });
  assert.deepEqual(facts, {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': 'chat',
    'gen_ai.output.type': 'text',
    'gen_ai.usage.input_tokens': 7,
    'gen_ai.usage.output_tokens': 3,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(gateway.url).port),
    'spillway.request_id': 'r-7',
    'spillway.deployment': 'a/chat',
  });
  assert.match(otlp.bodies.join(), /"spillway-chat"/);
  assert.match(otlp.bodies.join(), /"deployment\.environment"/);
});

test('openTracing: each call of a model tells the gateway its span', async (t) => {
  const { ask, spans, gateway } = await stage(t);
  await ask({ question: 'What does it eat?' });
  const calls = (await spans()).filter(({ kind }) => kind === 3);
  const told = gateway.asked.map(({ headers }) => String(headers.traceparent)).toSorted();
  assert.deepEqual(told, calls.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).toSorted());
});

test('openTracing: a request that says what it is part of is continued, and one that says nonsense is not', async (t) => {
  const { chat, spans, gateway } = await stage(t);
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  for (const traceparent of [`00-${trace}-00f067aa0ba902b7-01`, 'nonsense']) {
    const headers = { 'content-type': 'application/json', traceparent, tracestate: 'vendor=1' };
    const body = JSON.stringify({ question: 'x', overrides: { retrievalMode: 'text' } });
    await (await fetch(`${chat.url}/api/chat`, { method: 'POST', headers, body })).text();
  }
  const [first, second] = (await spans()).filter(({ name }) => name === 'question');
  assert.deepEqual([first?.traceId, first?.parentSpanId], [trace, '00f067aa0ba902b7']);
  assert.notEqual(second?.traceId, trace);
  assert.equal(second?.parentSpanId, undefined);
  assert.deepEqual(
    gateway.asked.map(({ headers }) => headers.tracestate),
    ['vendor=1', undefined],
  );
});

test('openTracing: of a span that is for one address no other one is told, nor that one outside of the span', async (t) => {
  const { gateway, tracing } = await stage(t);
  const other = await fakeGateway(t, respond);
  const span = tracing.begin('call', { kind: 'client', origin: gateway.url });
  for (const { url } of [gateway, other]) await span.run(() => fetch(`${url}/x`, { method: 'POST', body: '{}' }));
  await fetch(`${gateway.url}/x`, { method: 'POST', body: '{}' });
  const told = [...gateway.asked, ...other.asked].map(({ headers }) => headers.traceparent !== undefined);
  assert.deepEqual(told, [true, false, false]);
  span.end();
  await tracing.close();
});

test('openTracing: no word of a question, a document or an answer is in a trace', async (t) => {
  const { ask, spans, otlp, chat } = await stage(t);
  const body = new FormData();
  body.set('file', new File([`# ${CANARY}\n\nA ${CANARY} eats fish.\n`], `${CANARY}.md`));
  const { job } = await (await fetch(`${chat.url}/api/documents`, { method: 'POST', body })).json();
  await chat.parts.queue.ended(job.id);
  const text = await ask({ question: `What does a ${CANARY} eat?`, overrides: { promptTemplate: `>>>${CANARY}` } });
  assert.match(text, new RegExp(`"sources".*${CANARY}`));
  const names = (await spans()).map(({ name }) => name);
  assert.ok(
    names.includes('question') && names.filter((name) => name === 'embeddings embedding').length >= 2,
    `${names}`,
  );
  assert.doesNotMatch(otlp.bodies.join(), new RegExp(CANARY, 'i'));
});

test('openTracing: what failed is marked by its kind, on the call, its step and the question', async (t) => {
  const refuse: typeof respond = (_, out) => json(out, 400, { error: { code: 'content_filter', message: CANARY } });
  const { ask, spans, otlp } = await stage(t, {}, refuse);
  await ask({ question: 'x', overrides: { retrievalMode: 'text', temperature: 2, seed: 4 } });
  const all = await spans();
  const failed = all.filter(({ status }) => status.code === 2).map((each) => [each.name, factsOf(each)['error.type']]);
  assert.deepEqual(failed.toSorted(), [
    ['answer', 'filtered'],
    ['chat chat', 'filtered'],
    ['question', 'filtered'],
  ]);
  const facts = factsOf(all.find(({ name }) => name === 'chat chat') ?? assert.fail());
  assert.deepEqual([facts['gen_ai.request.temperature'], facts['gen_ai.request.seed']], [2, 4]);
  assert.doesNotMatch(otlp.bodies.join(), new RegExp(CANARY));
});

test('openTracing: an answer that was stopped did not fail', async (t) => {
  const begin: typeof respond = (_, out) => {
    out.writeHead(200, { 'content-type': 'text/event-stream' }).write(sse(['One '], null));
  };
  const { chat, spans } = await stage(t, {}, begin);
  const { answerer } = chat.parts;
  const stop = new AbortController();
  const reader = { user: null, groups: [], isAdmin: true };
  const asked = { question: 'x', history: [], mode: 'ask', overrides: { retrievalMode: 'text' }, reader } as const;
  await answerer.answer(asked, ({ type }) => type === 'delta' && stop.abort(), stop.signal);
  const all = await spans();
  const told = all.map((each) => [each.name, each.status.code, factsOf(each)['spillway.stopped']]);
  assert.deepEqual(told.toSorted(), [
    ['answer', 0, undefined],
    ['chat chat', 0, true],
    ['question', 0, true],
    ['search', 0, undefined],
  ]);
});

test('openTracing: what is sampled out is not sent, and the gateway is told so', async (t) => {
  const { ask, spans, gateway } = await stage(t, { OTEL_TRACES_SAMPLER: 'always_off' });
  await ask({ question: 'x' });
  assert.deepEqual(await spans(), []);
  assert.ok(gateway.asked.length > 0);
  for (const { headers } of gateway.asked)
    assert.match(String(headers.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});

test('openTracing: a collector that refuses is told of once, and questions are answered', async (t) => {
  const { ask, spans, logged, otlp } = await stage(t, { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' }, respond, 400);
  assert.match(await ask({ question: 'x' }), /"done"/);
  await spans();
  assert.ok(otlp.bodies.length > 1, 'several batches were refused');
  assert.deepEqual(
    logged.map((line) => line.slice(0, 27)),
    ['Traces could not be sent, a'],
  );
});

test('openTracing: a collector that is silent holds up the end no longer than the limit', async (t) => {
  const otlp = await collector(t, 'silent');
  const env = withVariables(t, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${otlp.url}/v1/traces` });
  const clock = new FakeClock();
  const tracing = await openTracing({ env, version: 'x', log: () => {}, clock });
  tracing.begin('question', { kind: 'server' }).end();
  let isClosed = false;
  const closed = tracing.close().then(() => {
    isClosed = true;
  });
  await otlp.asked;
  clock.advance(TRACES_FLUSH_MS_MAX - 1);
  await setImmediate();
  assert.equal(isClosed, false);
  clock.advance(1);
  await closed;
});

test('openTracing: nothing is traced without an endpoint, or where it is switched off', async () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  const table: readonly Readonly<Record<string, string>>[] = [
    {},
    { OTEL_SERVICE_NAME: 'x' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' },
    { ...endpoint, OTEL_SDK_DISABLED: 'True' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
    { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' },
  ];
  const logged: string[] = [];
  for (const env of table) {
    const tracing = await openTracing({ env, version: 'x', log: (_, message) => logged.push(message) });
    assert.equal(tracing, NO_TRACING, JSON.stringify(env));
  }
  assert.match(logged.join(), /^OTEL_EXPORTER_OTLP_PROTOCOL is thrift/);
});
