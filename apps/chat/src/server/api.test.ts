/** The limits of what may be asked: each is reached, and one more is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import {
  chatRequest,
  collectionChange,
  conversationChange,
  documentsMove,
  documentsQuery,
  feedbackRequest,
  listQuery,
  overrides,
  QUESTION_CHARS_MAX,
  searchRequest,
  signInRequest,
  TOP_MAX,
} from './api.ts';

const text = (count: number) => 'a'.repeat(count);
const TURN = { turnId: 't', liked: null };

const LIMITS: ReadonlyArray<readonly [name: string, schema: z.ZodType, at: (size: number) => unknown, max: number]> = [
  ['question', chatRequest, (n) => ({ question: text(n) }), QUESTION_CHARS_MAX],
  ['query', searchRequest, (n) => ({ query: text(n) }), QUESTION_CHARS_MAX],
  ['id', chatRequest, (n) => ({ question: 'a', conversationId: text(n) }), 100],
  ['title', conversationChange, (n) => ({ title: text(n) }), 200],
  ['comment', feedbackRequest, (n) => ({ ...TURN, comment: text(n) }), 2_000],
  ['user', signInRequest, (n) => ({ user: text(n), password: 'a' }), 200],
  ['password', signInRequest, (n) => ({ user: 'a', password: text(n) }), 1_000],
  ['search', listQuery, (n) => ({ search: text(n) }), 200],
  ['limit', listQuery, (n) => ({ limit: String(n) }), 200],
  ['top', overrides, (top) => ({ top }), TOP_MAX],
  ['temperature', overrides, (temperature) => ({ temperature }), 2],
  ['category', overrides, (n) => ({ includeCategory: text(n) }), 300],
  ['name of a collection', collectionChange, (n) => ({ name: text(n) }), 300],
  ['category to move to', documentsMove, (n) => ({ documents: ['a'], category: text(n) }), 300],
  [
    'documents to move',
    documentsMove,
    (n) => ({ documents: Array.from({ length: n }, () => 'a'), category: null }),
    200,
  ],
  ['path to go on behind', documentsQuery, (n) => ({ after: text(n) }), 1_000],
  ['documents', overrides, (n) => ({ documents: Array.from({ length: n }, () => 'a') }), 200],
  ['prompt', overrides, (n) => ({ promptTemplate: text(n) }), 8_000],
];

for (const [name, schema, at, max] of LIMITS) {
  test(`api: ${name} may be ${max}, and no more`, () => {
    assert.equal(schema.safeParse(at(max)).success, true);
    assert.equal(schema.safeParse(at(max + 1)).success, false);
  });
}
