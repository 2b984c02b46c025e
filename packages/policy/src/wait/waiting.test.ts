import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_POLICY, type WaitingSettings } from '../fleet.ts';
import { ANYWHERE } from '../look.ts';
import { type Need, REQUEST_CLASSES } from '../need.ts';
import { type Decision, pick } from '../pick.ts';
import { StandardQuota } from '../quota/standard.ts';
import { told } from '../quota/testing.ts';
import { begin } from '../state.ts';
import { HandStates, need } from './testing.ts';
import { type Arrived, type Knock, REST_MS, type Stay, TRIES_MAX, Waiting } from './waiting.ts';

interface Visitor {
  readonly name: string;
  readonly need: Need;
  readonly arrived: Arrived;
  stay: Stay<Visitor> | null;
}

const SETTINGS: WaitingSettings = { ...DEFAULT_POLICY.waiting, waitersMax: 100 };

/** Drives a `Waiting` as the gateway does, with time by hand: what came of each request stands in `log`. */
class Driver {
  readonly states: HandStates;
  readonly waiting: Waiting<Visitor>;
  readonly log: string[] = [];
  nowMs = 0;

  constructor(states: HandStates, settings = SETTINGS) {
    this.states = states;
    this.waiting = new Waiting(states, this, settings);
  }

  pick(visitor: Visitor, nowMs: number, isLastResort = false): Decision {
    const ask = { ...ANYWHERE, need: visitor.need, tried: [], isPromised: visitor.arrived.isPromised, isLastResort };
    return pick(this.states.pool, this.states, ask, { nowMs, unit: 0 }, { strategy: 'headroom' });
  }

  go(visitor: Visitor, found: Decision | null, nowMs: number): void {
    visitor.stay = null;
    const decision = found ?? this.pick(visitor, nowMs, true);
    if (decision.kind === 'send') this.#send(visitor, decision, nowMs);
    else this.#refuse(visitor);
  }

  /** @param boundMs longest wait. */
  ask(name: string, asked: Need, boundMs: number, isFirst = true): Visitor {
    const { pool } = this.states;
    const knock: Knock = { fingerprint: () => name, isFirst };
    const arrived = this.waiting.arrive(pool, knock, this.nowMs);
    const visitor: Visitor = { name, need: asked, arrived, stay: null };
    const decision = this.pick(visitor, this.nowMs);
    if (decision.kind === 'send') this.#send(visitor, decision, this.nowMs);
    else {
      const ask = { ...ANYWHERE, item: visitor, pool, need: asked, tried: [], arrived, untilMs: this.nowMs + boundMs };
      visitor.stay = this.waiting.enter(ask, this.nowMs);
      if (visitor.stay === null) this.go(visitor, null, this.nowMs);
    }
    return visitor;
  }

  passTo(atMs: number): void {
    for (let nextMs = this.waiting.nextAtMs; nextMs <= atMs; nextMs = this.waiting.nextAtMs) {
      assert.ok(nextMs > this.nowMs - 1, `time stands still at ${nextMs}`);
      this.nowMs = Math.max(this.nowMs, nextMs);
      this.waiting.onTime(this.nowMs);
    }
    this.nowMs = atMs;
  }

  #send({ name, need: asked }: Visitor, { deployment }: Decision & { readonly kind: 'send' }, nowMs: number): void {
    this.log.push(`${name}@${nowMs}`);
    begin(this.states, deployment, asked, nowMs);
  }

  #refuse({ name, need: asked, arrived }: Visitor): void {
    const asking = { ...ANYWHERE, need: asked };
    const { status, retryAfterMs } = this.waiting.tell(this.states.pool, asking, arrived, this.nowMs, DEFAULT_POLICY);
    this.log.push(`${name}:${status} in ${retryAfterMs}`);
  }

  owed(): number[] {
    return this.states.pool.members.map((member) => {
      const { owedTokens, owedSoonTokens } = this.states.deployment(member);
      return owedTokens + owedSoonTokens;
    });
  }
}

test('Waiting: a request waits where a place opens within its bound, and is told when where not', () => {
  const driver = new Driver(new HandStates('sliding'));
  driver.ask('waits', need(500), 500);
  driver.ask('cannot', need(500), 999);
  driver.passTo(1_000);
  assert.deepEqual(driver.log, ['cannot:429 in 1000', 'waits@500']);
});

