import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentencesFrom, spoken } from './speech-text.ts';

test('sentencesFrom: says each sentence once, and as a whole, however the text comes', () => {
  const whole = 'It is 3.5 km. Dr. Who says so! Really?\n\n- Yes, e.g. here. The end';
  const heard: string[] = [];
  let from = 0;
  for (let length = 0; length <= whole.length; length++) {
    const { said, upTo } = sentencesFrom(whole.slice(0, length), from, length === whole.length);
    if (said !== '') heard.push(said);
    from = upTo;
  }
  assert.equal(heard.join(' ').replace(/\s+/g, ' '), spoken(whole).replace(/\s+/g, ' '));
  assert.equal(heard[0], 'It is 3.5 km.');
  assert.equal(heard.at(-1), 'The end');
});

const CASES = [
  ['**Bold** and `code`.', 'Bold and code.'],
  ['# Title\n\ntext', 'Title text'],
  ['[the prices](https://a.b) here', 'the prices here'],
  ['| a | b |\n| - | - |\n| 1 | 2 |', 'a b 1 2'],
  ['before\n```\nlet a = 1;\n```\nafter', 'before after'],
] as const;

for (const [markdown, want] of CASES)
  test(`spoken: ${JSON.stringify(markdown)}`, () => assert.equal(spoken(markdown), want));
