import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutOf } from './step.ts';

const SEARCH = { kind: 'search', queries: ['dogs'], mode: 'text', passages: 2, withoutVectors: null };

const SCORES = [{ label: 'S1', words: 2.5, vectors: null, fused: 1 }];
const PARAMETERS = { model: 'chat', temperature: 0.3, tokensMax: 1024, reasoningEffort: null, seed: 7 };
const MESSAGES = [{ role: 'system', content: 'Be brief.', cut: 0 }];
const PROMPT = { kind: 'prompt', call: 'answer', messages: MESSAGES, leftOut: 0, parameters: PARAMETERS };

const SCOPE = { kind: 'scope', documents: [], category: 'rules', without: null };

const CASES: readonly (readonly [string, unknown, boolean])[] = [
  ['what alone was asked', { ...SCOPE, documents: [{ id: 'd1', title: null }] }, true],
  ['a scope of documents without ids', { ...SCOPE, documents: [{ title: 'Rules' }] }, false],
  ['queries', { kind: 'queries', queries: ['a', 'b'], failed: null }, true],
  ['a search', SEARCH, true],
  ['a search of a mode that nobody knows', { ...SEARCH, mode: 'psychic' }, false],
  ['a search while the index is probed', { ...SEARCH, isProbing: true }, true],
  ['a search while the index is perhaps probed', { ...SEARCH, isProbing: 'perhaps' }, false],
  ['a search without its count', { ...SEARCH, passages: undefined }, false],
  ['a search with scores', { ...SEARCH, scores: SCORES }, true],
  ['a search with scores of a ranker', { ...SEARCH, scores: [{ ...SCORES[0], ranker: 3.1 }] }, true],
  ['a search with scores of nothing', { ...SEARCH, scores: [{ fused: 1 }] }, false],
  ['a prompt', PROMPT, true],
  ['a prompt for something else', { ...PROMPT, call: 'joke' }, false],
  ['a prompt of other messages', { ...PROMPT, messages: [{ role: 'system', content: ['Be brief.'], cut: 0 }] }, false],
  ['a prompt without parameters', { ...PROMPT, parameters: { model: 'chat' } }, false],
  ['the order of passages', { kind: 'rerank', passages: 4, failed: null }, true],
  ['an order that failed', { kind: 'rerank', passages: 4, failed: 'timeout' }, true],
  ['an order of nothing', { kind: 'rerank', failed: null }, false],
  ['a prompt for an order', { ...PROMPT, call: 'rerank' }, true],
  ['what was shortened', { kind: 'shortened', kept: 2, of: 5 }, true],
  ['a cut', { kind: 'cut' }, true],
  ['invented labels', { kind: 'invented', labels: ['S9'] }, true],
  ['a check', { kind: 'check', unsupported: 1 }, true],
  ['a kind of a newer server', { kind: 'toString' }, false],
  ['nothing, as of an older server', undefined, false],
];

for (const [name, about, isTold] of CASES)
  test(`aboutOf: ${name} is ${isTold ? 'told' : 'passed over'}`, () =>
    assert.deepEqual(aboutOf({ type: 'step', about }), isTold ? about : null));