test('Waiting: who is refused is told a later time when the first place is promised away', () => {
  const driver = new Driver(new HandStates('sliding'));
  driver.ask('a', need(5_000), 0);
  driver.ask('b', need(5_000), 0);
  driver.ask('c', need(1_000), 0);
  assert.deepEqual(driver.log, ['a:429 in 5000', 'b:429 in 10000', 'c:429 in 11000']);
});

test('Waiting: where a window opens at once, all it holds is promised for then, and the rest for the next', () => {
  const states = new HandStates('fixed');
  const [quota] = states.quotas.values();
  if (quota) quota.endsMs = 20_000;
  const driver = new Driver(states);
  for (const name of ['a', 'b', 'c']) driver.ask(name, need(25_000), 0);
  const told = driver.log.map((line) => Number(line.split(' in ')[1]));
  const [a = 0, b = 0, c = 0] = told;
  assert.ok(a >= 20_000 && a < b && b < 30_000, `${told}`);
  assert.ok(c >= 80_000, `${told}`);
});

const SMALL = need(10);

/** Ten requests in each slice, and tokens without end. The first slice is spent. */
function slices(requestPeriodMs = 10_000): Driver {
  const requestsPerMinute = 600_000 / requestPeriodMs;
  const quota = new StandardQuota({
    tokensPerMinute: 10_000_000,
    requestsPerMinute,
    requestPeriodMs,
    chargesUnbounded: 16,
  });
  quota.read(quota.reserve(SMALL, 0), told({ renewalRequestsMs: requestPeriodMs }), 0);
  const driver = new Driver(new HandStates(quota));
  for (let i = 0; i < 9; i++) driver.ask(`spends${i}`, SMALL, 0);
  assert.ok(driver.log.every((line) => line.endsWith('@0')));
  driver.log.length = 0;
  return driver;
}

test('Waiting: where requests run out first, as many are told to come in each slice as it takes', () => {
  const driver = slices();
  for (let i = 0; i < 25; i++) driver.ask(`${i}`, SMALL, 0);
  const inSlice = [0, 0, 0, 0];
  for (const line of driver.log) {
    const slice = Math.floor(Number(line.split(' in ')[1]) / 10_000);
    inSlice[slice] = (inSlice[slice] ?? 0) + 1;
  }
  assert.deepEqual(inSlice, [0, 10, 10, 5]);
});

test('Waiting: where requests run out first, who obeys is served within a second, whatever newcomers and waiters there are', () => {
  const driver = slices();
  for (let i = 0; i < 25; i++) driver.ask(`${i}`, SMALL, 0);
  const comes = driver.log.map((line, i) => [Number(line.split(' in ')[1]), `${i}`] as const);
  driver.log.length = 0;
  for (const [atMs, name] of comes.toSorted(([one], [other]) => one - other)) {
    driver.passTo(atMs);
    for (const bound of [0, 1_000]) driver.ask(`new${name}-${bound}`, SMALL, bound);
    driver.ask(name, SMALL, 1_000, false);
  }
  driver.passTo(60_000);
  const served = comes.filter(([, name]) => driver.log.some((line) => line.startsWith(`${name}@`)));
  assert.equal(served.length, comes.length, driver.log.join(' '));
});

test('Waiting: a slice of ten seconds is kept for those who were promised it, and one that is over before they are late is not', () => {
  for (const [periodMs, isKept] of [
    [10_000, true],
    [1_000, false],
  ] as const) {
    const driver = slices(periodMs);
    for (let i = 0; i < 10; i++) driver.ask(`${i}`, SMALL, 0);
    driver.passTo(1.1 * periodMs);
    driver.ask('newcomer', SMALL, 0);
    assert.equal(driver.log.at(-1)?.startsWith('newcomer:429'), isKept, driver.log.join(' '));
  }
});

test('Waiting: of a minute of tokens that opens at once, no more are told to come in each slice than it takes requests', () => {
  const grant = { tokensPerMinute: 1_000, requestsPerMinute: 120, requestPeriodMs: 10_000, chargesUnbounded: 16 };
  const quota = new StandardQuota(grant);
  const driver = new Driver(new HandStates(quota));
  for (let i = 0; i < 100; i++) {
    driver.passTo(i * 60);
    const reservation = quota.reserve(SMALL, driver.nowMs);
    quota.read(reservation, told({ remainingTokens: 990 - 10 * i, renewalRequestsMs: 10_000 }), driver.nowMs);
  }
  const refused = told({ status: 429, remainingTokens: 0, hint: { waitMs: 54_000, source: 'retry-after-ms' } });
  quota.read(quota.reserve(SMALL, driver.nowMs), refused, driver.nowMs);
  const inSlice = new Map<number, number>();
  for (let i = 0; i < 90; i++) driver.ask(`${i}`, SMALL, 0);
  for (const line of driver.log) {
    const slice = Math.floor((Number(line.split(' in ')[1]) - 54_000) / 10_000);
    inSlice.set(slice, (inSlice.get(slice) ?? 0) + 1);
  }
  assert.ok(inSlice.size >= 5 && [...inSlice.keys()].every((slice) => slice >= 0), driver.log.join(' '));
  for (const [slice, count] of inSlice) assert.ok(count <= 21, `${count} in slice ${slice}`);
});

