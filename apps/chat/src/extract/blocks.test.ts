import assert from 'node:assert/strict';
import test from 'node:test';
import { BlockList, HEADING_CHARS_MAX } from './blocks.ts';
import { NOTES_MAX } from './extraction.ts';
import { EXTRACT_LIMITS } from './limits.ts';
import { readWith } from './testing/told.ts';

test('BlockList: takes characters up to the limit and not one more', () => {
  readWith((_, to) => to.paragraph('abcde'), { charsMax: 5 });
  assert.throws(
    () => readWith((_, to) => to.paragraph('abcdef'), { charsMax: 5 }),
    /more than 5 characters of text; split/,
  );
});

test('BlockList: leaves out what is encoded, says so, and keeps text without blanks of people', () => {
  const to = new BlockList({ ...EXTRACT_LIMITS, runCharsMax: 10 });
  to.paragraph(`a ${'QUJD'.repeat(3)} b`);
  to.paragraph('長'.repeat(50));
  assert.deepEqual(
    to.blocks.map(({ text }) => text),
    ['a … b', '長'.repeat(50)],
  );
  assert.match(to.notes.join(), /1 runs without a break were left out/);
});

test('BlockList: a heading of more than its limit is a paragraph, and levels stay within six', () => {
  const blocks = readWith((_, to) => {
    to.heading(9, 'deep');
    to.heading(0, 'high');
    to.heading(1, 'a'.repeat(HEADING_CHARS_MAX + 1));
  });
  assert.deepEqual(blocks.slice(0, 2), ['h6 deep', 'h1 high']);
  assert.match(blocks[2] ?? '', /^p a/);
});

test('BlockList: what is empty is no block', () => {
  assert.deepEqual(
    readWith((_, to) => {
      to.paragraph(' \u200b ');
      to.table([['', ' ']]);
      to.table([]);
      to.list('\n');
    }),
    [],
  );
});

test('BlockList: keeps notes up to the limit', () => {
  const to = new BlockList(EXTRACT_LIMITS);
  for (let i = 0; i <= NOTES_MAX; i++) to.note(`${i}`);
  assert.equal(to.notes.length, NOTES_MAX);
});
