import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY, type RequestClass, TRIES_EACH_MAX, type WaitingSettings } from '@spillway/policy';
import { testClient } from '../testing/client.ts';
import { assertWhole, type TestAsk, TestGateway, type TestInbound, type TestSettings } from '../testing/kit.ts';

const THROTTLED = '{"error":{"code":"429","message":"slow down"}}';
const SSE = { 'content-type': 'text/event-stream' };
const CLASSES: readonly RequestClass[] = ['interactive', 'standard', 'batch'];
/** Deadlines are met at most a tick late. Milliseconds. */
const LATE_MS = 60;

interface Given extends TestSettings {
  readonly waiting?: Partial<WaitingSettings>;
}

/** One deployment that has just refused somebody, and is throttled for so long. */
function throttled(forMs: number, { waiting, ...settings }: Given = {}): TestGateway {
  const policy = { ...DEFAULT_POLICY, waiting: { ...DEFAULT_POLICY.waiting, ...waiting } };
  const clients = CLASSES.map((name) => testClient(name, `key-of-${name}`, { class: name }));
  const gateway = new TestGateway({ members: [{ on: 'openai1' }], clients, policy, ...settings });
  const first = gateway.ask({ headers: { 'api-key': 'key-of-standard', 'x-spillway-wait-ms': '0' } });
  gateway.call.answer(429, THROTTLED, { 'retry-after-ms': String(forMs) });
  assert.equal(first.status, 429);
  return gateway;
}

function ask(gateway: TestGateway, name: RequestClass, given: TestAsk = {}): TestInbound {
  const headers = { 'api-key': `key-of-${name}`, ...given.headers };
  return gateway.ask({ body: `{"messages":[],"user":"${name}"}`, ...given, headers });
}

function waiters({ context }: TestGateway): number {
  const pool = context.ledger.pool('chat', context.clock.nowMs());
  return pool === null ? -1 : context.lobby.waiters(pool);
}

/** The class of each request that has come to a backend since the first. */
function servedClasses({ upstream }: TestGateway): string[] {
  return upstream.calls.slice(1).map(({ request }) => /"user":"(\w+)"/.exec(String(request.body))?.[1] ?? '');
}

test('Choice: a request waits for a deployment that opens within its bound, and is served', () => {
  const gateway = throttled(400);
  const inbound = ask(gateway, 'standard', { headers: { 'x-spillway-explain': '1' } });
  assert.equal(inbound.status, null);
  assert.equal(waiters(gateway), 1);
  gateway.clock.advance(399);
  assert.equal(gateway.upstream.calls.length, 1);
  gateway.clock.advance(1 + LATE_MS);
  assert.equal(gateway.upstream.calls.length, 2);
  gateway.call.answer(200, '{"ok":1}');
  assertWhole(inbound, 200, '{"ok":1}');
  assert.match(inbound.got('x-spillway-decision') ?? '', /waited: 4\d\d ms$/);
  const { waitedMs = 0 } = gateway.exchanges.at(-1) ?? {};
  assert.ok(waitedMs >= 400 && waitedMs <= 400 + LATE_MS, String(waitedMs));
  assert.deepEqual(
    gateway.events.flatMap((event) => (event.kind === 'waited' ? [[event.class, event.ending, event.pool]] : [])),
    [['standard', 'served', 'chat']],
  );
});

test('Choice: a request that was refused itself waits too, and goes to the same deployment again', () => {
  const gateway = new TestGateway({ members: [{ on: 'openai1' }] });
  const inbound = gateway.ask();
  gateway.call.answer(429, THROTTLED, { 'retry-after-ms': '300' });
  assert.equal(inbound.status, null);
  gateway.clock.advance(300 + LATE_MS);
  assert.deepEqual(gateway.called, ['openai1', 'openai1']);
  gateway.call.answer(200, '{}');
  assertWhole(inbound, 200, '{}');
  assert.equal(inbound.got('x-spillway-attempts'), '2');
});

test('Choice: one deployment is tried no more than so often, however patient the client is', () => {
  const gateway = throttled(10, { waiting: { maxMs: { interactive: 60_000, standard: 60_000, batch: 60_000 } } });
  const inbound = ask(gateway, 'standard');
  for (let i = 0; i < TRIES_EACH_MAX; i++) {
    gateway.clock.advance(10 + LATE_MS);
    gateway.call.answer(429, THROTTLED, { 'retry-after-ms': '10' });
  }
  assert.equal(gateway.upstream.calls.length, 1 + TRIES_EACH_MAX);
  assert.equal(inbound.status, 429);
});

test('Choice: a request whose deployment failed otherwise does not go there again after a wait', () => {
  const gateway = new TestGateway({ members: [{ on: 'openai1' }, { on: 'openai2', priority: 2 }] });
  const inbound = gateway.ask();
  gateway.call.answer(500, '{}');
  gateway.call.answer(429, THROTTLED, { 'retry-after-ms': '300' });
  assert.equal(inbound.status, null);
  gateway.clock.advance(300 + LATE_MS);
  assert.deepEqual(gateway.called, ['openai1', 'openai2', 'openai2']);
});

