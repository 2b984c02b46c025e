import assert from 'node:assert/strict';
import test from 'node:test';
import { BlockList } from './blocks.ts';
import { EXTRACT_LIMITS } from './limits.ts';
import { readMarkdown } from './markdown.ts';
import { MARK_WORK_MAX, MARKS_PER_TEXT_MAX, UNDERLINED_MAX } from './marks.ts';

const NOTE = 'more marks of Markdown than are looked at: the others were read as plain text';

function read(text: string) {
  const to = new BlockList(EXTRACT_LIMITS);
  readMarkdown(text, EXTRACT_LIMITS, to);
  return { blocks: to.blocks, notes: to.notes };
}

test('markCount: in one text, marks up to the limit mean something, what is beyond is text', () => {
  const full = '*a* '.repeat(MARKS_PER_TEXT_MAX / 2);
  const { blocks, notes } = read(full);
  assert.deepEqual([blocks.length, blocks[0]?.text.includes('*'), notes], [1, false, []]);
  const beyond = read(`${full}b *c*\nd\n\n*e*`);
  assert.deepEqual(beyond.notes, [NOTE]);
  assert.match(beyond.blocks[0]?.text ?? '', /^a a .* a b \*c\* d$/);
  assert.equal(beyond.blocks[1]?.text, 'e', 'another text has its own');
});

test('markCount: in one document, marks that look ahead count what they may look at', () => {
  const far = MARK_WORK_MAX / 10;
  const text = (marks: number) => `${'] '.repeat(marks)}${`${'c'.repeat(999)} `.repeat(far / 1_000)}\n\n*d*`;
  assert.deepEqual([read(text(9)).notes, read(text(9)).blocks[1]?.text], [[], 'd']);
  assert.deepEqual([read(text(10)).notes, read(text(10)).blocks[1]?.text], [[NOTE], '*d*']);
});

test('markCount: headings with a line below them are headings up to the limit', () => {
  const given = (headings: number) => 'a\n===\n\n'.repeat(headings);
  const full = read(given(UNDERLINED_MAX));
  assert.deepEqual([full.blocks.length, full.blocks.at(-1)?.kind, full.notes], [UNDERLINED_MAX, 'heading', []]);
  const beyond = read(`${given(UNDERLINED_MAX)}b\n---\n\n# c`);
  assert.deepEqual(
    beyond.blocks.slice(UNDERLINED_MAX).map(({ kind, text }) => `${kind} ${text}`),
    ['paragraph b', 'heading c'],
  );
  assert.deepEqual(beyond.notes, [NOTE]);
});

test('markCount: lists and rules are no such headings', () => {
  assert.deepEqual(read(`- a\n---\n\n${'b\n\n---\n\n'.repeat(UNDERLINED_MAX + 1)}`).notes, []);
});
