import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  isNoQuery,
  isSmallTalk,
  LEANING_WORDS_MAX,
  needsPlan,
  type PlanReply,
  planMessages,
  plannedQueries,
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
  ['several calls as one list', call('[{"query":"a1"},{"queries":["b2"]},7]'), ['a1', 'b2']],
  ['an empty list of calls', call('[]'), [TYPED]],
  ['plain text', said(' "cat fee" '), ['cat fee']],
  ['JSON as text, fenced', said('```json\n{"queries":["cat fee"]}\n```'), ['cat fee']],
  ['prose', said('I would search for cats.\nThen for dogs.'), [TYPED]],
  ['bad JSON', call('{"queries":["cat'), [TYPED]],
  ['another tool', call('{"queries":["cat"]}', 'delete_all'), [TYPED]],
  ['not texts', call('{"queries":[1,null,{}]}'), [TYPED]],
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

const DOG = [{ question: 'What does a dog cost in Skarn?', answer: '9 euros.' }];
const JOINED = 'What does a dog cost in Skarn? And cats?';
const PLANNED: ReadonlyArray<
  readonly [name: string, reply: PlanReply | null, question: string, history: typeof DOG, want: readonly string[]]
> = [
  ['a model that resolved it', call('{"queries":["cat cost Skarn"]}'), TYPED, DOG, ['cat cost Skarn']],
  ['a model that only repeats it', call('{"queries":["cats"]}'), TYPED, DOG, [JOINED, 'cats']],
  ['a lone zero', said('0'), TYPED, DOG, [JOINED, TYPED]],
  ['no model', null, TYPED, DOG, [JOINED, TYPED]],
  ['no model, and nothing before', null, TYPED, [], [TYPED]],
  ['three queries', call('{"queries":["and cats","cats","and"]}'), TYPED, DOG, [JOINED, 'and cats', 'cats']],
  [
    'a question that stands for itself',
    call('{"queries":["garden chairs blankets winter returned"]}'),
    'Are blankets and garden chairs returned in winter?',
    DOG,
    ['garden chairs blankets winter returned'],
  ],
  [
    'another language',
    said('0'),
    'Und eine Katze?',
    [{ question: 'Was kostet ein Hund?', answer: '9 Euro.' }],
    ['Was kostet ein Hund? Und eine Katze?', 'Und eine Katze?'],
  ],
];
for (const [name, reply, question, history, want] of PLANNED) {
  test(`plannedQueries: ${name}`, () => assert.deepEqual(plannedQueries(reply, { question, history }), want));
}

test('plannedQueries: a question of just so many words leans on the one before, one of more does not', () => {
  const words = ['cat', 'bird', 'horse', 'fish', 'rabbit'];
  const of = (count: number) => plannedQueries(null, { question: words.slice(0, count).join(' '), history: DOG });
  assert.deepEqual([of(LEANING_WORDS_MAX).length, of(LEANING_WORDS_MAX + 1).length], [2, 1]);
});

test('plannedQueries: of the question before no more is taken than a query may hold', () => {
  const history = [{ question: 'x'.repeat(5000), answer: '' }];
  assert.equal(plannedQueries(null, { question: TYPED, history })[0]?.length, QUERY_CHARS_MAX + 1 + TYPED.length);
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

test('plannedQueries: of a reply in text 4,000 letters are looked at', () => {
  const reply = (blanks: number): PlanReply => ({ calls: [], content: `{${' '.repeat(blanks)}"queries":["cat fee"]}` });
  const size = reply(0).content?.length ?? 0;
  const asked = { question: 'What do cats cost?', history: [] };
  assert.deepEqual(plannedQueries(reply(4_000 - size), asked), ['cat fee']);
  assert.deepEqual(plannedQueries(reply(4_001 - size), asked), [asked.question]);
});

test('planMessages: of the conversation so much goes along as its limit of tokens lets', () => {
  const history = Array.from({ length: 100 }, (_, i) => ({
    question: `Question ${i}?`,
    answer: 'Long words. '.repeat(30),
  }));
  const chars = planMessages({ question: 'And?', history }).reduce((sum, { content }) => sum + content.length, 0);
  const [few, more] = [10, 100].map(
    (turns) => planMessages({ question: 'And?', history: history.slice(-turns) }).length,
  );
  assert.ok(chars < 12_000, `${chars} characters`);
  assert.equal(planMessages({ question: 'And?', history }).length, more);
  assert.ok((few ?? 0) <= (more ?? 0) && (more ?? 0) < 60);
});
