import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY } from './fleet.ts';
import { ANYWHERE, type Ask } from './look.ts';
import { NO_NEED } from './need.ts';
import type { Outcome } from './outcome.ts';
import { pick } from './pick.ts';
import { SLOW_START_MS, THROTTLE_PROBE_MS_MAX } from './recovery.ts';
import { answerBegan, type Begun, begin, end } from './state.ts';
import { pool, TestStates } from './testing.ts';

const NOW = 3_000_000;
const ASK: Ask = { tried: [], ...ANYWHERE, need: NO_NEED, isPromised: false, isLastResort: false };
const ANSWERED: Outcome = { kind: 'answered', status: 200 };
const FAILED: Outcome = { kind: 'serverError', status: 500 };
const REFUSED: Outcome = { kind: 'throttled', status: 429, hint: null };

/** One deployment, and what is done to it. */
class Alone {
  readonly pool = pool({ on: 'a' });
  readonly states = new TestStates();
  nowMs = NOW;

  get member() {
    const [member] = this.pool.members;
    assert.ok(member);
    return member;
  }

  get state() {
    return this.states.deployment(this.member);
  }

  begin(): Begun {
    return begin(this.states, this.member, NO_NEED, this.nowMs);
  }

  end(begun: Begun, outcome: Outcome, unit = 0): void {
    end(this.states, this.member, { outcome, ...begun, unit }, this.nowMs, DEFAULT_POLICY);
  }

  attempt(outcome: Outcome, unit = 0): void {
    this.end(this.begin(), outcome, unit);
  }

  look(isLastResort = false) {
    const decision = pick(
      this.pool,
      this.states,
      { ...ASK, isLastResort },
      { nowMs: this.nowMs, unit: 0 },
      DEFAULT_POLICY,
    );
    const [look] = decision.looks;
    assert.ok(look);
    return look;
  }
}

for (const [scope, failure] of [
  ['deployment', FAILED],
  ['backend', { kind: 'connectFailed', code: 'ECONNREFUSED' }],
] as const) {
  test(`warmth: after the breaker of the ${scope} has closed, a tenth, then more, then all`, () => {
    const alone = new Alone();
    for (let i = 0; i < DEFAULT_POLICY.breaker.failuresInARow; i++) alone.attempt(failure);
    assert.equal(alone.look().warmth, 1, 'nothing is warmed while it is away');
    alone.nowMs += DEFAULT_POLICY.breaker.cooldownMs;
    alone.attempt(ANSWERED);
    assert.equal(alone.look().warmth, 0.1);
    alone.nowMs += SLOW_START_MS / 2;
    assert.equal(alone.look().warmth, 0.5);
    alone.nowMs += SLOW_START_MS / 2;
    assert.equal(alone.look().warmth, 1);
    alone.attempt(ANSWERED);
    assert.deepEqual([alone.state.backSinceMs, alone.states.backend(alone.member.backend).backSinceMs], [null, null]);
  });
}

test('warmth: a stream that has begun closes the breaker, and warms from then', () => {
  const alone = new Alone();
  for (let i = 0; i < DEFAULT_POLICY.breaker.failuresInARow; i++) alone.attempt(FAILED);
  alone.nowMs += DEFAULT_POLICY.breaker.cooldownMs;
  answerBegan(alone.states, alone.member, alone.begin().probes, alone.nowMs, DEFAULT_POLICY);
  assert.equal(alone.look().warmth, 0.1);
});

test('warmth: an equal that has just come back gets its small share, not half', () => {
  const two = pool({ on: 'a' }, { on: 'b' });
  const states = new TestStates();
  const [a] = two.members;
  assert.ok(a);
  states.deployment(a).backSinceMs = NOW;
  let taken = 0;
  for (let i = 0; i < 1_100; i++) {
    const decision = pick(two, states, ASK, { nowMs: NOW, unit: i / 1_100 }, DEFAULT_POLICY);
    if (decision.deployment === a) taken++;
  }
  assert.equal(taken, 100);
});

test('throttle probe: after a throttle that was a guess, one goes first, and the others wait until it is answered', () => {
  const alone = new Alone();
  alone.attempt(REFUSED);
  alone.nowMs += DEFAULT_POLICY.throttle.defaultMs;
  assert.equal(alone.look().reason, null);
  const first = alone.begin();
  assert.equal(first.probes.throttle, true);
  const { reason, untilMs, isGuess } = alone.look();
  assert.deepEqual([reason, untilMs, isGuess], ['probing', alone.nowMs + THROTTLE_PROBE_MS_MAX, true]);
  assert.equal(alone.look(true).reason, null, 'it yields before a request is refused');
  answerBegan(alone.states, alone.member, first.probes, alone.nowMs, DEFAULT_POLICY);
  assert.equal(alone.look().reason, null);
  assert.equal(alone.begin().probes.throttle, false);
});

test('throttle probe: one that is refused throttles anew; one that fails leaves it to the next', () => {
  const alone = new Alone();
  alone.attempt(REFUSED);
  alone.nowMs += DEFAULT_POLICY.throttle.defaultMs;
  alone.attempt(FAILED);
  const next = alone.begin();
  assert.equal(next.probes.throttle, true);
  alone.end(next, REFUSED);
  assert.equal(alone.look().reason, 'throttled');
});

test('throttle probe: one that is lost holds up the others for a bounded time', () => {
  const alone = new Alone();
  alone.attempt(REFUSED);
  alone.nowMs += DEFAULT_POLICY.throttle.defaultMs;
  const lost = alone.begin();
  alone.nowMs += THROTTLE_PROBE_MS_MAX - 1;
  assert.equal(alone.look().reason, 'probing');
  alone.nowMs++;
  assert.equal(alone.look().reason, null);
  const second = alone.begin();
  assert.equal(second.probes.throttle, true);
  alone.end(second, ANSWERED);
  alone.end(lost, FAILED);
  assert.equal(alone.look().reason, null);
});

test('throttle probe: after a hint none is needed', () => {
  const alone = new Alone();
  alone.attempt({ kind: 'throttled', status: 429, hint: { waitMs: 2_000, source: 'retry-after' } });
  alone.nowMs += 2_000;
  assert.equal(alone.begin().probes.throttle, false);
});

test('spread: dice lengthen what nobody told, by a fifth at most, and never what Azure did', () => {
  const guess = new Alone();
  guess.attempt(REFUSED, 0.5);
  assert.equal(guess.state.throttle.untilMs, NOW + 11_000);
  const hinted = new Alone();
  hinted.attempt({ kind: 'throttled', status: 429, hint: { waitMs: 43, source: 'retry-after-ms' } }, 0.999);
  assert.equal(hinted.state.throttle.untilMs, NOW + 43);
  const broken = new Alone();
  for (let i = 0; i < DEFAULT_POLICY.breaker.failuresInARow; i++) broken.attempt(FAILED, 0.5);
  assert.deepEqual(broken.state.breaker, { kind: 'open', untilMs: NOW + 11_000, cooldownMs: 10_000 });
});
