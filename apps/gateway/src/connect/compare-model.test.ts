import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareModel } from './compare-model.ts';
import type { Verdict } from './finding.ts';

const CASES: ReadonlyArray<readonly [configured: string | null, answered: string | null, want: Verdict]> = [
  ['gpt-4o', 'gpt-4o-2024-11-20', 'ok'],
  ['gpt-4o', 'gpt-4o', 'ok'],
  ['gpt-4o', 'gpt-4o-2024-08-06.ft-0e208cf33a6a466994aff31a08aba678', 'ok'],
  ['gpt-35-turbo', 'gpt-3.5-turbo-0125', 'ok'],
  ['GPT-4o', 'gpt-4o-2024-11-20', 'ok'],
  ['text-embedding-ada-002', 'ada', 'ok'],
  ['text-embedding-3-small', 'text-embedding-3-small', 'ok'],
  ['my-model', 'my-model-2026-01-01', 'ok'],
  [null, 'gpt-4o', 'ok'],
  ['gpt-4o', null, 'ok'],
  [null, null, 'ok'],
  ['gpt-4o', 'gpt-4o-mini-2024-07-18', 'fail'],
  ['gpt-4o-mini', 'gpt-4o-2024-11-20', 'fail'],
  ['text-embedding-3-large', 'text-embedding-3-small', 'fail'],
  ['gpt-4o', 'something-new', 'warn'],
  ['something-new', 'gpt-4o-2024-11-20', 'warn'],
];

for (const [configured, answered, want] of CASES) {
  test(`compareModel: ${configured} configured, ${answered} answers: ${want}`, () => {
    const { step, wayOut } = compareModel(configured, answered);
    assert.equal(step.verdict, want);
    assert.equal(wayOut === null, want === 'ok');
  });
}
