import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backend } from '@spillway/policy';
import { parsePath, type Target } from '@spillway/protocol';
import { aimAt, DEFAULT_API_VERSION } from './dialect.ts';

type Speaks = Pick<Backend, 'dialect' | 'apiVersion'>;
const BOTH: Speaks = { dialect: 'both', apiVersion: null };
const CLASSIC: Speaks = { dialect: 'classic', apiVersion: null };
const V1: Speaks = { dialect: 'v1', apiVersion: null };
const DATED: Speaks = { dialect: 'classic', apiVersion: '2025-04-01-preview' };

const AIMS: ReadonlyArray<readonly [from: string, query: string, to: Speaks, want: string, namesModel: boolean]> = [
  [
    '/openai/deployments/d/chat/completions',
    'api-version=2024-02-01',
    BOTH,
    'classic chat/completions ?api-version=2024-02-01',
    false,
  ],
  ['/openai/v1/chat/completions', '', BOTH, 'v1 chat/completions ?', false],
  ['/openai/v1/chat/completions', '', CLASSIC, `classic chat/completions ?api-version=${DEFAULT_API_VERSION}`, false],
  ['/openai/v1/audio/speech', 'a=1', DATED, 'classic audio/speech ?a=1&api-version=2025-04-01-preview', false],
  ['/openai/v1/responses', '', CLASSIC, 'resource responses ?api-version=2025-04-01-preview', false],
  ['/openai/v1/files/file-1', '', CLASSIC, 'resource files/file-1 ?api-version=2025-04-01-preview', false],
  ['/openai/deployments/d/embeddings', 'api-version=2024-02-01&b=2', V1, 'v1 embeddings ?b=2', true],
  ['/openai/responses/resp_1', 'api-version=2025-03-01-preview', V1, 'v1 responses/resp_1 ?', false],
  ['/openai/files', 'api-version=2024-02-01', DATED, 'resource files ?api-version=2025-04-01-preview', false],
];

for (const [from, query, to, want, namesModel] of AIMS) {
  test(`aimAt: ${from} becomes ${want} on a backend of ${to.dialect}`, () => {
    const aim = aimAt(targetOf(from), query, to);
    assert.equal(`${aim.target.dialect} ${aim.target.operation} ?${aim.query}`, want);
    assert.equal(aim.namesModel, namesModel);
  });
}

function targetOf(path: string): Target {
  return parsePath(path) ?? assert.fail(path);
}