const AT_ONCE: ReadonlyArray<readonly [name: string, given: Given, headers: Record<string, string>, tellsMs: number]> =
  [
    ['asks not to wait', {}, { 'x-spillway-wait-ms': '0' }, 400],
    ['asks to wait less than it takes', {}, { 'x-spillway-wait-ms': '399' }, 400],
    ["may not wait by its class's setting", { waiting: { maxMs: { interactive: 1, standard: 0, batch: 1 } } }, {}, 400],
    [
      'may wait less by the setting than it asks for',
      { waiting: { maxMs: { interactive: 1, standard: 300, batch: 1 } } },
      { 'x-spillway-wait-ms': '5000' },
      400,
    ],
    ['finds the room full', { waiting: { waitersMax: 0 } }, {}, 400],
  ];

for (const [name, given, headers, tellsMs] of AT_ONCE) {
  test(`Choice: a request that ${name} is refused at once, with the time to come back`, () => {
    const gateway = throttled(400, given);
    const inbound = ask(gateway, 'standard', { headers });
    assert.equal(inbound.status, 429);
    assert.equal(inbound.got('retry-after-ms'), String(tellsMs));
    assert.equal(waiters(gateway), 0);
    assert.equal(gateway.upstream.calls.length, 1);
  });
}

const BOUNDS: ReadonlyArray<readonly [name: string, client: number | null, pool: number | undefined, waits: boolean]> =
  [
    ["its client's bound goes before its pool's", 500, 0, true],
    ["its client's bound of 0 goes before its pool's", 0, 500, false],
    ["its pool's bound goes before its class's", null, 0, false],
    ["without either its class's holds", null, undefined, true],
  ];

for (const [name, waitMsMax, poolMs, waits] of BOUNDS) {
  test(`Choice: ${name}`, () => {
    const given = waitMsMax === null ? {} : { waitMsMax };
    const clients = [testClient('app', 'key', given), testClient('standard', 'key-of-standard')];
    const gateway = throttled(400, { clients });
    const { ledger } = gateway.context;
    const pools = new Map([...ledger.fleet.pools].map(([key, pool]) => [key, { ...pool, ...bounded(poolMs) }]));
    ledger.reload({ ...ledger.fleet, pools }, { namesMax: 1, expiryMs: 1 });
    const inbound = gateway.ask({ headers: { 'api-key': 'key' } });
    assert.equal(inbound.status === null, waits);
  });
}

function bounded(waitMsMax: number | undefined): { readonly waitMsMax?: number } {
  return waitMsMax === undefined ? {} : { waitMsMax };
}

test('Choice: a full room refuses whoever comes next, and has a place again when one leaves', () => {
  const gateway = throttled(400, { waiting: { waitersMax: 2 } });
  const [first] = [ask(gateway, 'standard'), ask(gateway, 'standard')];
  assert.equal(ask(gateway, 'interactive').status, 429);
  first?.leave();
  assert.equal(ask(gateway, 'interactive').status, null);
  assert.equal(waiters(gateway), 2);
});

test('Choice: classes go in their order, and within one whoever came first', () => {
  const gateway = throttled(400);
  const order: readonly RequestClass[] = ['batch', 'standard', 'interactive', 'batch', 'interactive'];
  for (const name of order) ask(gateway, name);
  gateway.clock.advance(400 + LATE_MS);
  assert.deepEqual(servedClasses(gateway), ['interactive', 'interactive', 'standard', 'batch', 'batch']);
});

test('Choice: who has waited long goes before a higher class that has just come', () => {
  const gateway = throttled(400, { waiting: { ageingMs: 100 } });
  ask(gateway, 'batch');
  gateway.clock.advance(250);
  ask(gateway, 'interactive');
  ask(gateway, 'standard');
  gateway.clock.advance(150 + LATE_MS);
  assert.deepEqual(servedClasses(gateway), ['batch', 'interactive', 'standard']);
});

test('Choice: who comes when the time has come, and the timer has not rung yet, does not go before those who wait', () => {
  const gateway = throttled(400);
  ask(gateway, 'standard');
  gateway.context.ledger.deployment(member(gateway)).throttle = { untilMs: 0, source: null, atMs: 0 };
  gateway.clock.advance(1);
  ask(gateway, 'standard', { body: '{"messages":[],"user":"late"}' });
  gateway.clock.advance(400 + LATE_MS);
  assert.deepEqual(servedClasses(gateway).toSorted(), ['late', 'standard']);
});

function member({ context }: TestGateway) {
  return context.ledger.fleet.deployments[0] ?? assert.fail('no deployment');
}

