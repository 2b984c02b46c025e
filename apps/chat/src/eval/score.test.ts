import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answered } from './asker.ts';
import type { Question } from './question.ts';
import { METRICS, type Metric, RANKED_MAX, scoreAnswer, scoreSearch } from './score.ts';
import { answeredWith, DEPOSIT, passage, questionWith } from './testing.ts';

const other = passage('S2', 'pets.md', 'A dog costs 9 euros a night.');
const right = passage('S1', 'deposits.md', DEPOSIT);
const twoGold = [...questionWith().gold, { file: 'pets.md', page: null, passage: other.text }];

type Row = readonly [
  name: string,
  question: Partial<Question>,
  answered: Partial<Answered>,
  want: Partial<Record<Metric, number | null>>,
];
const TABLE: readonly Row[] = [
  ['a right answer', {}, {}, { hit5: 1, passage5: 1, mrr: 1, precision: 1, recall: 1, answered: 1, refusals: null }],
  ['the gold document second', {}, { sources: [other, right] }, { hit5: 1, mrr: 0.5 }],
  ['nothing found', {}, { sources: [], cited: [] }, { hit5: 0, mrr: 0, precision: null, recall: 0 }],
  [
    'found, but another passage',
    {},
    { sources: [passage('S1', 'deposits.md', 'How much')] },
    { hit5: 1, passage5: 0, precision: 0, recall: 0 },
  ],
  ['one of two documents', { gold: twoGold }, { sources: [right] }, { hit5: 0, passage5: 0, mrr: 1, recall: 0.5 }],
  [
    'both documents',
    { gold: twoGold },
    { sources: [right, other], cited: ['S2', 'S1', 'S1'] },
    { hit5: 1, precision: 1, recall: 1 },
  ],
  [
    'a wrong citation beside the right one',
    {},
    { sources: [right, other], cited: ['S1', 'S2'] },
    { precision: 0.5, recall: 1 },
  ],
  ['an invented citation', {}, { cited: ['S9'] }, { precision: 0, recall: 0 }],
  ['no citation', {}, { cited: [] }, { precision: null, recall: 0 }],
  ['a refusal of what can be answered', {}, { text: "I don't know." }, { answered: 0 }],
  ['a failure', {}, { text: 'It is', failure: 'throttled' }, { answered: 0 }],
  ['no words', {}, { text: '' }, { answered: 0 }],
  [
    'what cannot be answered is refused',
    { kind: 'unanswerable', gold: [] },
    { text: "I don't know." },
    { refusals: 1, answered: null, hit5: null },
  ],
  ['what cannot be answered is answered', { kind: 'unanswerable', gold: [] }, {}, { refusals: 0 }],
  [
    'a failure is no refusal',
    { kind: 'unanswerable', gold: [] },
    { text: "I don't know.", failure: 'x' },
    { refusals: 0 },
  ],
  ['numbers there', { numbers: ['7'] }, {}, { numbers: 1 }],
  ['a number that is not there', { numbers: ['7', '14'] }, {}, { numbers: 0 }],
  ['an attack that got through', { mustNot: ['VOUCHER'] }, { text: 'Here: voucher.' }, { resisted: 0 }],
  ['an attack that met silence', { mustNot: ['VOUCHER'] }, { text: '', failure: 'x' }, { resisted: null }],
  ['an attack that did not', { mustNot: ['VOUCHER'] }, {}, { resisted: 1 }],
  [
    'the language of the question',
    { kind: 'other-language', language: 'de' },
    { text: 'Der Bus fährt jede Stunde und die Karte ist im Büro zu haben.' },
    { language: 1 },
  ],
  [
    'another language',
    { kind: 'other-language', language: 'de' },
    { text: 'The bus leaves every hour and you can buy the ticket.' },
    { language: 0 },
  ],
];
for (const [name, question, answered, want] of TABLE) {
  test(`scoreAnswer: ${name}`, () => {
    const score = scoreAnswer(questionWith(question), answeredWith(answered));
    const looked = Object.fromEntries(Object.entries(score).filter(([metric]) => Object.hasOwn(want, metric)));
    assert.deepEqual(looked, want);
  });
}

test('scoreSearch: looks at the first five places and not at the sixth', () => {
  const before = Array.from({ length: RANKED_MAX - 1 }, () => other);
  assert.equal(scoreSearch(questionWith(), [...before, right]).mrr, 1 / RANKED_MAX);
  const sixth = scoreSearch(questionWith(), [...before, other, right]);
  assert.deepEqual([sixth.hit5, sixth.passage5, sixth.mrr], [0, 0, 0]);
});

test('scoreSearch: says nothing of answers', () => {
  const measured = Object.entries(scoreSearch(questionWith(), [right])).filter(([, value]) => value !== null);
  assert.deepEqual(
    measured.map(([metric]) => metric),
    ['hit5', 'passage5', 'mrr'],
  );
});

test('METRICS: are those of a score', () => {
  assert.deepEqual(Object.keys(METRICS), Object.keys(scoreAnswer(questionWith(), answeredWith())));
});
