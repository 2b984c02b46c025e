/** Traces of chat app and gateway before the real simulator, as a collector on this machine receives them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openTracing, readSettings, startChat } from '@spillway/chat';
import { type Clock, FakeClock, systemClock } from '@spillway/clock';
import { configFromEnvironment, DEFAULT_GATEWAY } from '@spillway/config';
import { type GatewayEvent, startGateway } from '@spillway/gateway';
import { startSimulator } from '@spillway/simulator';
import { TRACES_FLUSH_MS_MAX } from '@spillway/tracing';
import { CLIENT_KEY, configFor, textOf, World } from '../world.ts';
import { type Collector, collector, type Span, treeOf } from './collector.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const ROOT = '00f067aa0ba902b7';
const TOLD = { traceparent: `00-${TRACE}-${ROOT}-01`, tracestate: 'vendor=1' };
const MESSAGES = [{ role: 'user' as const, content: 'How many xylophones?' }];

interface Stage {
  readonly world: World;
  /** What the gateway said of traces that an operator can mend. */
  readonly problems: () => readonly string[];
  /** The first request is over. */
  readonly ended: Promise<void>;
  /** Ends the gateway as SIGTERM does. @returns what the collector has got of it and others. */
  readonly spans: () => Promise<readonly Span[]>;
}

interface StageOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly latency?: { readonly firstTokenMs: number; readonly perTokenMs: number };
  /** Of the gateway. */
  readonly clock?: Clock;
}

async function stage(t: TestContext, to: Collector, options: StageOptions = {}): Promise<Stage> {
  const { env = {}, latency = { firstTokenMs: 5, perTokenMs: 1 }, clock = systemClock } = options;
  const deployments = [
    { name: 'chat', model: 'gpt-4o', capacity: 1_000 },
    { name: 'embedding', model: 'text-embedding-3-small', capacity: 1_000 },
  ];
  const resources = ['openai1', 'openai2'].map((name) => ({ name, deployments, latency }));
  const simulator = await startSimulator({ port: 0, resources });
  t.after(() => simulator.close());
  const events: GatewayEvent[] = [];
  const ended = Promise.withResolvers<void>();
  const gateway = await startGateway({
    config: configFor(simulator, {}),
    port: 0,
    adminPort: 0,
    env: { ...to.env, ...env },
    clock,
    emit: (event) => {
      events.push(event);
      if (event.kind === 'exchangeEnded') ended.resolve();
    },
  });
  t.after(() => gateway.close());
  const spans = async () => {
    await gateway.drain();
    return to.spans;
  };
  const problems = () =>
    events.flatMap((event) => (event.kind === 'operatorProblem' && event.subject === 'traces' ? [event.message] : []));
  return { world: new World(simulator, gateway), problems, ended: ended.promise, spans };
}

const metric = async (world: World, fate: string): Promise<number> => {
  const text = await (await fetch(`${world.gateway.adminUrl}/metrics`)).text();
  const found = new RegExp(`^spillway_trace_spans_total\\{fate="${fate}"\\} (\\d+)$`, 'm').exec(text);
  return Number(found?.[1] ?? Number.NaN);
};