test('Choice: a client that leaves while it waits leaves no trace, and reaches nobody', () => {
  const gateway = throttled(400);
  const { owedTokens } = gateway.stateOf('openai1/chat');
  const inbound = ask(gateway, 'standard');
  inbound.leave();
  assert.equal(gateway.stateOf('openai1/chat').owedTokens, owedTokens);
  assert.equal(waiters(gateway), 0);
  assert.equal(gateway.context.inFlight, 0);
  gateway.clock.advance(1_000);
  assert.equal(gateway.upstream.calls.length, 1);
  assert.equal(gateway.exchanges.at(-1)?.status, 499);
  assert.equal(gateway.context.deadlines.size, 0);
});

test('Choice: a drain ends each wait with 429 at once, and lets nobody wait any more', () => {
  const gateway = throttled(400);
  const inbound = ask(gateway, 'standard');
  gateway.context.draining = true;
  gateway.context.lobby.drain(gateway.clock.nowMs());
  assert.equal(inbound.status, 429);
  assert.equal(inbound.got('retry-after-ms'), '400');
  assert.equal(ask(gateway, 'standard').status, 429);
  assert.equal(waiters(gateway), 0);
  assert.equal(gateway.context.inFlight, 0);
});

test('Choice: a wait that was in vain ends with 429 and the time at which it will open', () => {
  const gateway = throttled(400);
  const inbound = ask(gateway, 'standard');
  const state = gateway.stateOf('openai1/chat');
  state.throttle = { untilMs: gateway.clock.nowMs() + 3_000, source: 'retry-after', atMs: 0 };
  gateway.clock.advance(1_000 + LATE_MS);
  assert.equal(inbound.status, 429);
  const retryAfterMs = Number(inbound.got('retry-after-ms'));
  assert.ok(retryAfterMs > 3_000 - 1_000 - 2 * LATE_MS && retryAfterMs <= 2_000, String(retryAfterMs));
  assert.deepEqual(
    gateway.events.flatMap((event) => (event.kind === 'waited' ? [event.ending] : [])),
    ['expired'],
  );
});

test('Choice: the limit of the whole exchange holds while it waits', () => {
  const waiting = { maxMs: { interactive: 60_000, standard: 60_000, batch: 60_000 } };
  const gateway = throttled(30_000, { waiting });
  const { config } = gateway.context;
  const timeouts = { ...config.gateway.timeouts, totalMs: 2_000 };
  gateway.context.config = { ...config, gateway: { ...config.gateway, timeouts } };
  const inbound = ask(gateway, 'standard');
  gateway.clock.advance(2_000 + LATE_MS);
  assert.equal(inbound.status, 504);
  assert.equal(waiters(gateway), 0);
});

test('Choice: those who wait try again as soon as another of the pool is free, not when their time has come', () => {
  const members = [{ on: 'openai1' }, { on: 'openai2', priority: 2 }];
  const gateway = new TestGateway({ members });
  const busy = gateway.ask();
  const second = gateway.stateOf('openai2/chat');
  second.throttle = { untilMs: gateway.clock.nowMs() + 800, source: 'retry-after', atMs: 0 };
  gateway.stateOf('openai1/chat').throttle = second.throttle;
  const waiting = gateway.ask({ body: '{"messages":[],"user":"waiting"}' });
  assert.equal(waiting.status, null);
  second.throttle = { untilMs: 0, source: null, atMs: 0 };
  gateway.call.answer(200, '{}');
  assertWhole(busy, 200, '{}');
  assert.deepEqual(gateway.called, ['openai1', 'openai2']);
});

test('Choice: a stream waits as others do, and its answer passes as it comes', () => {
  const gateway = throttled(400);
  const inbound = ask(gateway, 'standard', { body: '{"messages":[],"stream":true}' });
  gateway.clock.advance(400 + LATE_MS);
  const call = gateway.call.head(200, SSE).data('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n');
  assert.match(inbound.received, /Hi/);
  call.data('data: [DONE]\n\n').end();
  assert.equal(inbound.ended, true);
  assert.equal(gateway.context.inFlight, 0);
});

test('Choice: who comes back as it was told goes before those who wait', () => {
  const gateway = throttled(2_000);
  const refused = ask(gateway, 'batch', { headers: { 'x-spillway-wait-ms': '0' } });
  assert.equal(refused.got('retry-after-ms'), '2000');
  gateway.clock.advance(1_950);
  const state = gateway.stateOf('openai1/chat');
  state.throttle = { untilMs: gateway.clock.nowMs() + 500, source: 'retry-after', atMs: 0 };
  ask(gateway, 'interactive');
  ask(gateway, 'batch', { headers: { 'x-stainless-retry-count': '1' } });
  gateway.clock.advance(500 + LATE_MS);
  assert.deepEqual(servedClasses(gateway), ['batch', 'interactive']);
});
