import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit, type Unit } from '@spillway/clock';
import fc from 'fast-check';
import type { Need } from '../need.ts';
import { ChargeBelief } from './charge.ts';
import { BEGIN_MS, needOf } from './testing.ts';

const LIMIT_PER_MS = 300_000 / 60_000;
const GUESS = 16;

/** How a made-up Azure charges. */
interface Tariff {
  readonly prompt: number;
  readonly unbounded: number;
  /** Whether each choice counts, or only one. */
  readonly choices: boolean;
  /** Tokens per millisecond. */
  readonly others: number;
}

const DOCUMENTED: Tariff = { prompt: 1, unbounded: GUESS, choices: true, others: 0 };

function chargedFor({ promptTokens, answerTokensMax, choices }: Need, tariff: Tariff): number {
  const times = tariff.choices ? choices : 1;
  return tariff.prompt * promptTokens + times * (answerTokensMax ?? tariff.unbounded);
}

function anyNeed(unit: Unit): Need {
  return needOf({
    promptTokens: Math.ceil(2000 * unit()),
    answerTokensMax: unit() < 0.5 ? null : Math.ceil(1000 * unit()),
    choices: unit() < 0.3 ? 3 : 1,
  });
}

/** A belief to which as many comparisons tell of a tariff, each off by a few tokens. */
function taught(belief: ChargeBelief, tariff: Tariff, { times, seed }: { times: number; seed: number }): ChargeBelief {
  const unit = seededUnit(seed);
  let nowMs = BEGIN_MS;
  let last = belief.add(needOf({}), nowMs);
  for (let i = 0; i < times; i++) {
    const need = anyNeed(unit);
    const passedMs = 600 * unit();
    nowMs += passedMs;
    const next = belief.add(need, nowMs);
    const counted = chargedFor(need, tariff) + tariff.others * passedMs + 20 * (unit() - 0.5);
    belief.learn(last, next, counted - belief.between(last, next), 200 ** 2);
    last = next;
  }
  return belief;
}

const SAMPLES: readonly Need[] = [
  needOf({ promptTokens: 1000, answerTokensMax: null }),
  needOf({ promptTokens: 1000, answerTokensMax: 500 }),
  needOf({ promptTokens: 500, answerTokensMax: 400, choices: 4 }),
  needOf({ promptTokens: 3000, answerTokensMax: 10 }),
  needOf({ promptTokens: 100, answerTokensMax: null, choices: 2 }),
];

/** How far off the worst of the samples is. Share of the charge; of small ones 100 tokens are the measure. */
function worst(belief: ChargeBelief, tariff: Tariff): number {
  return Math.max(
    ...SAMPLES.map((need) => {
      const charged = chargedFor(need, tariff);
      return Math.abs(belief.of(need) - charged) / Math.max(1000, charged);
    }),
  );
}

const TARIFFS: ReadonlyArray<readonly [what: string, tariff: Tariff]> = [
  ['the documented one', DOCUMENTED],
  ['640 for an answer without a bound', { ...DOCUMENTED, unbounded: 640 }],
  ['nothing for it', { ...DOCUMENTED, unbounded: 0 }],
  ['a prompt for 0.9 of its tokens', { ...DOCUMENTED, prompt: 0.9 }],
  ['a prompt for 1.15 of its tokens', { ...DOCUMENTED, prompt: 1.15 }],
  ['choices that do not count', { ...DOCUMENTED, choices: false }],
  ['others, who send a third of the limit', { ...DOCUMENTED, others: LIMIT_PER_MS / 3 }],
  ['most of this at once', { prompt: 0.9, unbounded: 640, choices: true, others: LIMIT_PER_MS / 5 }],
];

for (const [what, tariff] of TARIFFS) {
  test(`ChargeBelief: learns ${what}`, () => {
    for (let seed = 1; seed <= 10; seed++) {
      const belief = taught(new ChargeBelief(GUESS, LIMIT_PER_MS), tariff, { times: 400, seed });
      assert.ok(worst(belief, tariff) <= 0.05, `off by ${worst(belief, tariff)}, seed ${seed}`);
      const off = Math.abs(belief.othersPerMs - tariff.others);
      assert.ok(off <= 0.04 * LIMIT_PER_MS, `others off by ${off}, seed ${seed}`);
    }
  });
}

