import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttemptSeen, addDecision, DECISION_ROWS_MAX, type DecisionRow } from './decisions.ts';

function attempt(startedMs: number, backend: string, fate = '200'): AttemptSeen {
  return { startedMs, backend, url: `http://${backend}`, fate, waitMs: fate === '429' ? 47_000 : null };
}

function story(...attempts: readonly AttemptSeen[]): readonly string[] {
  const rows = attempts.reduce<readonly DecisionRow[]>(addDecision, []);
  return rows.map(({ startedMs, backend, fate, count }) => `${startedMs} ${backend} ${fate} × ${count}`);
}

test('addDecision: attempts of the same fate in a row become one', () => {
  assert.deepEqual(
    story(attempt(0, 'a'), attempt(400, 'a'), attempt(800, 'a', '429'), attempt(800, 'b'), attempt(1200, 'b')),
    ['0 a 200 × 2', '800 a 429 × 1', '800 b 200 × 2'],
  );
});

test('addDecision: an answer that comes late counts where its attempt began', () => {
  assert.deepEqual(
    story(attempt(0, 'a'), attempt(800, 'a', '429'), attempt(801, 'b'), attempt(700, 'a'), attempt(1200, 'b')),
    ['0 a 200 × 2', '800 a 429 × 1', '801 b 200 × 2'],
  );
  assert.deepEqual(story(attempt(800, 'b'), attempt(0, 'a')), ['0 a 200 × 1', '800 b 200 × 1']);
});

test('addDecision: after a pause a new row begins', () => {
  assert.deepEqual(story(attempt(0, 'a'), attempt(4_999, 'a'), attempt(9_999, 'a')), ['0 a 200 × 2', '9999 a 200 × 1']);
});

test('addDecision: keeps a bounded number of rows, the newest', () => {
  const attempts = Array.from({ length: DECISION_ROWS_MAX + 10 }, (_, i) => attempt(i, i % 2 === 0 ? 'a' : 'b'));
  const rows = story(...attempts);
  assert.equal(rows.length, DECISION_ROWS_MAX);
  assert.equal(rows.at(-1), `${DECISION_ROWS_MAX + 9} b 200 × 1`);
});
