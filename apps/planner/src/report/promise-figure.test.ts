import assert from 'node:assert/strict';
import test from 'node:test';
import { promiseFigure } from './promise-figure.ts';
import { madeUpPromise } from './testing/made-up.ts';

const ZEROS = Array.from({ length: 18 }, () => 0);

function drawn(told: Parameters<typeof madeUpPromise>[0]) {
  const { body, height } = promiseFigure(madeUpPromise(told)) ?? assert.fail('nothing drawn');
  return { text: body.text, height };
}

test('promiseFigure: a dot for each seed with its number, those that miss the limit hollow', () => {
  const { text } = drawn({ promise: 'no429', values: [...ZEROS, 0.5, 46], limit: 1 });
  assert.equal(text.match(/<circle[^>]*class="dot"/g)?.length, 19);
  assert.equal(text.match(/<circle[^>]*class="spread"/g)?.length, 1);
  assert.match(text, /seed 20: 46, limit 1</);
  assert.match(text, />median 0</);
  assert.match(text, />pooled 2\.325</);
});

test('promiseFigure: seeds that are alike are stacked, and so many that they do not fit are stacked closer', () => {
  const heightOf = (count: number) =>
    drawn({ promise: 'no429', values: Array.from({ length: count }, () => 0), limit: 1 }).height;
  assert.equal(heightOf(2), heightOf(3));
  assert.equal(heightOf(10) - heightOf(5), 35);
  assert.equal(heightOf(1_000), heightOf(20));
});

test('promiseFigure: a limit of its own for all seeds together is a second line', () => {
  const lines = (pooledLimit: number | null) =>
    drawn({ promise: 'no429', values: [0, 4], limit: 1, pooledLimit }).text.match(/class="line limit"/g)?.length;
  assert.deepEqual([lines(null), lines(3)], [2, 3]);
});

test('promiseFigure: an axis of shares near the whole does not begin at 0', () => {
  const { text } = drawn({ promise: 'overload', values: [0.97, 0.99], limit: 0.98, sense: 'atLeast' });
  assert.match(text, />0\.95</);
  assert.doesNotMatch(text, />0</);
});

test('promiseFigure: nothing where nothing was measured, and for one seed', () => {
  assert.equal(promiseFigure(madeUpPromise({ promise: 'no429', values: [], limit: 1 })), null);
  assert.equal(promiseFigure(madeUpPromise({ promise: 'no429', values: [3], limit: 1 })), null);
});
