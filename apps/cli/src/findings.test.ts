import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectFinding } from '@spillway/gateway';
import { findingsText, findingText } from './findings.ts';

const OK: ConnectFinding = {
  backend: 'openai1',
  deployment: 'openai1/chat',
  verdict: 'ok',
  asked: 'POST https://openai1.openai.azure.com/openai/deployments/chat/chat/completions with max_tokens 1',
  answered: '200',
  wayOut: null,
  steps: [{ name: 'reach', verdict: 'ok', text: 'answers' }],
  status: 200,
  model: 'gpt-4o-2024-11-20',
  durationMs: 41.7,
};

const FAIL: ConnectFinding = {
  ...OK,
  verdict: 'fail',
  answered: '401 Access denied',
  wayOut: 'copy the key again',
  steps: [...OK.steps, { name: 'accepted', verdict: 'fail', text: 'the key is not accepted' }],
  status: 401,
  model: null,
};

test('findingText: one line where all is well', () => {
  assert.equal(findingText(OK), 'ok    openai1/chat  gpt-4o-2024-11-20  42 ms\n');
});

test('findingText: what failed, what was asked and answered, and the way out', () => {
  assert.equal(
    findingText(FAIL),
    [
      'fail  openai1/chat  42 ms',
      '      accepted: the key is not accepted',
      '      asked: POST https://openai1.openai.azure.com/openai/deployments/chat/chat/completions with',
      '      max_tokens 1',
      '      answered: 401 Access denied',
      '      do: copy the key again',
      '',
    ].join('\n'),
  );
});

test('findingsText: counts the verdicts', () => {
  assert.equal(findingsText([OK, FAIL, OK]), '3 asked: 2 ok, 0 with a warning, 1 failed.\n');
});