test('ChargeBelief: believes what is documented before it was told anything', () => {
  const belief = new ChargeBelief(GUESS, LIMIT_PER_MS);
  assert.equal(worst(belief, DOCUMENTED), 0);
  assert.equal(belief.othersPerMs, 0);
  assert.equal(belief.of(needOf({})), 1, 'a request costs something');
});

test('ChargeBelief: between two tallies counts what was sent after the first, up to the second', () => {
  const belief = new ChargeBelief(GUESS, LIMIT_PER_MS);
  const needs = [...SAMPLES, ...SAMPLES];
  const tallies = needs.map((need, i) => belief.add(need, BEGIN_MS + i));
  for (const [i, from] of tallies.entries()) {
    for (const [j, to] of tallies.entries()) {
      if (j < i) continue;
      const want = needs.slice(i + 1, j + 1).reduce((sum, need) => sum + belief.of(need), 0);
      assert.equal(Math.round(belief.between(from, to)), Math.round(want), `${i} to ${j}`);
    }
  }
});

test('ChargeBelief: what was learned long ago is forgotten when Azure charges otherwise', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const before = { ...DOCUMENTED, unbounded: 640, others: LIMIT_PER_MS / 3 };
    const belief = taught(new ChargeBelief(GUESS, LIMIT_PER_MS), before, { times: 2000, seed });
    taught(belief, { ...DOCUMENTED, unbounded: 100 }, { times: 2000, seed: seed + 100 });
    const off = worst(belief, { ...DOCUMENTED, unbounded: 100 });
    assert.ok(off <= 0.1, `off by ${off}, seed ${seed}`);
    assert.ok(belief.othersPerMs <= 0.1 * LIMIT_PER_MS, `others ${belief.othersPerMs}, seed ${seed}`);
  }
});

test('ChargeBelief: nonsense does not make it diverge', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          need: fc.record({
            promptTokens: fc.integer({ min: 0, max: 1_000_000 }),
            answerTokensMax: fc.option(fc.integer({ min: 0, max: 200_000 })),
            choices: fc.integer({ min: 1, max: 128 }),
          }),
          passedMs: fc.integer({ min: -10_000, max: 100_000_000 }),
          error: fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        }),
        { maxLength: 300 },
      ),
      (told) => {
        const belief = new ChargeBelief(GUESS, LIMIT_PER_MS);
        let nowMs = BEGIN_MS;
        let last = belief.add(needOf({}), nowMs);
        for (const { need, passedMs, error } of told) {
          nowMs += passedMs;
          const next = belief.add(needOf(need), nowMs);
          belief.learn(last, next, error, 1);
          last = next;
          assertSane(belief);
        }
      },
    ),
    { seed: 81, numRuns: 60 },
  );
});

function assertSane(belief: ChargeBelief): void {
  assert.ok(belief.othersPerMs >= 0 && belief.othersPerMs <= LIMIT_PER_MS, `others ${belief.othersPerMs}`);
  for (const need of SAMPLES) {
    const charge = belief.of(need);
    const most = 2 * need.promptTokens + 2 * need.choices * (need.answerTokensMax ?? 130_000);
    assert.ok(charge >= 1 && charge <= most, `charge ${charge}`);
  }
}

test('ChargeBelief: after nonsense it learns again', () => {
  const belief = new ChargeBelief(GUESS, LIMIT_PER_MS);
  const unit = seededUnit(82);
  let last = belief.add(needOf({}), BEGIN_MS);
  for (let i = 1; i <= 100; i++) {
    const next = belief.add(anyNeed(unit), BEGIN_MS + 100 * i);
    belief.learn(last, next, 1e6 * (unit() - 0.5), 200 ** 2);
    last = next;
  }
  const tariff = { ...DOCUMENTED, unbounded: 640 };
  taught(belief, tariff, { times: 3000, seed: 83 });
  assert.ok(worst(belief, tariff) <= 0.15, `off by ${worst(belief, tariff)}`);
});
