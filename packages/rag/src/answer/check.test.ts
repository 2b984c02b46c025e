import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSupport, type Support, unsupportedRanges } from './check.ts';
import { labelled } from './prompt.ts';
import { scanAnswer } from './scan.ts';

const TEXTS = [
  'The deposit of 1,200.50 euros is paid to Aster Lane within fourteen days. Dogs are welcome in all flats but the one in Porvoo.',
  'Cats stay for free. The cleaning fee is 45 euros.',
  'Der Schlüssel liegt im Kasten neben der Tür, und der Code wird per SMS geschickt.',
];
const SOURCES = labelled(
  TEXTS.map((text, i) => ({
    chunkIds: [`c${i}`],
    documentId: `d${i}`,
    title: `House rules ${i}`,
    text,
    headings: ['Money'],
    pageFrom: null,
    pageTo: null,
    start: 0,
    end: text.length,
    score: 1,
  })),
);

function check(answer: string, question = 'How is it?') {
  const { text, citations } = scanAnswer(answer, { labels: SOURCES.map(({ label }) => label), followUps: true });
  const checked = checkSupport({ text, citations, sources: SOURCES, question });
  return { text, checked };
}

const TABLE: ReadonlyArray<readonly [name: string, answer: string, support: readonly Support[]]> = [
  ['said as it is', 'The deposit is paid within 14 days [S1].', ['supported']],
  ['a number grouped otherwise', 'The deposit is 1200,50 euros [S1].', ['supported']],
  ['a wrong number', 'The deposit is 1,300 euros [S1].', ['unsupported']],
  ['a number of another source', 'The cleaning fee is 45 euros [S1].', ['unsupported']],
  ['both sources cited', 'The cleaning fee is 45 euros [S1][S2].', ['supported']],
  ['a name that is nowhere', 'Dogs are welcome in all flats but the one in Helsinki [S1].', ['unsupported']],
  ['a name that is there', 'Dogs are welcome in all flats but the one in Porvoo [S1].', ['supported']],
  ['other words altogether', 'Bicycles may be rented at the harbour office daily [S1].', ['unsupported']],
  ['no mark at all', 'Cats stay for free everywhere.', ['uncited']],
  [
    'one mark at the end of a paragraph',
    'Cats stay for free. The cleaning fee is 45 euros [S2].',
    ['supported', 'supported'],
  ],
  [
    'a mark in another paragraph',
    'Dogs stay for free here.\n\nThe cleaning fee is 45 euros [S2].',
    ['uncited', 'supported'],
  ],
  [
    'a mark behind the stop',
    'Cats stay for free. [S2] The deposit is paid within 14 days. [S1]',
    ['supported', 'supported'],
  ],
  ['a mark at the beginning of a line', 'Money:\n[S2] says cats stay for free.', ['none needed', 'supported']],
  [
    'a lead-in, a question',
    'These are the rules about the money:\nDo you want to know more about it?',
    ['none needed', 'none needed'],
  ],
  ['that nothing is known', 'The documents do not say whether there is a gym.', ['none needed']],
  [
    'a list, its numbers no figures',
    '1. Cats stay for free [S2].\n2. The cleaning fee is 45 euros [S2].',
    ['supported', 'supported'],
  ],
  ['a short yes', 'Yes, they are.', ['none needed']],
  ['a number alone', '99 euros.', ['uncited']],
  ['translated, numbers right', 'Die Reinigung kostet 45 Euro, und die Katze ist frei [S2].', ['supported']],
  ['translated, numbers wrong', 'Die Reinigung kostet 54 Euro, und die Katze ist frei [S2].', ['unsupported']],
  ['said in German of German', 'Der Schlüssel liegt im Kasten neben der Tür [S3].', ['supported']],
  ['nothing', '', []],
];

for (const [name, answer, support] of TABLE) {
  test(`checkSupport: ${name}`, () => {
    assert.deepEqual(
      check(answer).checked.map((sentence) => sentence.support),
      support,
    );
  });
}

test('checkSupport: numbers of the question may be said back', () => {
  const answer = 'For 3 nights the cleaning fee is 45 euros [S2].';
  assert.equal(check(answer).checked[0]?.support, 'unsupported');
  assert.equal(check(answer, 'What does cleaning cost for 3 nights?').checked[0]?.support, 'supported');
});

test('checkSupport: says what is missing', () => {
  assert.deepEqual(check('The deposit is 1,300 euros [S1].').checked[0]?.missing, ['1300']);
});

test('unsupportedRanges: places of the sentences to mark', () => {
  const { text, checked } = check('The cleaning fee is 45 euros [S2]. The deposit is 77 euros [S1].');
  assert.deepEqual(
    unsupportedRanges(checked).map(({ start, end }) => text.slice(start, end)),
    ['The deposit is 77 euros.'],
  );
});
