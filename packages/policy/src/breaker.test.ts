import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { admit, type BreakerState, beginProbe, breakerAfter, closedBreaker, type Verdict } from './breaker.ts';
import { type BreakerSettings, DEFAULT_POLICY } from './fleet.ts';

const SETTINGS: BreakerSettings = DEFAULT_POLICY.breaker;
const START = 10_000_000;

function run(verdicts: readonly Verdict[], stepMs = 1, state: BreakerState = closedBreaker()): BreakerState {
  return verdicts.reduce(
    (s, verdict, i) => breakerAfter(s, { verdict, probe: false }, START + i * stepMs, SETTINGS),
    state,
  );
}

const times = (n: number, verdict: Verdict): Verdict[] => Array.from({ length: n }, () => verdict);

const TABLE: ReadonlyArray<readonly [name: string, verdicts: readonly Verdict[], kind: BreakerState['kind']]> = [
  ['4 failures in a row', times(4, 'failure'), 'closed'],
  ['5 failures in a row', times(5, 'failure'), 'open'],
  // 5 failures and a success are 6 attempts: the row is broken, and 10 are needed for the share.
  ['a success between ends the row', [...times(4, 'failure'), 'success', 'failure'], 'closed'],
  ['below half of ten', [...times(6, 'success'), ...times(4, 'failure')], 'closed'],
  [
    'half of ten, not in a row',
    ['failure', 'success', 'failure', 'success', 'failure', 'success', 'failure', 'success', 'success', 'failure'],
    'open',
  ],
  [
    'half of nine is too few to say',
    ['failure', 'success', 'failure', 'success', 'failure', 'success', 'failure', 'success'],
    'closed',
  ],
  ['outcomes that say nothing, however many', times(1_000, 'none'), 'closed'],
  ['nothing said does not end a row', ['failure', 'failure', 'none', 'failure', 'none', 'failure', 'failure'], 'open'],
];

for (const [name, verdicts, kind] of TABLE) {
  test(`breakerAfter: ${name} → ${kind}`, () => {
    assert.equal(run(verdicts).kind, kind);
  });
}

test('breakerAfter: failures older than the window no longer count towards the share', () => {
  const early = run([
    'failure',
    'success',
    'failure',
    'success',
    'failure',
    'success',
    'failure',
    'success',
    'success',
  ]);
  const late = breakerAfter(early, { verdict: 'failure', probe: false }, START + SETTINGS.windowMs + 5_001, SETTINGS);
  assert.equal(late.kind, 'closed');
  const inTime = breakerAfter(
    run(['failure', 'success', 'failure', 'success', 'failure', 'success', 'failure', 'success', 'success']),
    { verdict: 'failure', probe: false },
    START + 100,
    SETTINGS,
  );
  assert.equal(inTime.kind, 'open');
});

test('admit: closed passes, open blocks until its time and then probes, half open probes one at a time', () => {
  assert.equal(admit(closedBreaker(), START), 'pass');
  const open: BreakerState = { kind: 'open', untilMs: START, cooldownMs: 1 };
  assert.equal(admit(open, START - 0.001), 'block');
  assert.equal(admit(open, START), 'probe');
  const probing = beginProbe(open);
  assert.equal(admit(probing, START), 'block');
  assert.equal(admit({ kind: 'halfOpen', probing: false, cooldownMs: 1 }, START), 'probe');
});

test('breakerAfter: a probe that succeeds closes it; one that fails doubles the cooldown up to its maximum', () => {
  let state: BreakerState = run(times(5, 'failure'));
  const cooldowns: number[] = [];
  let nowMs = START;
  for (let i = 0; i < 5; i++) {
    assert.ok(state.kind === 'open');
    cooldowns.push(state.cooldownMs);
    nowMs = state.untilMs;
    state = breakerAfter(beginProbe(state), { verdict: 'failure', probe: true }, nowMs, SETTINGS);
  }
  assert.deepEqual(cooldowns, [10_000, 20_000, 40_000, 60_000, 60_000]);
  assert.equal(breakerAfter(beginProbe(state), { verdict: 'success', probe: true }, nowMs, SETTINGS).kind, 'closed');
});

test('breakerAfter: a probe that says nothing (a 429, a client that left) frees the place for the next probe', () => {
  const probing = beginProbe({ kind: 'open', untilMs: START, cooldownMs: 20_000 });
  const after = breakerAfter(probing, { verdict: 'none', probe: true }, START, SETTINGS);
  assert.deepEqual(after, { kind: 'halfOpen', probing: false, cooldownMs: 20_000 });
});

test('breakerAfter: attempts begun before it opened say nothing when they end late', () => {
  const open: BreakerState = { kind: 'open', untilMs: START + 10_000, cooldownMs: 10_000 };
  const probing = beginProbe(open);
  for (const state of [open, probing])
    for (const verdict of ['success', 'failure', 'none'] as const) {
      assert.equal(breakerAfter(state, { verdict, probe: false }, START, SETTINGS), state);
    }
});

test('breakerAfter: opens exactly when a plain count of the window says so', () => {
  const attempts = fc.array(
    fc.tuple(fc.constantFrom<Verdict>('success', 'failure'), fc.integer({ min: 0, max: 4_000 })),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(attempts, (steps) => {
      let state: BreakerState = closedBreaker();
      let nowMs = START;
      const seen: Array<{ atMs: number; verdict: Verdict }> = [];
      for (const [verdict, pauseMs] of steps) {
        nowMs += pauseMs;
        seen.push({ atMs: nowMs, verdict });
        state = breakerAfter(state, { verdict, probe: false }, nowMs, SETTINGS);
        const expected = naive(seen, nowMs);
        assert.equal(state.kind === 'open', expected);
        if (expected) return;
      }
    }),
  );
});

/** The window counts whole parts of 5 s: it holds the present part and the five before it. */
function naive(seen: ReadonlyArray<{ atMs: number; verdict: Verdict }>, nowMs: number): boolean {
  if (seen.at(-1)?.verdict !== 'failure') return false;
  const lastFive = seen.slice(-5);
  if (lastFive.length === 5 && lastFive.every((each) => each.verdict === 'failure')) return true;
  const part = (atMs: number) => Math.floor(atMs / 5_000);
  const recent = seen.filter((each) => part(each.atMs) > part(nowMs) - 6);
  const failures = recent.filter((each) => each.verdict === 'failure').length;
  return recent.length >= 10 && failures >= recent.length / 2;
}
