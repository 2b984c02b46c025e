import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QUESTION_KINDS } from '../../../eval/question.ts';
import { isFailure, type Outcome } from '../../../eval/result.ts';
import { METRICS } from '../../../eval/score.ts';
import { isFromFeedback, type RunSummary, summaryOf } from '../../../eval/summary.ts';
import { NO_SCORE, outcomeWith, resultWith } from '../../../eval/testing.ts';
import {
  floorOf,
  isDisliked,
  isWrong,
  KIND_WORDS,
  kindsOf,
  lowFigures,
  METRIC_WORDS,
  meanOf,
  missedFloor,
  movedFigures,
  moveText,
  placeIn,
  shareText,
  TREND_RUNS_MAX,
  trendOf,
  wished,
} from './evaluation.ts';

const wrong = (id: string, kind: Outcome['kind'] = 'plain') =>
  outcomeWith({ id, kind, score: { ...NO_SCORE, hit5: 0, mrr: 0.5 } });
const right = (id: string, kind: Outcome['kind'] = 'plain') => outcomeWith({ id, kind });

function runOf(id: string, hit5: number | null, floor = 0.5): RunSummary {
  const result = resultWith(outcomeWith({ score: { ...NO_SCORE, hit5 } }));
  return summaryOf(id, { ...result, floors: { hit5: floor } });
}

test('METRIC_WORDS, KIND_WORDS: there are words for each figure and each kind', () => {
  assert.deepEqual(Object.keys(METRIC_WORDS), Object.keys(METRICS));
  assert.deepEqual(Object.keys(KIND_WORDS), [...QUESTION_KINDS]);
});

test('isWrong, isDisliked: say what the server says', () => {
  const names = Object.keys(METRICS);
  for (const name of names) {
    for (const value of [0.5, 1, null]) {
      const outcome = outcomeWith({ score: { ...NO_SCORE, hit5: null, [name]: value } });
      assert.equal(isWrong(outcome), isFailure(outcome), `${name} ${value}`);
    }
  }
  assert.ok(isWrong(outcomeWith({ failure: 'down' })));
  for (const id of ['plain-disliked-1', 'plain-a', 'plain-disliked-'])
    assert.equal(isDisliked({ id }), isFromFeedback({ id }));
});

for (const [value, locale, want] of [
  [0.98333, 'en', '0.983'],
  [1, 'de', '1,000'],
  [null, 'en', '–'],
] as const) {
  test(`shareText: ${value} in ${locale} is ${want}`, () => assert.equal(shareText(value, locale), want));
}

for (const [before, after, want] of [
  [0.5, 0.75, '▲ 0.250'],
  [0.75, 0.5, '▼ 0.250'],
  [0.5, 0.5004, '±0'],
  [null, 0.5, null],
  [0.5, null, null],
] as const) {
  test(`moveText: from ${before} to ${after}: ${want}`, () => assert.equal(moveText(before, after, 'en'), want));
}

test('meanOf, floorOf, missedFloor: of a run, or null', () => {
  const run = runOf('r', 0.25);
  assert.deepEqual([meanOf(run, 'hit5'), floorOf(run, 'hit5'), missedFloor(run, 'hit5')], [0.25, 0.5, 0.5]);
  assert.deepEqual([meanOf(run, 'mrr'), floorOf(run, 'mrr'), missedFloor(run, 'mrr')], [null, null, null]);
  assert.deepEqual(
    [missedFloor(runOf('r', 0.75), 'hit5'), floorOf(summaryOf('r', resultWith()), 'hit5')],
    [null, null],
  );
});

test('trendOf: oldest first, a run without the figure leaves a gap, missed floors are marked', () => {
  const runs = [runOf('c', 1), runOf('b', null), runOf('a', 0.25)];
  assert.deepEqual(trendOf(runs, 'hit5'), [
    { x: 0, value: 0.25, runId: 'a', isMissed: true },
    { x: 1, value: 1, runId: 'c', isMissed: false },
  ]);
  assert.deepEqual(trendOf(runs.slice(0, 1), 'hit5'), [{ x: 0.5, value: 1, runId: 'c', isMissed: false }]);
  const many = Array.from({ length: TREND_RUNS_MAX + 1 }, (_, i) => runOf(`r${i}`, 1));
  const drawn = trendOf(many, 'hit5');
  assert.deepEqual([drawn.length, drawn[0]?.runId, drawn.at(-1)?.runId], [TREND_RUNS_MAX, 'r29', 'r0']);
});

for (const [name, path, page] of [
  ['a/b.pdf#page=12', 'a/b.pdf', 12],
  ['a.md', 'a.md', null],
  ['odd#page=x.md', 'odd#page=x.md', null],
] as const) {
  test(`placeIn: ${name}`, () => assert.deepEqual(placeIn(name), { path, page }));
}

test('wished: by kind, and wrong, disliked or all', () => {
  const all = [wrong('plain-a'), right('plain-disliked-1'), wrong('numbers-c', 'numbers')];
  const ids = (...wish: readonly ['all' | 'plain' | 'numbers', 'wrong' | 'all' | 'disliked']) =>
    wished(all, { kind: wish[0], which: wish[1] }).map(({ id }) => id);
  assert.deepEqual(ids('all', 'wrong'), ['plain-a', 'numbers-c']);
  assert.deepEqual(ids('numbers', 'all'), ['numbers-c']);
  assert.deepEqual(ids('all', 'disliked'), ['plain-disliked-1']);
  assert.deepEqual(ids('numbers', 'disliked'), []);
});

test('lowFigures, movedFigures: what is below 1, and what is not as it was', () => {
  assert.deepEqual(lowFigures(wrong('a')), [
    ['hit5', 0],
    ['mrr', 0.5],
  ]);
  assert.deepEqual(movedFigures(right('a'), wrong('a')), [
    { metric: 'hit5', before: 1, after: 0 },
    { metric: 'mrr', before: null, after: 0.5 },
  ]);
  assert.deepEqual(movedFigures(right('a'), right('a')), []);
});

test('kindsOf: right and all of each kind that was asked', () => {
  assert.deepEqual(kindsOf([wrong('a'), right('b'), right('c', 'attack')]), [
    { kind: 'plain', right: 1, all: 2 },
    { kind: 'attack', right: 1, all: 1 },
  ]);
});
