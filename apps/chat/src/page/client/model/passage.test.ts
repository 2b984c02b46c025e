import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHUNKS, HANDBOOK_TEXT, PASSAGE, SOURCES } from '../../testing/script.ts';
import { AROUND_CHARS, originalUrl, passageIn } from './passage.ts';

const [, ON_PAGE] = SOURCES;

test('passageIn: shows the page of the passage and no other', () => {
  assert.ok(ON_PAGE !== undefined);
  const { before, marked, after, more } = passageIn(HANDBOOK_TEXT, ON_PAGE, CHUNKS);
  assert.equal(marked, PASSAGE);
  assert.equal(before, 'House rules of the seaside flats.\n');
  assert.equal(after, '\nPets are welcome in the garden flats only.');
  assert.deepEqual(more, { before: true, after: true });
});

test('passageIn: shows the whole document at a wish', () => {
  assert.ok(ON_PAGE !== undefined);
  const { before, marked, after, more } = passageIn(HANDBOOK_TEXT, ON_PAGE, CHUNKS, true);
  assert.equal(`${before}${marked}${after}\n`, HANDBOOK_TEXT);
  assert.deepEqual(more, { before: false, after: false });
});

test('passageIn: without pages shows whole lines around it, so many characters and not more', () => {
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`).join('\n');
  const start = lines.indexOf('line 250');
  const found = passageIn(lines, { start, end: start + 8, pageFrom: null, pageTo: null }, []);
  assert.equal(found.marked, 'line 250');
  assert.match(found.before, /^line \d+\n/);
  assert.ok(found.before.length <= AROUND_CHARS && found.before.length > AROUND_CHARS - 20);
  assert.ok(found.after.length <= AROUND_CHARS && found.after.length > AROUND_CHARS - 20);
});

test('passageIn: a place beyond a text that has become shorter marks nothing, and breaks nothing', () => {
  const found = passageIn('short', { start: 90, end: 99, pageFrom: null, pageTo: null }, []);
  assert.deepEqual([found.before, found.marked, found.after], ['short', '', '']);
});

const URLS = [
  ['a.md', null, '/content/a.md'],
  ["it's ä/b #1?.pdf", 7, "/content/it's%20%C3%A4/b%20%231%3F.pdf#page=7"],
] as const;

for (const [path, page, want] of URLS)
  test(`originalUrl: of ${path}`, () => assert.equal(originalUrl(path, page), want));