test('traces: a question to the chat app is one trace, from its browser to the attempt of each call', async (t) => {
  const to = await collector(t);
  const { world, spans } = await stage(t, to);
  await world.throttle(1, 30);
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: world.gateway.url,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: ':memory:',
    SPILLWAY_CHAT_RETRIEVAL: 'hybrid',
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const tracing = await openTracing({ env: to.env, version: 'test', log: () => {} });
  const chat = await startChat({ settings: read.settings, version: 'test', port: 0, tracing });
  t.after(() => chat.close());
  const answer = await fetch(`${chat.url}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...TOLD },
    body: JSON.stringify({ question: 'How many xylophones?' }),
  });
  assert.match(await answer.text(), /"done"/);
  await tracing.close();
  const all = await spans();
  assert.deepEqual(new Set(all.map(({ traceId }) => traceId)), new Set([TRACE]));
  assert.deepEqual(treeOf(all), [
    `spillway-chat: ${ROOT} > question`,
    'spillway-chat: answer > chat chat',
    'spillway-chat: question > answer',
    'spillway-chat: question > search',
    'spillway-chat: search > embeddings embedding',
    'spillway-gateway: chat chat > chat chat',
    'spillway-gateway: chat chat > chat chat',
    'spillway-gateway: chat chat > chat chat',
    'spillway-gateway: embeddings embedding > embeddings embedding',
    'spillway-gateway: embeddings embedding > embeddings embedding',
  ]);
  const of = (kind: number) => all.filter((one) => one.service === 'spillway-gateway' && one.kind === kind);
  const call = all.find(({ service, name }) => service === 'spillway-chat' && name === 'chat chat') ?? assert.fail();
  const server = of(2).find(({ name }) => name === 'chat chat') ?? assert.fail();
  assert.equal(server.parentSpanId, call.spanId);
  const attempts = of(3).filter(({ parentSpanId }) => parentSpanId === server.spanId);
  const tried = attempts.map(({ facts, status }) => [
    facts['spillway.deployment'],
    facts['http.response.status_code'],
    status,
  ]);
  assert.deepEqual(tried, [
    ['openai1/chat', 429, 2],
    ['openai2/chat', 200, 0],
  ]);
  assert.ok(Number(attempts[0]?.facts['spillway.retry_after_ms']) > 20_000, 'as openai1 said');
  assert.match(String(server.facts['spillway.decision']), /^tried: openai1\/chat=429, openai2\/chat=200;/);
  const inside = (inner: Span, outer: Span) =>
    inner.startedMs >= outer.startedMs - 1 && inner.endedMs <= outer.endedMs + 1;
  for (const attempt of attempts) assert.ok(inside(attempt, server), 'an attempt lies within its exchange');
  assert.doesNotMatch(JSON.stringify(all), /xylophone/);
});

test('traces: a stream’s spans end with it, and tell of its first token and its tokens', async (t) => {
  const { world, spans } = await stage(t, await collector(t));
  const options = { stream_options: { include_usage: true }, stream: true as const };
  const stream = await world.openai().chat.completions.create({ model: 'chat', messages: MESSAGES, ...options });
  assert.notEqual(await textOf(stream), '');
  const all = await spans();
  assert.deepEqual(treeOf(all), ['spillway-gateway: - > chat chat', 'spillway-gateway: chat chat > chat chat']);
  const [server, client] = [all.find(({ kind }) => kind === 2), all.find(({ kind }) => kind === 3)];
  assert.deepEqual(client?.events, ['spillway.first_token']);
  assert.equal(server?.facts['spillway.streamed'], true);
  const first = Number(client?.facts['gen_ai.response.time_to_first_chunk']);
  const lastedMs = (client?.endedMs ?? 0) - (client?.startedMs ?? 0);
  assert.ok(first > 0 && first * 1_000 < lastedMs, `${first} s of ${lastedMs} ms`);
  assert.ok(Number(client?.facts['gen_ai.usage.output_tokens']) > 0);
});

test('traces: a request that its client gave up is there, and did not fail', async (t) => {
  const { world, spans, ended } = await stage(t, await collector(t), { latency: { firstTokenMs: 1, perTokenMs: 50 } });
  const stop = new AbortController();
  const asking = { model: 'chat', messages: MESSAGES, stream: true } as const;
  const stream = await world.openai().chat.completions.create(asking, { signal: stop.signal });
  for await (const _ of stream) stop.abort();
  await ended;
  const told = (await spans()).map(({ kind, status, facts }) => [
    kind,
    status,
    facts['spillway.ending'] ?? facts['spillway.outcome'],
  ]);
  assert.deepEqual(told, [
    [3, 0, 'clientGone'],
    [2, 0, 'clientGone'],
  ]);
});

test('traces: a stream that the end of a drain cuts is there too, with its attempt', async (t) => {
  const clock = new FakeClock();
  const latency = { firstTokenMs: 1, perTokenMs: 60_000 };
  const { world, problems, spans } = await stage(t, await collector(t), { clock, latency });
  const stream = await world.openai().chat.completions.create({ model: 'chat', messages: MESSAGES, stream: true });
  const answer = stream[Symbol.asyncIterator]();
  await answer.next();
  const told = spans();
  clock.advance(DEFAULT_GATEWAY.drainMs);
  const rest = async () => {
    while ((await answer.next()).done !== true);
  };
  await assert.rejects(rest());
  assert.deepEqual(treeOf(await told), ['spillway-gateway: - > chat chat', 'spillway-gateway: chat chat > chat chat']);
  assert.deepEqual(problems(), []);
});

test('traces: a refusal of the gateway’s own is in the trace of its client', async (t) => {
  const { world, spans } = await stage(t, await collector(t));
  for (const n of [1, 2]) await world.throttle(n, 60);
  const asked = { method: 'POST', headers: { 'content-type': 'application/json', 'api-key': CLIENT_KEY, ...TOLD } };
  const ask = async () => {
    const body = JSON.stringify({ model: 'chat', messages: MESSAGES });
    const answer = await fetch(`${world.gateway.url}/openai/v1/chat/completions`, { ...asked, body });
    await answer.text();
    return answer.status;
  };
  assert.deepEqual([await ask(), await ask()], [429, 429]);
  const servers = (await spans()).filter(({ kind }) => kind === 2);
  assert.deepEqual(
    servers.map(({ traceId, parentSpanId, facts }) => [traceId, parentSpanId, facts['spillway.attempts']]),
    [
      [TRACE, ROOT, 2],
      [TRACE, ROOT, 0],
    ],
  );
  assert.deepEqual(servers[1]?.facts['spillway.passed_over'], ['openai1/chat=throttled', 'openai2/chat=throttled']);
  assert.ok(Number(servers[1]?.facts['spillway.retry_after_ms']) > 50_000);
});

const ENOUGH = 4;

async function askEnough(world: World): Promise<void> {
  for (let i = 0; i < ENOUGH; i++) {
    const answer = await world.openai().chat.completions.create({ model: 'chat', messages: MESSAGES });
    assert.ok(answer.choices.length > 0);
  }
}

test('traces: what a slow collector does not take is dropped and counted, told of once, and requests are served', async (t) => {
  const small = {
    OTEL_BSP_MAX_QUEUE_SIZE: '2',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
    OTEL_EXPORTER_OTLP_TIMEOUT: '100',
  };
  const { world, problems } = await stage(t, await collector(t, 'silent'), { env: small });
  await askEnough(world);
  assert.ok((await metric(world, 'dropped')) >= 1, 'of eight spans two wait and one is under way');
  assert.equal(await metric(world, 'sent'), 0);
  assert.equal(problems().filter((message) => message.startsWith('Spans are dropped')).length, 1);
});

test('traces: a collector that is not there is told of once, and requests are served', async (t) => {
  const one = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' };
  const { world, problems, spans } = await stage(t, await collector(t), { env: one });
  await askEnough(world);
  assert.deepEqual(await spans(), []);
  const [said = '', ...more] = problems();
  assert.match(said, /^Traces could not be sent, .*4317 for grpc\. \(ECONNREFUSED\)$/);
  assert.deepEqual(more, []);
});

test('traces: one that refuses is counted, and told of once', async (t) => {
  const to = await collector(t, 400);
  const { world, problems } = await stage(t, to, { env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' } });
  await askEnough(world);
  await to.received(3);
  assert.ok((await metric(world, 'failed')) >= 2, 'each goes after the one before');
  assert.deepEqual(
    problems().map((message) => message.slice(-12)),
    ['(status 400)'],
  );
});

test('traces: at the end a silent collector is waited for, up to the limit', async (t) => {
  const to = await collector(t, 'silent');
  const clock = new FakeClock();
  const read = configFromEnvironment({ BACKEND_1_URL: 'http://127.0.0.1:9', BACKEND_1_APIKEY: 'k' });
  const { config } = read.kind === 'ok' ? read : assert.fail(JSON.stringify(read.errors));
  const gateway = await startGateway({ config, port: 0, adminPort: 0, env: to.env, clock });
  t.after(() => gateway.close());
  assert.equal((await fetch(`${gateway.url}/nothing`, { headers: { connection: 'close' } })).status, 404);
  let isOver = false;
  const drained = gateway.drain().then(() => {
    isOver = true;
  });
  await to.received(1);
  assert.deepEqual(
    to.spans.map(({ name, facts }) => [name, facts['http.response.status_code']]),
    [['GET other', 404]],
  );
  clock.advance(TRACES_FLUSH_MS_MAX - 1);
  await setImmediate();
  assert.equal(isOver, false);
  clock.advance(1);
  await drained;
});

/** The library reads the process's own. */
function withVariable(t: TestContext, name: string, value: string): void {
  process.env[name] = value;
  t.after(() => {
    delete process.env[name];
  });
}

test('traces: the name of the service and the sampler are those of OpenTelemetry’s variables', async (t) => {
  withVariable(t, 'OTEL_SERVICE_NAME', 'mine');
  const named = await stage(t, await collector(t));
  await askEnough(named.world);
  assert.deepEqual(new Set((await named.spans()).map(({ service }) => service)), new Set(['mine']));
  withVariable(t, 'OTEL_TRACES_SAMPLER', 'always_off');
  const none = await stage(t, await collector(t));
  await askEnough(none.world);
  assert.deepEqual(await none.spans(), []);
});

test('traces: where none are wanted nothing of OpenTelemetry is loaded, and no metric tells of it', async (t) => {
  const { world } = await stage(t, { ...(await collector(t)), env: {} });
  assert.equal(await metric(world, 'sent'), Number.NaN);
  const script = `
    import { createRequire } from 'node:module';
    import { startGateway } from '@spillway/gateway';
    import { configFromEnvironment } from '@spillway/config';
    const { config } = configFromEnvironment({ BACKEND_1_URL: 'http://127.0.0.1:9', BACKEND_1_APIKEY: 'k' });
    const env = JSON.parse(process.argv[1]);
    const gateway = await startGateway({ config, port: 0, adminPort: 0, env });
    await gateway.close();
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.filter((path) => path.includes('@opentelemetry')).length > 0);
  `;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const loads = (env: object) => {
    const args = ['--input-type=module', '-e', script, JSON.stringify(env)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: 15_000 });
    assert.equal(stderr, '');
    return stdout.trim();
  };
  assert.equal(loads({}), 'false');
  assert.equal(loads({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }), 'true', 'the look finds it where it is');
});
