import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, NOTHING_SENT, type Sight, tally, waiting } from './tally.ts';

function seen(...sights: readonly Sight[]) {
  return sights.reduce(tally, NOTHING_SENT);
}

test('tally: counts each fate once', () => {
  const sent: Sight = { kind: 'sent', atMs: 1 };
  const all = seen(
    sent,
    sent,
    sent,
    sent,
    { kind: 'answered', atMs: 5, tookMs: 4 },
    { kind: 'refused', atMs: 6 },
    { kind: 'failed', atMs: 7, why: 'reset' },
  );
  assert.deepEqual(all, {
    sent: 4,
    answered: 1,
    refused: 1,
    failed: 1,
    answerMs: [4],
    firstRefusedMs: 6,
    failures: ['reset'],
  });
  assert.equal(waiting(all), 1);
});

test('tally: remembers the first refusal, not the last', () => {
  assert.equal(seen({ kind: 'refused', atMs: 6 }, { kind: 'refused', atMs: 9 }).firstRefusedMs, 6);
});

test('tally: keeps each reason once, and no more than three', () => {
  const all = seen(...['a', 'a', 'b', 'c', 'd'].map((why): Sight => ({ kind: 'failed', atMs: 1, why })));
  assert.deepEqual(all.failures, ['a', 'b', 'c']);
  assert.equal(all.failed, 5);
});

test('median: the middle, or between the two middle ones', () => {
  assert.equal(median([]), null);
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([100, 20, 3, 4]), 12);
});