test('Waiting: newcomers do not take what was promised, and who comes back as told gets it', () => {
  const driver = new Driver(new HandStates('sliding'));
  driver.ask('promised', need(5_000), 0);
  driver.passTo(4_999);
  driver.ask('newcomer', need(4_000), 0);
  driver.passTo(5_000);
  driver.ask('promised', need(5_000), 0, false);
  assert.deepEqual(driver.log.slice(2), ['promised@5000']);
  assert.match(driver.log[1] ?? '', /^newcomer:429/);
});

test('Waiting: what is promised for later does not keep out who would not be missed by then', () => {
  const driver = new Driver(new HandStates('sliding'));
  driver.ask('promised', need(50_000), 0);
  driver.passTo(10_000);
  driver.ask('newcomer', need(1_000), 0);
  assert.equal(driver.log.at(-1), 'newcomer@10000');
});

test('Waiting: who comes too early keeps its place', () => {
  const driver = new Driver(new HandStates('sliding'));
  driver.ask('early', need(5_000), 0);
  driver.ask('other', need(5_000), 0);
  driver.passTo(1_000);
  driver.ask('early', need(5_000), 0, false);
  assert.equal(driver.log.at(-1), 'early:429 in 4000');
});

test('Waiting: who is late finds its place given away', () => {
  const driver = new Driver(new HandStates('sliding'));
  driver.ask('late', need(5_000), 0);
  driver.passTo(8_001);
  driver.ask('newcomer', need(8_000), 0);
  assert.equal(driver.log.at(-1), 'newcomer@8001');
});

test('Waiting: one that fits passes a larger one of its class, and none of a better class that waits for drops', () => {
  for (const [of, log] of [
    ['interactive', ['small@800', 'large@1000']],
    ['batch', ['large@900', 'small@1000']],
  ] as const) {
    const drops = new Driver(new HandStates('sliding'));
    drops.ask('large', need(900), 1_000);
    drops.passTo(800);
    drops.ask('small', need(100, of), 1_000);
    drops.passTo(2_000);
    assert.deepEqual(drops.log, log);
  }

  const states = new HandStates('fixed');
  const [quota] = states.quotas.values();
  if (quota) {
    quota.endsMs = 1_000;
    quota.remaining = 500;
  }
  const atOnce = new Driver(states);
  atOnce.ask('large', need(900), 1_000);
  atOnce.ask('small', need(100), 1_000);
  atOnce.passTo(1_000);
  assert.deepEqual(atOnce.log, ['small@0', 'large@1000']);
});

test('Waiting: a higher class goes before a lower one that came first, and one that was promised before both', () => {
  const driver = new Driver(new HandStates('sliding'));
  driver.ask('promised', need(1_000), 0);
  driver.passTo(950);
  // Something that nobody foresaw has taken it.
  for (const quota of driver.states.quotas.values()) quota.remaining -= 1_000;
  driver.ask('batch', need(100, 'batch'), 10_000);
  driver.ask('interactive', need(100, 'interactive'), 10_000);
  driver.ask('promised', need(1_000), 10_000, false);
  driver.passTo(9_000);
  assert.deepEqual(
    driver.log.slice(1).map((line) => line.split('@')[0]),
    ['promised', 'interactive', 'batch'],
  );
});

test('Waiting: a full room refuses at once', () => {
  const driver = new Driver(new HandStates('sliding'), { ...SETTINGS, waitersMax: 1 });
  driver.ask('first', need(500), 10_000);
  driver.ask('second', need(500), 10_000);
  assert.match(driver.log[0] ?? '', /^second:429 in 1000$/);
  assert.equal(driver.waiting.waiters(driver.states.pool), 1);
});

