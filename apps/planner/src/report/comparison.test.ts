import assert from 'node:assert/strict';
import test from 'node:test';
import { comparison } from './comparison.ts';
import { madeUpScenario } from './testing/made-up.ts';

test('comparison: a row for each strategy, its median as a number and a dot, the spread in words', () => {
  const { body, height } = comparison(madeUpScenario('x'), 'refused') ?? assert.fail('nothing drawn');
  assert.equal(body.text.match(/<circle/g)?.length, 4);
  assert.match(body.text, /random-in-priority: 210\.0 per 10,000 \(168\.0 to 262\.5\)/);
  assert.match(body.text, /lower is better/);
  assert.ok(height > 4 * 20);
});

test('comparison: an axis of shares near the whole does not begin at 0', () => {
  const { body } = comparison(madeUpScenario('x'), 'goodput') ?? assert.fail('nothing drawn');
  assert.match(body.text, />80<.*>100</s);
  assert.doesNotMatch(body.text, />0</);
});

test('comparison: nothing where no strategy has the figure', () => {
  assert.equal(comparison(madeUpScenario('x'), 'cached'), null);
});
