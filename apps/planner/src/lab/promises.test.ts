import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STRATEGY_NAMES, type StrategyName } from '@spillway/policy';
import type { SeedResult } from './compare-seed.ts';
import { type Figures, figuresOf } from './figures.ts';
import { median } from './measures.ts';
import { checkPromises, strategiesNeeded, uncheckedPromises } from './promises.ts';
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

function seed(told: Told, oracle: Partial<Figures> = {}, number = 1): SeedResult {
  const { alone, ...strategies } = told;
  return {
    seed: number,
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
const ALL_WASTE_1000: Told = Object.fromEntries(STRATEGY_NAMES.map((name) => [name, { wasted: 1_000 }]));

const CASES: ReadonlyArray<readonly [PromiseName, string, Told, Partial<Figures>, readonly boolean[]]> = [
  ['no429', 'one in 10,000 more than the oracle holds', { headroom: { refused: 8 } }, { refused: 7 }, [true]],
  ['no429', 'two do not', { headroom: { refused: 9 } }, { refused: 7 }, [false]],
  ['no429', 'fewer than the oracle holds', { headroom: { refused: 1 } }, { refused: 7 }, [true]],
  ['noWait429', '1 % of the baseline holds', { headroom: { refused: 5 }, [RANDOM]: { refused: 500 } }, {}, [true]],
  ['noWait429', 'more does not', { headroom: { refused: 6 }, [RANDOM]: { refused: 500 } }, {}, [false]],
  [
    'wasted10x',
    'a tenth of the baseline and a fifth of the next best',
    { ...ALL_WASTE_1000, headroom: { wasted: 100 }, weighted: { wasted: 500 } },
    {},
    [true, true],
  ],
  [
    'wasted10x',
    'not where another one is nearer',
    { ...ALL_WASTE_1000, headroom: { wasted: 100 }, weighted: { wasted: 499 } },
    {},
    [true, false],
  ],
  ['overload', 'goodput and honest times', { headroom: { goodput: 980, honest: 0.95 } }, {}, [true, true]],
  ['overload', 'each by itself', { headroom: { goodput: 979, honest: 0.94 } }, {}, [false, false]],
  ['overload', 'what was not measured does not hold', { headroom: { goodput: 980, honest: null } }, {}, [true, false]],
  [
    'ptuFirst',
    'units are full before a spill',
    {
      headroom: {
        provisionedAtSpill: 0.95,
        provisionedAtSpillP5: 0.95,
        refusedInteractive: 0,
        utilisationErrorP95: 5,
      },
    },
    {},
    [true, true, true, true],
  ],
  [
    'ptuFirst',
    'each by itself',
    {
      headroom: {
        provisionedAtSpill: 0.94,
        provisionedAtSpillP5: 0.94,
        refusedInteractive: 1,
        utilisationErrorP95: 5.1,
      },
    },
    {},
    [false, false, false, false],
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

test('checkPromises: where nothing is pooled the median of all seeds counts', () => {
  const [good, bad] = [seed({ headroom: { honest: 1 } }), seed({ headroom: { honest: 0.1 } })];
  const served = (seeds: readonly SeedResult[]) => holds('overload', seeds)[1];
  assert.equal(served([bad, good, good]), true);
  assert.equal(served([bad, bad, good]), false);
});

/** 5, 40 and none of 10,000, 40,000 and 10,000 requests. */
const UNEVEN = [
  seed({ headroom: { refused: 5 } }, {}, 11),
  seed({ headroom: { refused: 40, requests: 40_000 } }, {}, 12),
  seed({ headroom: { refused: 3 } }, { refused: 8 }, 13),
];

test('checkPromises: all seeds together are counts summed and then divided, and each seed is told alone', () => {
  const [check] = checkPromises(labScenario({ promises: ['no429'] }), UNEVEN);
  const { measured, pooled, pooledWanted, seedsOver, worst, seeds, holds } = check ?? assert.fail('no check');
  assert.deepEqual(
    { measured, pooled, pooledWanted, seedsOver, holds },
    {
      measured: 5,
      pooled: 7.5,
      pooledWanted: 1,
      seedsOver: 2,
      holds: false,
    },
  );
  assert.deepEqual(worst, { seed: 12, value: 10, wanted: 1, isOver: true });
  assert.deepEqual(
    seeds.map(({ seed, value }) => [seed, value]),
    [
      [11, 5],
      [12, 10],
      [13, 0],
    ],
  );
});

test('checkPromises: all seeds together are held to the same limit as the median, or to that of a stated exception', () => {
  const seeds = [...UNEVEN, ...[14, 15, 16, 17].map((number) => seed({ headroom: {} }, {}, number))];
  // 45 of 100,000 requests: 4.5 of 10,000. The median is 0.
  const held = (per10000: number | null) => {
    const pooledMost = per10000 === null ? null : { per10000, why: 'It is needed by a test.' };
    return checkPromises(labScenario({ promises: ['no429'], pooledMost }), seeds).map(({ holds }) => holds);
  };
  assert.deepEqual(held(null), [false]);
  assert.deepEqual(held(4.4), [false]);
  assert.deepEqual(held(4.5), [true]);
});

test('checkPromises: of a comparison each seed is held to what the others did with it', () => {
  const seeds = [
    seed({ headroom: { refused: 6 }, [RANDOM]: { refused: 900 } }, {}, 1),
    seed({ headroom: { refused: 6 }, [RANDOM]: { refused: 500 } }, {}, 2),
  ];
  const [check] = checkPromises(labScenario({ promises: ['noWait429'] }), seeds);
  assert.deepEqual(check?.seeds, [
    { seed: 1, value: 6, wanted: 9, isOver: false },
    { seed: 2, value: 6, wanted: 5, isOver: true },
  ]);
  assert.deepEqual([check?.worst?.seed, check?.wanted, check?.pooledWanted, check?.holds], [2, 7, 7, true]);
});

test('checkPromises: without our strategy nothing is checked, without others what compares is left out', () => {
  assert.deepEqual(holds('no429', [seed({ weighted: {} })]), []);
  assert.deepEqual(holds('noWait429', [seed({ headroom: {} })]), []);
});

test('uncheckedPromises: names what was left out and the strategies that it takes', () => {
  const scenario = labScenario({ promises: ['overload', 'wasted10x'] });
  const told = (seeds: readonly SeedResult[]) =>
    uncheckedPromises(scenario, seeds).map(({ promise, needs }) => [promise, needs.length]);
  assert.deepEqual(told([seed({ headroom: {}, [RANDOM]: {} })]), [['wasted10x', 5]]);
  assert.deepEqual(told([seed({ [RANDOM]: {} })]), [
    ['overload', 1],
    ['overload', 1],
    ['wasted10x', 1],
    ['wasted10x', 6],
  ]);
  assert.deepEqual(told([seed(ALL_WASTE_1000)]), []);
});

test('strategiesNeeded: ours first, and others only where they are compared to', () => {
  const needed = (promise: PromiseName) => strategiesNeeded(labScenario({ promises: [promise] }));
  assert.deepEqual(needed('no429'), ['headroom']);
  assert.deepEqual(needed('noWait429'), ['headroom', RANDOM]);
  assert.equal(needed('wasted10x').length, STRATEGY_NAMES.length);
});

test('checkPromises: what there is nothing to compare to does not hold', () => {
  assert.deepEqual(holds('others', [seed({ headroom: {} })]), [false]);
});

test('median: of an even number the mean of the middle two', () => {
  assert.deepEqual([median([]), median([3]), median([4, 1]), median([9, 1, 2])], [null, 3, 2.5, 2]);
});
