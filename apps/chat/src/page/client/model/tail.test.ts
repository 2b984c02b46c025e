import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled } from './tail.ts';

const CASES = [
  ['whole text stays', 'All is said.', 'All is said.'],
  ['open emphasis is closed', 'It is **100 eu', 'It is **100 eu**'],
  ['so is a single one', 'It is *so', 'It is *so*'],
  ['and code', 'Call `ask(', 'Call `ask(`'],
  ['a mark that has just begun waits', 'It is **', 'It is '],
  ['emphasis that is just being closed is closed', 'It is **so**', 'It is **so**'],
  ['half a link waits', 'See [the pri', 'See '],
  ['also in its address', 'See [the prices](https://exa', 'See '],
  ['a whole link stays', 'See [the prices](https://a.b)', 'See [the prices](https://a.b)'],
  ['a lone list mark waits', 'One:\n-', 'One:'],
  ['so do the marks of a heading', 'One.\n\n##', 'One.\n\n'],
  ['the head of a table waits for its second row', 'Fees:\n\n| Fee | Eur', 'Fees:\n\n'],
  ['then it is a table', '| a | b |\n| - | - |\n| 1', '| a | b |\n| - | - |\n| 1'],
  ['what stands in a fence is code', '```\n**a', '```\n**a'],
  ['a star of multiplication is none of ours', '2 * 3 is', '2 * 3 is'],
] as const;

for (const [name, given, want] of CASES) test(`settled: ${name}`, () => assert.equal(settled(given), want));

test('settled: shows no more than was written, and never less than the block before, at any length', () => {
  const whole =
    'First **bold** and [link](https://a.b).\n\n- one\n- *two*\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\nEnd `code`.';
  for (let length = 0; length <= whole.length; length++) {
    const written = whole.slice(0, length);
    const shown = settled(written).replace(/[*`]+$/, '');
    assert.ok(written.startsWith(shown), `${length}: ${shown}`);
    assert.ok(shown.length >= written.lastIndexOf('\n\n'), `${length}`);
  }
  assert.equal(settled(whole), whole);
});
