import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floorsSchema, missesOf } from './floors.ts';
import { NO_SCORE, outcomeWith, resultWith } from './testing.ts';

const result = resultWith(outcomeWith(), outcomeWith({ score: { ...NO_SCORE, hit5: 0 } }));

const TABLE: ReadonlyArray<
  readonly [name: string, answers: Readonly<Record<string, number>>, want: readonly unknown[]]
> = [
  ['a figure at its floor holds it', { hit5: 0.5 }, []],
  ['one below misses it', { hit5: 0.51 }, [{ metric: 'hit5', floor: 0.51, mean: 0.5 }]],
  ['one that was not measured misses it', { numbers: 0 }, [{ metric: 'numbers', floor: 0, mean: null }]],
  ['no floor, no miss', {}, []],
];
for (const [name, answers, want] of TABLE) {
  test(`missesOf: ${name}`, () => assert.deepEqual(missesOf(result, { search: { hit5: 1 }, answers }), want));
}

test('floorsSchema: refuses a figure that is none, and a floor that is no share', () => {
  assert.ok(floorsSchema.safeParse({ search: {}, answers: { hit5: 1 } }).success);
  assert.ok(!floorsSchema.safeParse({ search: {}, answers: { hit6: 1 } }).success);
  assert.ok(!floorsSchema.safeParse({ search: {}, answers: { hit5: 80 } }).success);
});
