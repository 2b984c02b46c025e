import assert from 'node:assert/strict';
import test from 'node:test';
import { call } from '../measure/testing.ts';
import { CALLS_HEAD, callRow } from './calls-csv.ts';

function cells(...args: Parameters<typeof callRow>): Readonly<Record<string, string | undefined>> {
  const values = callRow(...args)
    .trimEnd()
    .split(',');
  return Object.fromEntries(
    CALLS_HEAD.trimEnd()
      .split(',')
      .map((name, at) => [name, values[at]]),
  );
}

test('callRow: a cell for each column, times from the send and from the intended moment apart', () => {
  const row = cells(
    call({
      sentMs: 1_000,
      intendedMs: 500,
      endMs: 2_000,
      firstContentMs: 1_250,
      attempts: [
        { sentMs: 1_000, endMs: 1_100, status: 429, hintMs: 200, waitedMs: 200 },
        { sentMs: 1_300, endMs: 2_000, status: 200, hintMs: null, waitedMs: 0 },
      ],
      quota: { atMs: 1_900, limitTokens: null, remainingTokens: 7, limitRequests: null, remainingRequests: 3 },
    }),
    ['one.example'],
  );
  const { target, ttft_seconds, e2e_seconds, e2e_intended_seconds, attempts, attempts_429, waited_ms } = row;
  assert.deepEqual(
    [target, ttft_seconds, e2e_seconds, e2e_intended_seconds, attempts, attempts_429, waited_ms],
    ['one.example', '0.25', '1', '1.5', '2', '1', '200'],
  );
  assert.deepEqual([row.remaining_tokens, row.remaining_requests, row.class, row.gap_max_ms], ['7', '3', 'ok', '100']);
  assert.ok(Object.values(row).every((value) => value !== undefined));
});

test('callRow: what did not come so far is an empty cell, and an answer of very many chunks is one row', () => {
  const row = cells(
    call({ headMs: null, firstContentMs: null, gapsMs: [], status: 0, class: 'reset', errorCode: 'ECONNRESET' }),
    [],
  );
  assert.deepEqual(
    [row.target, row.head_ms, row.ttft_seconds, row.gap_max_ms, row.error_code],
    ['0', '', '', '', 'ECONNRESET'],
  );
  assert.equal(cells(call({ gapsMs: new Array(300_000).fill(2) }), []).gap_max_ms, '2');
});
