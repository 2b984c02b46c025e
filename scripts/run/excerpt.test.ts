import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXCERPT_CHARS, Excerpt } from './excerpt.ts';

test('Excerpt: keeps a short text as it is', () => {
  const excerpt = new Excerpt();
  for (const part of ['one ', '', 'two']) excerpt.add(part);
  assert.equal(excerpt.toString(), 'one two');
});

test('Excerpt: keeps all of a text just as long as its limit', () => {
  const text = 'h'.repeat(EXCERPT_CHARS) + 't'.repeat(EXCERPT_CHARS);
  const excerpt = new Excerpt();
  excerpt.add(text);
  assert.equal(excerpt.toString(), text);
});

test('Excerpt: keeps beginning and end of a longer one, and says how much is missing, however it came in', () => {
  const text = `first${'.'.repeat(2 * EXCERPT_CHARS)}last`;
  for (const size of [1, 1000, text.length]) {
    const excerpt = new Excerpt();
    for (let at = 0; at < text.length; at += size) excerpt.add(text.slice(at, at + size));
    const kept = excerpt.toString();
    assert.match(kept, /^first\..*\(… 9 characters left out …\).*\.last$/s);
    assert.ok(kept.length < 2 * EXCERPT_CHARS + 60);
  }
});
