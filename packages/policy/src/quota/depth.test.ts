import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import fc from 'fast-check';
import { DepthBelief } from './depth.ts';

const PER_MINUTE = 100_000;
const WEIGHT = 4;
const TIMES = 50;

/** Told of utilisation after random flows, as a bucket of so many seconds would state it, rounded as Azure's header is. */
function taught(
  seconds: number,
  unbounded: number,
  seed: number,
  times = TIMES,
  belief = new DepthBelief(PER_MINUTE, WEIGHT),
): DepthBelief {
  const depth = (PER_MINUTE * seconds) / 60;
  const unit = seededUnit(seed);
  let level = { tokens: 0.5 * depth, unbounded: 0 };
  for (let i = 0; i <= times; i++) {
    const utilisation = (level.tokens + level.unbounded * WEIGHT * unbounded) / depth;
    belief.learn(level, Math.round(1000 * utilisation) / 1000);
    const more = Math.floor(5 * unit()) - 2;
    level = { tokens: level.tokens + 6000 * (unit() - 0.5), unbounded: Math.max(0, level.unbounded + more) };
  }
  return belief;
}

for (const seconds of [30, 60, 90, 120]) {
  for (const unbounded of [500, 1000, 4000]) {
    test(`DepthBelief: learns a bucket of ${seconds} s and ${unbounded} for an answer without a bound, after ${TIMES} answers`, () => {
      for (let seed = 1; seed <= 8; seed++) {
        const belief = taught(seconds, unbounded, seed);
        const depth = (PER_MINUTE * seconds) / 60;
        const off = Math.abs(belief.tokens / depth - 1);
        assert.ok(off <= 0.1, `depth ${belief.tokens} instead of ${depth}, seed ${seed}`);
        const answerOff = Math.abs(belief.unboundedTokens - WEIGHT * unbounded) / depth;
        assert.ok(answerOff <= 0.02, `answer ${belief.unboundedTokens}, seed ${seed}`);
      }
    });
  }
}

test('DepthBelief: an older bucket is forgotten when another one takes its place', () => {
  const belief = taught(120, 1000, 1, 2000);
  belief.forgetLast();
  taught(40, 1000, 2, 800, belief);
  assert.ok(Math.abs(belief.tokens / ((PER_MINUTE * 40) / 60) - 1) <= 0.1, `depth ${belief.tokens}`);
});

test('DepthBelief: believes in a minute and a plain answer before it was told anything', () => {
  const belief = new DepthBelief(PER_MINUTE, WEIGHT);
  assert.equal(Math.round(belief.tokens), PER_MINUTE);
  assert.equal(Math.round(belief.unboundedTokens), WEIGHT * 1000);
  assert.equal(Math.round(100 * belief.utilisationOf({ tokens: PER_MINUTE / 2, unbounded: 0 })), 50);
});

test('DepthBelief: without units there is nothing to learn', () => {
  const belief = new DepthBelief(0, WEIGHT);
  belief.learn({ tokens: 0, unbounded: 0 }, 0.1);
  belief.learn({ tokens: 5000, unbounded: 1 }, 0.6);
  assert.equal(belief.utilisationOf({ tokens: 5000, unbounded: 3 }), 0);
});

test('DepthBelief: what lies between an empty bucket and the next answer is not compared', () => {
  const [plain, forgetful] = [taught(90, 1000, 1), taught(90, 1000, 1)];
  for (const [belief, forgets] of [
    [plain, false],
    [forgetful, true],
  ] as const) {
    belief.forgetLast();
    belief.learn({ tokens: 0, unbounded: 0 }, 0.9);
    if (forgets) belief.forgetLast();
    belief.learn({ tokens: 90_000, unbounded: 0 }, 0);
  }
  const whole = taught(90, 1000, 1);
  assert.equal(forgetful.tokens, whole.tokens);
  assert.notEqual(plain.tokens, whole.tokens, 'the other one was compared');
});

const OTHERS: ReadonlyArray<readonly [what: string, utilisation: number]> = [
  ['filled it', 0.9],
  ['kept it as it was', 0.5],
  ['let it drain more slowly', 0.4],
  ['let the service start it anew', 0],
];

for (const [what, utilisation] of OTHERS) {
  test(`DepthBelief: hundreds of answers weigh more than one after others ${what}`, () => {
    const belief = taught(60, 1000, 1, 200);
    const before = belief.tokens;
    belief.forgetLast();
    belief.learn({ tokens: 50_000, unbounded: 0 }, 0.5);
    belief.learn({ tokens: 20_000, unbounded: 0 }, utilisation);
    assert.ok(Math.abs(belief.tokens / before - 1) <= 0.1, `${before} became ${belief.tokens}`);
  });
}

test('DepthBelief: nonsense keeps it within bounds', () => {
  const level = fc.record({
    tokens: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    unbounded: fc.integer({ min: 0, max: 1000 }),
  });
  const told = fc.array(fc.tuple(level, fc.double({ min: 0, max: 1e4, noNaN: true })), { maxLength: 60 });
  fc.assert(
    fc.property(told, (all) => {
      const belief = new DepthBelief(PER_MINUTE, WEIGHT);
      for (const [at, utilisation] of all) {
        belief.learn(at, utilisation);
        assert.ok(belief.tokens >= (PER_MINUTE * 4) / 60 && belief.tokens <= 11 * PER_MINUTE, `depth ${belief.tokens}`);
        assert.ok(belief.unboundedTokens >= 0 && belief.unboundedTokens <= 1.01 * WEIGHT * 130_000);
      }
    }),
    { seed: 91, numRuns: 100 },
  );
});
