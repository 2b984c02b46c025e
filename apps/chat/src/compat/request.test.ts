import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overridesOf } from './request.ts';

const CASES: ReadonlyArray<readonly [name: string, sent: Readonly<Record<string, unknown>>, want: object]> = [
  ['the ranker is wanted', { semantic_ranker: true }, { rerank: true }],
  ['the ranker is not wanted', { semantic_ranker: false }, { rerank: false }],
  ['nothing is said of it', {}, {}],
  ['a least figure', { minimum_reranker_score: 1.5 }, { rerankScoreMin: 1.5 }],
  ['a least figure that no ranker gives', { minimum_reranker_score: 9 }, {}],
  ['captions, which are passed over', { semantic_captions: true }, {}],
];
for (const [name, sent, want] of CASES) {
  test(`overridesOf: ${name}`, () => {
    const messages = [{ role: 'user', content: 'q' }];
    assert.deepEqual(overridesOf({ messages, context: { overrides: sent } }), { ...want, followups: false });
    assert.deepEqual(overridesOf({ messages, context: sent }), { ...want, followups: false });
  });
}
