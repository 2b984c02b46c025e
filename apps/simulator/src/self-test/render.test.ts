import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderSelfTest, selfTestJson } from './render.ts';
import { reportOf } from './report.ts';

const CHECK = { expected: 'a GUID', source: 'wire §4.1' };
const REPORT = reportOf({
  url: 'http://127.0.0.1:9001',
  deployment: 'chat',
  embeddingDeployment: null,
  apiVersion: '2024-10-21',
  requests: 3,
  durationMs: 200,
  checks: [
    { ...CHECK, group: 'chat', name: 'plain', verdict: 'pass', came: '200' },
    { ...CHECK, group: 'chat', name: 'n', verdict: 'not supported', came: '400: n is not supported' },
    { ...CHECK, group: 'headers', name: 'id', verdict: 'differs', came: 'it is absent' },
    { ...CHECK, group: 'headers', name: 'region', verdict: 'failed to run', came: '429' },
  ],
});

test('renderSelfTest: passes take a line; what differs tells what was expected, and where that is written', () => {
  assert.equal(
    renderSelfTest(REPORT),
    `http://127.0.0.1:9001  deployment chat, embeddings none given, api-version 2024-10-21

chat
  pass           plain
  not supported  n
      400: n is not supported

headers
  DIFFERS        id
      expected: a GUID (wire §4.1)
      came:     it is absent
  FAILED TO RUN  region
      429

4 checks: 1 pass, 1 differs, 1 not supported, 1 failed to run (3 requests in 0.2 s)
`,
  );
});

test('selfTestJson: says all that the report does', () => {
  assert.deepEqual(JSON.parse(selfTestJson(REPORT)), REPORT);
});
