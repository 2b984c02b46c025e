import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../ask/generation.ts';
import { asksForQuery, keywordsOf, queryFrom, wantsQuery } from './search-query.ts';

const INSTRUCTIONS =
  'A new question has to be answered by searching in a knowledge base. Generate a search query based on the conversation. If you cannot, return just the number 0.';

function asked(user: string, system = INSTRUCTIONS): readonly Turn[] {
  return [
    { role: 'system', text: system },
    { role: 'user', text: user },
  ];
}

test('wantsQuery: by the instructions and a short limit', () => {
  const turns = asked('What does my plan cover?');
  assert.deepEqual(
    [
      wantsQuery(turns, 32, false),
      wantsQuery(turns, null, false),
      wantsQuery(turns, 1024, false),
      wantsQuery(turns, 8192, true),
    ],
    [true, false, false, true],
  );
  assert.equal(wantsQuery(asked('hello', 'You are helpful.'), 32, false), false);
});

test('asksForQuery: also by the words of the last turn', () => {
  assert.equal(asksForQuery(asked('Generate search query for: tea', '')), true);
  assert.equal(asksForQuery(asked('How do I write a search engine?', '')), false);
});

for (const [user, query] of [
  ['Generate search query for: What does my health plan cover?', 'health plan cover'],
  ['Which Northwind plan includes eye exams, and which plan does not?', 'Northwind plan includes eye exams'],
  ['hi, how are you?', '0'],
  ['', '0'],
] as const) {
  test(`queryFrom: '${user}' becomes '${query}'`, () => assert.equal(queryFrom(asked(user)), query));
}

test('keywordsOf: at most sixteen', () => {
  const text = Array.from({ length: 100 }, (_, i) => `word${i}`).join(' ');
  assert.equal(keywordsOf(text).split(' ').length, 16);
});
