/** Samples for the tests of this folder. */
import type { Answered, LabelledPassage } from './asker.ts';
import type { Question } from './question.ts';
import type { Outcome, Result } from './result.ts';
import { type Score, scoreAnswer } from './score.ts';

export const DEPOSIT = 'The reservation is released within 7 days after departure.';

export function questionWith(parts: Partial<Question> = {}): Question {
  return {
    id: 'plain-deposit',
    kind: 'plain',
    question: 'When is the deposit released?',
    language: 'en',
    history: [],
    gold: [{ file: 'deposits.md', page: null, passage: DEPOSIT }],
    numbers: [],
    mustNot: [],
    groups: null,
    ...parts,
  };
}

export function passage(label: string, path: string, text: string, page: number | null = null): LabelledPassage {
  return { label, path, pageFrom: page, pageTo: page, text };
}

export function answeredWith(parts: Partial<Answered> = {}): Answered {
  return {
    text: 'It is released within 7 days [S1].',
    sources: [passage('S1', 'deposits.md', `When it comes back. ${DEPOSIT}`)],
    cited: ['S1'],
    firstMs: 10,
    failure: null,
    ...parts,
  };
}

export const NO_SCORE: Score = scoreAnswer(questionWith({ kind: 'plain', gold: [] }), answeredWith());

export function outcomeWith(parts: Partial<Outcome> = {}): Outcome {
  return {
    id: 'plain-a',
    kind: 'plain',
    question: 'a?',
    answer: 'an answer',
    failure: null,
    score: { ...NO_SCORE, hit5: 1 },
    found: ['a.md'],
    cited: ['a.md'],
    gold: ['a.md'],
    expected: ['what a says'],
    firstMs: 10,
    totalMs: 20,
    ...parts,
  };
}

export function resultWith(...outcomes: readonly Outcome[]): Result {
  const asked = 'http://localhost:3000';
  return { version: 1, mode: 'answers', asked, model: null, floors: null, startedMs: 0, outcomes };
}
