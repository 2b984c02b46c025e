import assert from 'node:assert/strict';
import test from 'node:test';
import { FIGURE_KINDS, type FigureId, type PromiseView, type ScenarioView, type Spread } from '@spillway/planner';
import { STRATEGY_NAMES } from '@spillway/policy';
import { type Line, NO_PAINT, render, widthOf } from '../lines.ts';
import { COLUMNS, listLines, scenarioLines, summaryLines } from './text.ts';

const WHY = 'Where a fleet stands on a good working day: almost everything is used, and nobody may notice that it is.';
const SPREAD: PromiseView['spread'] = {
  sense: 'atMost',
  median: 0,
  limit: 1,
  pooled: 0.8,
  pooledLimit: 1,
  seedsOver: 2,
  worst: null,
  seeds: [],
};
const HOLDS: PromiseView = {
  promise: 'no429',
  name: '429s, per 10,000',
  measured: '0',
  pooled: '0.8',
  wanted: 'at most 1, pooled at most 12',
  holds: true,
  told: 'median 0 · pooled 0.8 · 2 of 20 seeds over (worst seed 13: 46)',
  spread: SPREAD,
};
const MISSED: PromiseView = {
  promise: 'wasted10x',
  name: 'wasted sends per 1,000 (a tenth of those of the strategy that is compared to)',
  measured: '4.25',
  pooled: '5',
  wanted: 'at most 1.5',
  holds: false,
  told: 'median 4.25 · pooled 5 · 18 of 20 seeds over (worst seed 2: 9.5)',
  spread: SPREAD,
};

function spread(median: number): Spread {
  return { median, min: median, max: median };
}

function scenario(more: Partial<ScenarioView> = {}): ScenarioView {
  const figures = new Map<FigureId, Spread>([
    ['refused', spread(1.25)],
    ['wasted', spread(1_234.5)],
  ]);
  return {
    name: 'steady-95',
    why: WHY,
    seconds: 600,
    warmUpSeconds: 120,
    strategies: [
      { name: 'headroom', figures },
      { name: 'random-in-priority', figures: new Map([['refused', spread(300)]]) },
    ],
    promises: [HOLDS, MISSED],
    unchecked: [],
    exception: null,
    oracle: { refused: 2.54, ofBound: 0.9712 },
    run: null,
    ...more,
  };
}

function text(lines: readonly Line[]): readonly string[] {
  return lines.map((line) => render(line, 1_000, NO_PAINT).trimEnd());
}

test('scenarioLines: a row for each figure that there is, a column for each strategy, then the promises', () => {
  assert.deepEqual(text(scenarioLines(scenario())), [
    'steady-95  600 s, measured from 120 s on',
    '  Where a fleet stands on a good working day: almost everything is used, and nobody may notice that',
    '  it is.',
    '                                        random-in-',
    '                              headroom    priority',
    '  429s, /10,000                    1.3       300.0',
    '  wasted sends, /1,000           1,235           -',
    '  The oracle: 2.5 429s /10,000, goodput 97.1 % of what nobody can pass.',
    '  holds   no429: 429s, per 10,000, at most 1, pooled at most 12',
    '          median 0 · pooled 0.8 · 2 of 20 seeds over (worst seed 13: 46)',
    '  MISSED  wasted10x: wasted sends per 1,000 (a tenth of those of the strategy that is compared to),',
    '          at most 1.5',
    '          median 4.25 · pooled 5 · 18 of 20 seeds over (worst seed 2: 9.5)',
    '',
  ]);
});

test('scenarioLines: with every figure of every strategy nothing is wider than the screen it is made for', () => {
  const figures = new Map(FIGURE_KINDS.map(({ id }) => [id, spread(99_999)] as const));
  const strategies = STRATEGY_NAMES.map((name) => ({ name, figures }));
  for (const line of scenarioLines(scenario({ strategies }))) {
    assert.ok(widthOf(line) <= COLUMNS, `${widthOf(line)}: ${render(line, 1_000, NO_PAINT)}`);
  }
});

test('summaryLines: names each promise that is missed, with what it was and what was wanted', () => {
  const view = (promises: ScenarioView['promises']) => ({
    firstSeed: 1,
    seeds: 20,
    scenarios: [scenario({ promises })],
  });
  assert.deepEqual(text(summaryLines(view([HOLDS, MISSED]))), [
    'Medians over seeds 1 to 20. 1 of 2 promises is missed:',
    '  steady-95, wasted10x: wasted sends per 1,000 (a tenth of those of the strategy that is compared',
    '  to): median 4.25 · pooled 5 · 18 of 20 seeds over (worst seed 2: 9.5); wanted at most 1.5',
  ]);
  assert.deepEqual(text(summaryLines(view([HOLDS]))), ['Medians over seeds 1 to 20. The promise holds.']);
  assert.deepEqual(text(summaryLines({ ...view([]), seeds: 1 })), ['Medians over seed 1. No promise was checked.']);
});

test('scenarioLines: where all seeds together are held to less than their median, the reason stands below', () => {
  const lines = text(scenarioLines(scenario({ promises: [HOLDS], exception: 'Minutes that slide have no edge.' })));
  assert.deepEqual(lines.slice(-3), [
    '          median 0 · pooled 0.8 · 2 of 20 seeds over (worst seed 13: 46)',
    '          Reason for the pooled limit: Minutes that slide have no edge.',
    '',
  ]);
});

test('summaryLines: a part of what is promised is not told as the whole, and what was left out is named', () => {
  const name = 'wasted sends per 1,000 (a fifth of the best other)';
  const unchecked = [{ promise: 'wasted10x', name, needs: ['weighted', 'latency'] }];
  const view = { firstSeed: 1, seeds: 3, scenarios: [scenario({ promises: [HOLDS], unchecked })] };
  assert.deepEqual(text(summaryLines(view)), [
    'Medians over seeds 1 to 3. The promise checked holds.',
    'This is a part of what is promised; the whole is checked by spillway plan lab alone:',
    "  3 seeds were run of the 20 that promises are about: a draw of Azure's counting that goes badly may",
    '  not be among them.',
    '  Not checked in steady-95: wasted10x: wasted sends per 1,000 (a fifth of the best other), which',
    '  takes weighted, latency.',
  ]);
});

test('listLines: names beside reasons, which go on below themselves', () => {
  const lines = text(
    listLines([
      { name: 'steady-95', why: WHY },
      { name: 'ptu', why: 'Short.' },
    ]),
  );
  assert.deepEqual(lines, [
    'steady-95  Where a fleet stands on a good working day: almost everything is used, and nobody may',
    '           notice that it is.',
    'ptu        Short.',
  ]);
});
