import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  isNoQuery,
  isSmallTalk,
  needsPlan,
  type PlanReply,
  planMessages,
  QUERIES_MAX,
  QUERY_CHARS_MAX,
  queriesFrom,
  SEARCH_TOOL_NAME,
} from './plan.ts';

const HISTORY = [{ question: 'Are dogs allowed?', answer: 'Yes [S1].' }];

const NEEDS: ReadonlyArray<readonly [name: string, question: string, history: typeof HISTORY, want: boolean]> = [
  ['a first short question', 'Are dogs allowed?', [], false],
  ['a question that follows another', 'And cats?', HISTORY, true],
  ['a first long question', 'I come with my dog and wonder about the fee. '.repeat(8), [], true],
];

for (const [name, question, history, want] of NEEDS) {
  test(`needsPlan: ${name}: ${want}`, () => assert.equal(needsPlan({ question, history }), want));
}

test('planMessages: instructions, the conversation, the question last and alone', () => {
  const [first, ...rest] = planMessages({ question: 'And cats?', history: HISTORY });
  assert.equal(first?.role, 'system');
  assert.deepEqual(rest, [
    { role: 'user', content: 'Are dogs allowed?' },
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: 'And cats?' },
  ]);
});

const call = (text: string, name = SEARCH_TOOL_NAME): PlanReply => ({
  calls: [{ name, arguments: text }],
  content: null,
});
const said = (content: string | null): PlanReply => ({ calls: [], content });
const TYPED = 'And cats?';

const TABLE: ReadonlyArray<readonly [name: string, reply: PlanReply, want: readonly string[]]> = [
  ['one query', call('{"queries":["cat fee"]}'), ['cat fee']],
  ['two', call('{"queries":["cat fee","dog fee"]}'), ['cat fee', 'dog fee']],
  ['more than three', call('{"queries":["a1","b2","c3","d4"]}'), ['a1', 'b2', 'c3']],
  ['the same twice', call('{"queries":["Cat  fee","cat fee"]}'), ['Cat fee']],
  ['one as text, as older tools have it', call('{"search_query":"cat fee"}'), ['cat fee']],
  [
    'two calls',
    { calls: [...call('{"query":"a1"}').calls, ...call('{"query":"b2"}').calls], content: null },
    ['a1', 'b2'],
  ],
  ['plain text', said(' "cat fee" '), ['cat fee']],
  ['JSON as text, fenced', said('```json\n{"queries":["cat fee"]}\n```'), ['cat fee']],
  ['prose', said('I would search for cats.\nThen for dogs.'), [TYPED]],
  ['bad JSON', call('{"queries":["cat'), [TYPED]],
  ['another tool', call('{"queries":["cat"]}', 'delete_all'), [TYPED]],
  ['not texts', call('{"queries":[1,null,{}]}'), [TYPED]],
  ['no object', call('[]'), [TYPED]],
  ['a lone zero', said('0'), [TYPED]],
  ['a zero in the call', call('{"queries":["0",""," "]}'), [TYPED]],
  ['nothing', said(null), [TYPED]],
];

for (const [name, reply, want] of TABLE) {
  test(`queriesFrom: ${name}`, () => assert.deepEqual(queriesFrom(reply, TYPED), want));
}

test('queriesFrom: whatever a model says, one to three queries within their length', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.option(fc.string()), (given, content) => {
      const queries = queriesFrom({ ...call(given), content }, TYPED);
      assert.ok(queries.length >= 1 && queries.length <= QUERIES_MAX);
      assert.ok(queries.every((query) => query === TYPED || !isNoQuery(query)));
    }),
  );
  const [long] = queriesFrom(call(JSON.stringify({ query: 'cat '.repeat(500) })), TYPED);
  assert.equal(long?.length, QUERY_CHARS_MAX);
});

const NONE: ReadonlyArray<readonly [query: string, want: boolean]> = [
  ['', true],
  ['0', true],
  ['"0".', true],
  [' ?! ', true],
  ['10', false],
  ['cat', false],
];

for (const [query, want] of NONE) {
  test(`isNoQuery: ${JSON.stringify(query)}: ${want}`, () => assert.equal(isNoQuery(query), want));
}

const TALK: ReadonlyArray<readonly [question: string, want: boolean]> = [
  ['Hi!', true],
  ['Thank you', true],
  ['Danke', true],
  ['Hello, are dogs allowed?', false],
  ['What is it?', false],
  ['', false],
];

for (const [question, want] of TALK) {
  test(`isSmallTalk: ${JSON.stringify(question)}: ${want}`, () => assert.equal(isSmallTalk(question), want));
}
