import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QUESTIONS_MAX, questionsFromYaml } from './question-file.ts';

const GOOD = 'plain:\n  - { id: a, question: Why?, gold: [{ file: a.md, passage: Because. }] }\n';

test('questionsFromYaml: fills in what is left out, and puts the kind before the id', () => {
  const read = questionsFromYaml(GOOD, 'q.yaml');
  assert.deepEqual(read, {
    kind: 'ok',
    questions: [
      {
        id: 'plain-a',
        kind: 'plain',
        question: 'Why?',
        language: 'en',
        history: [],
        gold: [{ file: 'a.md', page: null, passage: 'Because.' }],
        numbers: [],
        mustNot: [],
        groups: null,
      },
    ],
  });
});

const WRONG: ReadonlyArray<readonly [name: string, yaml: string, want: RegExp]> = [
  ['what is not YAML', 'plain: [', /^q\.yaml: /],
  ['a kind that is none', 'odd: []', /odd/],
  ['an id with blanks', GOOD.replace('id: a', 'id: a b'), /plain\.0\.id: is not made of lower-case/],
  ['a key that is none', GOOD.replace('id: a', 'id: a, answer: x'), /answer/],
  ['a number in words', GOOD.replace('id: a', 'id: a, numbers: [many]'), /is not a plain number/],
  ['an id that is there twice', `${GOOD}${GOOD.split('\n')[1]}\n`, /plain-a: is there twice/],
  ['a question without gold', 'plain:\n  - { id: a, question: Why? }\n', /plain-a: has no gold passage/],
  ['an unanswerable one with gold', GOOD.replace('plain', 'unanswerable'), /is called unanswerable/],
  ['a follow-up of nothing', GOOD.replace('plain', 'follow-up'), /follow-up-a: follows nothing/],
  ['no questions', '{}', /0 questions/],
];
for (const [name, yaml, want] of WRONG) {
  test(`questionsFromYaml: refuses ${name}`, () => {
    const read = questionsFromYaml(yaml, 'q.yaml');
    assert.match(read.kind === 'errors' ? read.errors.join('\n') : 'read', want);
  });
}

test('questionsFromYaml: takes as many as the limit and not one more', () => {
  const of = (count: number) =>
    questionsFromYaml(
      `unanswerable:\n${Array.from({ length: count }, (_, at) => `  - { id: q${at}, question: Why? }\n`).join('')}`,
      'q.yaml',
    ).kind;
  assert.equal(of(QUESTIONS_MAX), 'ok');
  assert.equal(of(QUESTIONS_MAX + 1), 'errors');
});
