import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SENTENCE_CHARS_MAX, SENTENCES_MAX, sentencesOf } from './sentences.ts';

const TABLE: ReadonlyArray<readonly [name: string, text: string, sentences: readonly string[]]> = [
  ['at stops', 'It rains. Does it? Yes! Good.', ['It rains.', 'Does it?', 'Yes!', 'Good.']],
  ['not within numbers and names', 'It costs 3.50 at node.js today. Yes.', ['It costs 3.50 at node.js today.', 'Yes.']],
  ['not after abbreviations', 'Ask Dr. Smith, e.g. at noon. Then go.', ['Ask Dr. Smith, e.g. at noon.', 'Then go.']],
  ['with the quotation mark', 'He said "go." Then left.', ['He said "go."', 'Then left.']],
  [
    'at lines, but for those that go on',
    'A title\nA line that\ngoes on.\n- item',
    ['A title', 'A line that goes on.', '- item'],
  ],
  ['nothing', ' \n ', []],
];

for (const [name, text, sentences] of TABLE) {
  test(`sentencesOf: ${name}`, () => assert.deepEqual(sentencesOf(text), sentences));
}

test('sentencesOf: cuts what has no stop, at a word', () => {
  const [sentence] = sentencesOf('word '.repeat(1000));
  assert.ok((sentence?.length ?? 0) <= SENTENCE_CHARS_MAX);
  assert.ok(sentence?.endsWith('word'));
  assert.equal(sentencesOf('x'.repeat(5000))[0]?.length, SENTENCE_CHARS_MAX);
});

test('sentencesOf: stops at so many', () => {
  assert.equal(sentencesOf('It is so. '.repeat(5000)).length, SENTENCES_MAX);
});