test('Waiting: so many try at one stirring, and the others at the next', () => {
  const states = new HandStates('fixed');
  const driver = new Driver(states);
  const [quota] = states.quotas.values();
  if (quota) quota.endsMs = 1_000;
  for (let i = 0; i < TRIES_MAX + 5; i++) driver.ask(`${i}`, need(10), 2_000);
  if (quota) quota.remaining = 60_000;
  driver.waiting.stir(states.pool, 1);
  assert.equal(driver.log.length, TRIES_MAX);
  driver.waiting.stir(states.pool, 1);
  assert.equal(driver.log.length, TRIES_MAX + 5);
  assert.equal(driver.waiting.nextAtMs, Number.POSITIVE_INFINITY);
});

test('Waiting: a crowd that has tried in vain rests a moment, whatever ends meanwhile; who gives up does so in time', () => {
  const states = new HandStates('fixed');
  const driver = new Driver(states);
  const [quota] = states.quotas.values();
  assert.ok(quota);
  quota.endsMs = 1_000;
  for (let i = 0; i < 40; i++) driver.ask(`${i}`, need(10), i === 7 ? 1_001 : 5_000);
  // The window opens a second later than was believed.
  quota.endsMs = 2_000;
  let tries = 0;
  const pickOne = driver.pick.bind(driver);
  driver.pick = (...args) => {
    tries++;
    return pickOne(...args);
  };
  driver.passTo(1_000);
  assert.equal(tries, 40);
  for (let i = 0; i < 100; i++) driver.waiting.stir(states.pool, 1_000 + i / 100);
  assert.equal(tries, 40);
  driver.passTo(1_001);
  assert.match(driver.log.join(), /^7:429 in 10\d\d$/);
  quota.remaining = 60_000;
  driver.passTo(1_000 + REST_MS);
  assert.equal(driver.log.length, 40);
});

test('Waiting: a guess yields once it would be waited for in vain', () => {
  const states = new HandStates('sliding');
  const driver = new Driver(states);
  const [quota] = states.quotas.values();
  driver.ask('waits', need(500), 600);
  if (quota) {
    quota.guess = true;
    quota.remaining = -5_000;
  }
  driver.passTo(500);
  assert.deepEqual(driver.log, ['waits@500']);
});

test('Waiting: a drain tells everybody at once, and leaves nothing owed to those who waited', () => {
  const driver = new Driver(new HandStates('sliding'));
  for (const name of ['a', 'b', 'c']) driver.ask(name, need(300), 10_000);
  driver.waiting.drain(0);
  assert.equal(driver.waiting.waiters(driver.states.pool), 0);
  assert.deepEqual(driver.log, ['a:429 in 900', 'b:429 in 900', 'c:429 in 900']);
});

const STEPS = fc.array(
  fc.record({
    what: fc.constantFrom('ask', 'ask', 'ask', 'leave', 'pass', 'stir'),
    of: fc.constantFrom(...REQUEST_CLASSES),
    tokens: fc.integer({ min: 1, max: 2_000 }),
    ms: fc.nat(3_000),
    which: fc.nat(20),
  }),
  { maxLength: 50 },
);

test('Waiting: each request ends once, no later than its bound, and nothing is owed when all have', () => {
  fc.assert(
    fc.property(STEPS, fc.constantFrom('fixed' as const, 'sliding' as const), (steps, window) => {
      const states = new HandStates(window, 'sliding');
      for (const quota of states.quotas.values()) quota.endsMs = 10_000;
      const driver = new Driver(states, { ...SETTINGS, waitersMax: 5 });
      const visitors: Visitor[] = [];
      let left = 0;
      for (const [i, { what, of, tokens, ms, which }] of steps.entries()) {
        if (what === 'ask') visitors.push(driver.ask(`${i}`, need(tokens, of), ms));
        else if (what === 'pass') driver.passTo(driver.nowMs + ms);
        else if (what === 'stir') driver.waiting.stir(states.pool, driver.nowMs);
        else {
          const stay = visitors[which]?.stay ?? null;
          if (stay === null) continue;
          driver.waiting.leave(stay);
          driver.waiting.leave(stay);
          left++;
        }
        assert.ok(driver.waiting.waiters(states.pool) <= 5);
        assert.ok(
          driver.owed().every((tokens) => tokens >= 0),
          String(driver.owed()),
        );
      }
      driver.passTo(driver.nowMs + 10_000);
      assert.equal(driver.waiting.waiters(states.pool), 0);
      assert.equal(driver.log.length + left, visitors.length);
      driver.nowMs += 10_000_000;
      for (let i = 0; i < 3; i++) driver.waiting.arrive(states.pool, null, driver.nowMs + i * 10_000);
      assert.deepEqual(driver.owed(), [0, 0]);
    }),
    { seed: 20261121 },
  );
});
