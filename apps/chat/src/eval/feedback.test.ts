import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Conversation, casesFrom, conversationSchema, yamlOf } from './feedback.ts';
import { QUESTIONS_MAX, questionsFromYaml } from './question-file.ts';

const SOURCES = {
  type: 'sources',
  sources: [
    { label: 'S1', path: 'pets.md', pageFrom: null, text: 'Cats stay. A dog costs 9 euros a night. Birds too.' },
    { label: 'S2', path: 'prices.pdf', pageFrom: 3, text: 'The boat is 40 euros.' },
  ],
};
const cites = (label: string) => [SOURCES, { type: 'step', title: 'Search' }, { type: 'citation', label }];

interface Said {
  readonly id: string;
  readonly question: string;
  readonly replaces?: string | null;
  readonly liked?: boolean;
  readonly comment?: string | null;
  readonly events?: readonly object[];
}

/** As the API gives it. */
function conversation(...said: readonly Said[]): Conversation {
  const turns = said.map(({ id, question, replaces = null, liked, comment = null, events = [] }) => ({
    ...{ id, question, replaces, answer: 'A dog costs 10 euros.', createdMs: 1, conversation: 'c' },
    feedback: liked === undefined ? null : { liked, comment },
    events,
  }));
  return conversationSchema.parse({ conversation: { id: 'c' }, turns, answering: null });
}

test('casesFrom: a disliked answer is a question with what it cited, by the sentence nearest to what was said', () => {
  const [found, ...rest] = casesFrom([
    conversation({
      id: '1',
      question: 'What does a dog cost?',
      liked: false,
      comment: 'It is 9.',
      events: cites('S1'),
    }),
  ]);
  assert.deepEqual(rest, []);
  assert.deepEqual(found, {
    id: 'disliked-1',
    question: 'What does a dog cost?',
    language: 'en',
    history: [],
    gold: [{ file: 'pets.md', page: null, passage: 'A dog costs 9 euros a night.' }],
    comment: 'It is 9.',
  });
});

test('casesFrom: what was liked, and what nobody judged, is none', () => {
  const turns = [
    { id: '1', question: 'a?', liked: true },
    { id: '2', question: 'b?' },
    { id: '3', question: ' ', liked: false },
  ];
  assert.deepEqual(casesFrom([conversation(...turns)]), []);
});

test('casesFrom: a follow-up comes with the conversation as it was read then', () => {
  const [found] = casesFrom([
    conversation(
      { id: '1', question: 'Old?' },
      { id: '2', question: 'New?', replaces: '1' },
      { id: '3', question: 'And a boat?', liked: false, events: cites('S2') },
    ),
  ]);
  assert.deepEqual(
    [found?.history.map(({ question }) => question), found?.gold],
    [['New?'], [{ file: 'prices.pdf', page: 3, passage: 'The boat is 40 euros.' }]],
  );
});

test('casesFrom: the same question, asked again in its place, comes once', () => {
  const twice = conversation(
    { id: '1', question: 'A dog?', liked: false },
    { id: '2', question: 'A dog?', replaces: '1', liked: false, events: cites('S1') },
  );
  const cases = casesFrom([twice]);
  assert.deepEqual(
    cases.map(({ id, gold }) => [id, gold.length]),
    [['disliked-1', 1]],
  );
});

test('casesFrom: no more than a file may hold', () => {
  const many = Array.from({ length: QUESTIONS_MAX + 1 }, (_, i) =>
    conversation({ id: '1', question: `a ${i}?`, liked: false }),
  );
  assert.equal(casesFrom(many).length, QUESTIONS_MAX);
});

test('yamlOf: can be read as it is, whatever was said, with what is to be confirmed in comments', () => {
  const hostile = 'x: "y" #\n- [z] \u0000 ---\n...';
  const yaml = yamlOf(
    casesFrom([
      conversation(
        { id: '1', question: hostile, liked: false, comment: `so\n${hostile}`, events: cites('S1') },
        { id: '2', question: 'And now?', liked: false, events: cites('S2') },
      ),
      conversation({ id: '1', question: 'Not said?', liked: false }),
    ]),
  );
  const read = questionsFromYaml(yaml, 'mine.yaml');
  assert.ok(read.kind === 'ok', JSON.stringify(read));
  const found = read.questions.map(({ id, question, gold }) => [id, question, gold.length]);
  assert.deepEqual(found, [
    ['plain-disliked-1', hostile, 1],
    ['follow-up-disliked-2', 'And now?', 1],
    ['unanswerable-disliked-3', 'Not said?', 0],
  ]);
  assert.equal(yaml.match(/^ {2}# to confirm: /gm)?.length, 3);
  assert.match(yaml, /the reader said: so x: "y" #/);
});

test('casesFrom: keeps 4,000 letters of a text, 10 questions before, 5 sources and 300 letters of a comment', () => {
  const before = Array.from({ length: 12 }, (_, i) => ({ id: `b${i}`, question: `Before ${i}?` }));
  const sources = Array.from({ length: 6 }, (_, i) => ({ label: `S${i}`, path: `${i}.md`, pageFrom: null, text: 'x' }));
  const long = { id: 'l', question: `${'q'.repeat(4_001)}`, liked: false, comment: 'c'.repeat(301) };
  const events = [{ type: 'sources', sources }, ...sources.map(({ label }) => ({ type: 'citation', label }))];
  const [found] = casesFrom([conversation(...before, { ...long, events })]);
  assert.equal(found?.question, 'q'.repeat(4_000));
  assert.deepEqual([found?.history.length, found?.history[0]?.question], [10, 'Before 2?']);
  assert.deepEqual(
    found?.gold.map(({ file }) => file),
    ['0.md', '1.md', '2.md', '3.md', '4.md'],
  );
  assert.equal(found?.comment, 'c'.repeat(300));
});
