import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Need, Quota, Reading, Reservation, Settlement } from '@spillway/policy';
import { type TestCall, TestGateway, type TestInbound } from '../testing/kit.ts';

/** A quota that knows nothing, lets everything in, and keeps what it was told. */
class TestQuota implements Quota {
  readonly kind = 'standard';
  readonly reserved: Reservation[] = [];
  readonly readings: Array<readonly [Reservation, Reading]> = [];
  readonly settlements: Array<readonly [Reservation, Settlement]> = [];

  opensAtMs(_need: Need, nowMs: number): number {
    return nowMs;
  }

  filling(): never {
    throw new Error('nobody waits');
  }

  isGuess(): boolean {
    return true;
  }

  chargeOf({ promptTokens }: Need): number {
    return promptTokens;
  }

  free(): number {
    return 1;
  }

  reserve(need: Need, nowMs: number): Reservation {
    const reservation = { need, charge: this.chargeOf(need), sentMs: nowMs };
    this.reserved.push(reservation);
    return reservation;
  }

  read(reservation: Reservation, reading: Reading): void {
    this.readings.push([reservation, reading]);
  }

  settle(reservation: Reservation, settlement: Settlement): void {
    this.settlements.push([reservation, settlement]);
  }

  report(): never {
    throw new Error('nobody asks');
  }

  /** How each reservation ended, in the order of the endings. */
  get kinds(): string[] {
    return this.settlements.map(([, { kind }]) => kind);
  }
}

function started(): { gateway: TestGateway; quota: TestQuota } {
  const gateway = new TestGateway();
  const quota = new TestQuota();
  gateway.stateOf('openai1/chat').quotas = [quota];
  return { gateway, quota };
}

const USAGE = '{"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12}}';
const SSE = { 'content-type': 'text/event-stream' };
const CONTENT = 'data: {"choices":[{"delta":{"content":"Hello"},"index":0}]}\n\n';

type Ends = (call: TestCall, inbound: TestInbound, gateway: TestGateway) => void;

const ENDINGS: ReadonlyArray<readonly [name: string, ends: Ends, settled: string, statusRead: number | null]> = [
  ['an answer', (call) => call.answer(200, USAGE), 'served', 200],
  ['a stream, whole', (call) => call.head(200, SSE).data(`${CONTENT}data: [DONE]\n\n`).end(), 'served', 200],
  ['a stream that is cut', (call) => call.head(200, SSE).data(CONTENT).breaks(), 'lost', 200],
  ['a stream whose client leaves', (call, inbound) => leaves(call.head(200, SSE).data(CONTENT), inbound), 'lost', 200],
  ['a 429', (call) => call.answer(429, '{}', { 'retry-after-ms': '4200' }), 'refused', 429],
  ['a 424 that stands for a 429', (call) => call.answer(424, '{}', INNER_429), 'refused', 429],
  ["a 400 that is the client's", (call) => call.answer(400, '{"error":{"code":"BadRequest"}}'), 'lost', null],
  ['a 500', (call) => call.answer(500, '{}'), 'lost', null],
  ['a 401, turned away at the door', (call) => call.answer(401, '{}'), 'unsent', null],
  ['a connection that breaks', (call) => call.connected().breaks(), 'lost', null],
  ['no connection', (call) => call.refusesConnection(), 'unsent', null],
  ['a client that leaves while it is asked', (call, inbound) => leaves(call.connected(), inbound), 'lost', null],
  ['a client that leaves before there is a connection', leaves, 'unsent', null],
  ['no first byte in time', (call, _, gateway) => waits(call.connected(), gateway), 'lost', null],
];

const INNER_429 = { 'ms-azureml-model-error-statuscode': '429' };

function leaves(_call: TestCall, inbound: TestInbound): void {
  inbound.leave();
}

function waits(_call: TestCall, { clock }: TestGateway): void {
  clock.advance(100_100);
}

for (const [name, ends, settled, statusRead] of ENDINGS) {
  test(`settleQuotas: ${name} is settled once, as ${settled}, and its head read ${statusRead === null ? 'never' : 'once'}`, () => {
    const { gateway, quota } = started();
    const inbound = gateway.ask();
    assert.deepEqual(gateway.called, ['openai1']);
    ends(gateway.call, inbound, gateway);
    assert.equal(quota.reserved.length, 1);
    assert.deepEqual(quota.kinds, [settled]);
    assert.equal(quota.settlements[0]?.[0], quota.reserved[0]);
    assert.deepEqual(
      quota.readings.map(([, { status }]) => status),
      statusRead === null ? [] : [statusRead],
    );
    inbound.leave();
    assert.equal(quota.settlements.length, 1);
  });
}

test('settleQuotas: what an answer used is told with it', () => {
  const { gateway, quota } = started();
  gateway.ask();
  gateway.call.answer(200, USAGE);
  const [, settlement] = quota.settlements[0] ?? assert.fail('not settled');
  assert.ok(settlement.kind === 'served');
  assert.deepEqual([settlement.usage.promptTokens, settlement.usage.completionTokens], [7, 5]);
});

test('settleQuotas: of two tries beside each other each is settled once, the slower one as called off', () => {
  const hedge = { afterMs: 1_000, percentMax: 100 };
  const gateway = new TestGateway({ gateway: { streams: { keepAliveSeconds: 0, hedge } } });
  const quotas = ['openai1/chat', 'openai2/chat'].map((id) => {
    const quota = new TestQuota();
    gateway.stateOf(id).quotas = [quota];
    return quota;
  });
  gateway.ask({ body: '{"messages":[],"stream":true}' });
  gateway.call.connected();
  gateway.clock.advance(1_100);
  assert.deepEqual(gateway.called, ['openai1', 'openai2']);
  gateway.call.head(200, SSE).data(CONTENT).data('data: [DONE]\n\n').end();
  assert.deepEqual(
    quotas.map(({ kinds }) => kinds),
    [['lost'], ['served']],
  );
});

test('readHead: what the head says is read before the answer has ended, and in figures', () => {
  const { gateway, quota } = started();
  gateway.ask({ body: '{"messages":[],"stream":true}' });
  gateway.call.head(200, { ...SSE, 'x-ratelimit-remaining-tokens': '29986', 'x-ratelimit-limit-tokens': '30000' });
  const [, reading] = quota.readings[0] ?? assert.fail('not read');
  assert.deepEqual([reading.remainingTokens, reading.limitTokens], [29_986, 30_000]);
  assert.deepEqual(quota.kinds, []);
});

test('readHead: a quota that a reload has put in the place of the one that was reserved from hears nothing', () => {
  const { gateway, quota } = started();
  gateway.ask();
  const fresh = new TestQuota();
  gateway.stateOf('openai1/chat').quotas = [fresh];
  gateway.call.answer(200, USAGE);
  assert.deepEqual([quota.readings.length, quota.kinds], [1, ['served']]);
  assert.deepEqual([fresh.readings.length, fresh.kinds], [0, []]);
});
