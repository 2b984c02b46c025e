import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PlanReply } from '../answer/plan.ts';
import { RERANK_TOOL_NAME, RERANKED_CHARS_MAX, RERANKED_MAX, rerankedOrder, rerankMessages } from './rerank.ts';

const call = (text: string, name = RERANK_TOOL_NAME): PlanReply => ({
  calls: [{ name, arguments: text }],
  content: null,
});
const said = (content: string | null): PlanReply => ({ calls: [], content });

const TABLE: ReadonlyArray<readonly [name: string, reply: PlanReply, want: readonly number[] | null]> = [
  ['all of them', call('{"order":[3,1,2,4]}'), [2, 0, 1, 3]],
  ['some: the others stay behind them as they were', call('{"order":[4,2]}'), [3, 1, 0, 2]],
  ['one twice', call('{"order":[2,2,1]}'), [1, 0, 2, 3]],
  ['numbers that there are not', call('{"order":[0,9,3]}'), [2, 0, 1, 3]],
  ['a list as text', said('[4, 2]'), [3, 1, 0, 2]],
  ['JSON as text, fenced', said('```json\n{"order":[4,2]}\n```'), [3, 1, 0, 2]],
  ['prose with numbers', said('A dog costs 2 euros, see passage 4.'), null],
  ['no numbers', call('{"order":[]}'), null],
  ['another tool', call('{"order":[2]}', 'delete_all'), null],
  ['nothing', said(null), null],
];
for (const [name, reply, want] of TABLE) {
  test(`rerankedOrder: ${name}`, () => assert.deepEqual(rerankedOrder(reply, 4), want));
}

test('rerankedOrder: whatever a model says, each passage is there once, and those it did not read stay behind', () => {
  const numbers = fc.array(fc.integer({ min: -3, max: 40 }));
  fc.assert(
    fc.property(numbers, fc.nat(30), (order, count) => {
      const places = rerankedOrder(call(JSON.stringify({ order })), count);
      if (places === null) return;
      assert.deepEqual(
        places.toSorted((a, b) => a - b),
        Array.from({ length: count }, (_, at) => at),
      );
      assert.deepEqual(
        places.slice(RERANKED_MAX),
        Array.from({ length: Math.max(0, count - RERANKED_MAX) }, (_, at) => at + RERANKED_MAX),
      );
    }),
  );
});

test('rerankMessages: the questions and the first 15 passages by number, each up to its limit', () => {
  const passages = Array.from({ length: 16 }, (_, at) => ({ title: `T${at}`, text: 'x'.repeat(700) }));
  const [system, user, ...rest] = rerankMessages({ queries: ['dog fee', 'cat fee'], passages });
  assert.deepEqual([system?.role, user?.role, rest.length], ['system', 'user', 0]);
  const content = user?.content ?? '';
  assert.match(content, /^Questions:\ndog fee\ncat fee\n\nPassages:\n\[1\] T0\nx/);
  assert.match(content, /\[15\] T14\n/);
  assert.doesNotMatch(content, /\[16\]/);
  assert.equal(/x+/.exec(content)?.[0].length, RERANKED_CHARS_MAX);
});
