import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFrom, COMPARED_MAX, followUpsFrom, UNKNOWN } from './grounded.ts';
import { SENTENCES_MAX } from './sentences.ts';

const SOURCES = [
  {
    mark: 'benefits.pdf#page=3',
    text: 'Northwind Health Plus covers vision exams and dental care. It offers emergency services in every state.',
  },
  {
    mark: 'benefits.pdf#page=4',
    text: 'Northwind Standard covers medical and vision services. Northwind Standard does not cover mental health care.',
  },
  {
    mark: 'handbook.md',
    text: 'Employees receive a performance review in December. Vacation days are 25 per year for full-time staff! The office closes at 6 p.m. on Fridays.',
  },
];

const TABLE: ReadonlyArray<readonly [question: string, answer: string]> = [
  [
    'Does Northwind Standard cover mental health care?',
    'Northwind Standard does not cover mental health care [benefits.pdf#page=4].',
  ],
  ['How many vacation days do I get?', 'Vacation days are 25 per year for full-time staff [handbook.md]!'],
  ['When is the performance review?', 'Employees receive a performance review in December [handbook.md].'],
  ['What is the capital of France?', UNKNOWN],
  ['What is Jupiter?', UNKNOWN],
  ['And?', UNKNOWN],
  ['', UNKNOWN],
];

for (const [question, answer] of TABLE) {
  test(`answerFrom: '${question}'`, () => assert.equal(answerFrom({ sources: SOURCES, question }, null), answer));
}

test('answerFrom: several sentences share a question, each with its own mark, as far as the limit allows', () => {
  const sources = [
    { mark: 'S1', text: 'The gateway listens on port 8080. Nothing else does.' },
    { mark: 'S2', text: 'The simulator listens on port 9000.' },
  ];
  const question = 'Which port do gateway and simulator listen on?';
  assert.equal(
    answerFrom({ sources, question }, null),
    'The gateway listens on port 8080 [S1]. The simulator listens on port 9000 [S2].',
  );
  assert.equal(answerFrom({ sources, question }, 12), 'The gateway listens on port 8080 [S1].');
});

test('answerFrom: says a sentence once, though two sources have it', () => {
  const sources = ['S1', 'S2'].map((mark) => ({ mark, text: 'Tea is served at five.' }));
  assert.equal(answerFrom({ sources, question: 'When is tea served?' }, null), 'Tea is served at five [S1].');
});

test('answerFrom: without sources it does not know', () => {
  assert.equal(answerFrom({ sources: [], question: 'When is tea?' }, null), UNKNOWN);
});

test('answerFrom: compares a bounded number of sentences', () => {
  const filler = 'Coffee is served all day. '.repeat(SENTENCES_MAX);
  const sources = Array.from({ length: COMPARED_MAX / SENTENCES_MAX }, (_, i) => ({ mark: `S${i}`, text: filler }));
  const late = { mark: 'late', text: 'Tea is at five.' };
  assert.equal(answerFrom({ sources: [...sources, late], question: 'When is tea?' }, null), UNKNOWN);
  assert.equal(answerFrom({ sources: [late, ...sources], question: 'When is tea?' }, null), 'Tea is at five [late].');
});

test('followUpsFrom: three questions in double angle brackets, about other things than were asked', () => {
  const followUps = followUpsFrom({ sources: SOURCES, question: 'How many vacation days do I get?' });
  const questions = followUps.match(/<<[^<>]+\?>>/g) ?? [];
  assert.equal(new Set(questions).size, 3, followUps);
  assert.doesNotMatch(followUps, /vacation/);
});

test('followUpsFrom: also three where the sources have nothing', () => {
  assert.equal(followUpsFrom({ sources: [], question: 'x' }).match(/<<[^<>]+\?>>/g)?.length, 3);
});
