import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STRATEGY_NAMES, type StrategyName } from '@spillway/policy';
import type { SeedResult } from './compare-seed.ts';
import { type Figures, figuresOf } from './figures.ts';
import { checkPromises, median } from './promises.ts';
import { labDraw, labScenario } from './testing.ts';
import type { PromiseName } from './types.ts';

const NOTHING = figuresOf(
  { fates: [], samples: [], spills: [], digest: '' },
  { scenario: labScenario(), draw: labDraw() },
);

function figures(told: Partial<Figures>): Figures {
  return { ...NOTHING, requests: 10_000, goodput: 1_000, ...told };
}

type Told = Partial<Record<StrategyName, Partial<Figures>>> & { readonly alone?: Partial<Figures> };

function seed(told: Told, oracle: Partial<Figures> = {}): SeedResult {
  const { alone, ...strategies } = told;
  return {
    seed: 1,
    oracle: figures(oracle),
    goodputBound: 1_000,
    strategies: STRATEGY_NAMES.filter((name) => strategies[name] !== undefined).map((name) => ({
      name,
      figures: figures(strategies[name] ?? {}),
      alone: alone === undefined ? null : figures(alone),
      digest: '',
    })),
  };
}

function holds(promise: PromiseName, seeds: readonly SeedResult[]): readonly boolean[] {
  return checkPromises(labScenario({ promises: [promise] }), seeds).map((check) => check.holds);
}

const RANDOM = 'random-in-priority';

const CASES: ReadonlyArray<readonly [PromiseName, string, Told, Partial<Figures>, readonly boolean[]]> = [
  ['no429', 'one in 10,000 more than the oracle holds', { headroom: { refused: 8 } }, { refused: 7 }, [true]],
  ['no429', 'two do not', { headroom: { refused: 9 } }, { refused: 7 }, [false]],
  ['no429', 'fewer than the oracle holds', { headroom: { refused: 1 } }, { refused: 7 }, [true]],
  ['noWait429', '1 % of the baseline holds', { headroom: { refused: 5 }, [RANDOM]: { refused: 500 } }, {}, [true]],
  ['noWait429', 'more does not', { headroom: { refused: 6 }, [RANDOM]: { refused: 500 } }, {}, [false]],
  [
    'wasted10x',
    'a tenth of the baseline and a fifth of the next best',
    { headroom: { wasted: 100 }, [RANDOM]: { wasted: 1_000 }, weighted: { wasted: 500 } },
    {},
    [true, true],
  ],
  [
    'wasted10x',
    'not where another one is nearer',
    { headroom: { wasted: 100 }, [RANDOM]: { wasted: 1_000 }, weighted: { wasted: 499 } },
    {},
    [true, false],
  ],
  ['overload', 'goodput and honest times', { headroom: { goodput: 980, honest: 0.95 } }, {}, [true, true]],
  ['overload', 'each by itself', { headroom: { goodput: 979, honest: 0.94 } }, {}, [false, false]],
  ['overload', 'what was not measured does not hold', { headroom: { goodput: 980, honest: null } }, {}, [true, false]],
  [
    'ptuFirst',
    'units are full before a spill',
    { headroom: { provisionedAtSpill: 0.95, refusedInteractive: 0, utilisationErrorP95: 5 } },
    {},
    [true, true, true],
  ],
  [
    'ptuFirst',
    'each by itself',
    { headroom: { provisionedAtSpill: 0.94, refusedInteractive: 1, utilisationErrorP95: 5.1 } },
    {},
    [false, false, false],
  ],
  ['halving', 'goodput a minute later', { headroom: { goodputLowered: 90 } }, { goodputLowered: 100 }, [true]],
  ['halving', 'less is too little', { headroom: { goodputLowered: 89 } }, { goodputLowered: 100 }, [false]],
  ['others', 'twice the clean case', { headroom: { wasted: 40 }, alone: { wasted: 20 } }, {}, [true]],
  ['others', 'more is too much', { headroom: { wasted: 41 }, alone: { wasted: 20 } }, {}, [false]],
  ['cache', 'nine tenths of the best', { headroom: { cachedShare: 0.45, cachedShareBest: 0.5 } }, {}, [true, true]],
  ['cache', 'less is too little', { headroom: { cachedShare: 0.44, cachedShareBest: 0.5 } }, {}, [false, true]],
];

for (const [promise, name, told, oracle, want] of CASES) {
  test(`checkPromises: ${promise}: ${name}`, () => {
    assert.deepEqual(holds(promise, [seed(told, oracle)]), want);
  });
}

test('checkPromises: the median of all seeds counts', () => {
  const bad = seed({ headroom: { refused: 50 } });
  const good = seed({ headroom: { refused: 0 } });
  assert.deepEqual(holds('no429', [bad, good, good]), [true]);
  assert.deepEqual(holds('no429', [bad, bad, good]), [false]);
});

test('checkPromises: without our strategy nothing is checked, without others what compares is left out', () => {
  assert.deepEqual(holds('no429', [seed({ weighted: {} })]), []);
  assert.deepEqual(holds('noWait429', [seed({ headroom: {} })]), []);
});

test('median: of an even number the mean of the middle two', () => {
  assert.deepEqual([median([]), median([3]), median([4, 1]), median([9, 1, 2])], [null, 3, 2.5, 2]);
});
