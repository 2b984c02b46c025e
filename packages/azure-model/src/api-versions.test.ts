import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkApiVersion, tellsPromptFilter } from './api-versions.ts';

const VERSIONS: ReadonlyArray<readonly [version: string, operation: string, verdict: string]> = [
  ['2024-10-21', 'chat/completions', 'served'],
  ['2024-02-15-preview', 'embeddings', 'served'],
  ['2022-12-01', 'completions', 'served'],
  ['2022-12-01', 'chat/completions', 'unknown'],
  ['2024-10-22', 'chat/completions', 'unknown'],
  ['2024-10-21-preview', 'chat/completions', 'unknown'],
  ['2024-10-21', 'responses', 'unknown'],
  ['2025-03-01-preview', 'responses', 'served'],
  ['2031-01-01', 'responses', 'served'],
  ['2024-06-01', 'batches/batch_1/cancel', 'unknown'],
  ['2024-10-21', 'batches/batch_1/cancel', 'served'],
  ['2024-02-01', 'vector_stores', 'unknown'],
  ['2024-05-01-preview', 'vector_stores/vs_1/files', 'served'],
  ['2022-12-01', 'files', 'served'],
  ['latest', 'chat/completions', 'malformed'],
  ['2024-10', 'chat/completions', 'malformed'],
  ['', 'chat/completions', 'malformed'],
];

for (const [version, operation, verdict] of VERSIONS) {
  test(`checkApiVersion: "${version}" is ${verdict} for ${operation}`, () => {
    assert.equal(checkApiVersion(version, operation), verdict);
  });
}

for (const [version, tells] of [
  ['2023-05-15', false],
  ['2023-06-01-preview', true],
  ['2024-10-21', true],
  ['v1', true],
] as const) {
  test(`tellsPromptFilter: ${version} ${tells ? 'has' : 'has not'} what the filter thought of the prompt`, () => {
    assert.equal(tellsPromptFilter(version), tells);
  });
}
