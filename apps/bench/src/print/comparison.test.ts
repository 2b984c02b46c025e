import assert from 'node:assert/strict';
import test from 'node:test';
import { differences } from '../measure/difference.ts';
import { comparisonLines, worseBy } from './comparison.ts';
import { calls, report } from './testing.ts';

function pair(aMs: number, bMs: number, refused = 0) {
  const both = report([
    ...calls(60, (at) => ({ endMs: at * 1_000 + aMs })),
    ...calls(60, (at) => ({ target: 1, endMs: at * 1_000 + bMs, status: at < refused ? 429 : 200 })),
  ]);
  const [a, b] = both.targets;
  return a !== undefined && b !== undefined ? differences(a, b) : assert.fail('two targets');
}

test('comparisonLines: each figure of both with its unit, by how much it differs, in 80 columns', () => {
  const lines = comparisonLines(['old', 'new'], pair(1_000, 1_500, 6));
  assert.ok(
    lines.every((line) => line.length <= 80),
    lines.join('\n'),
  );
  const text = lines.join('\n');
  for (const want of [
    /^A old\nB new\n/,
    /answers per minute +60\/min +54\/min +−10\.0 % worse/,
    /to the end, p50 +1\.000 s +1\.50\d s +\+50\.\d % worse/,
    /refused with 429 +0 % +10 % +– worse/,
  ])
    assert.match(text, want);
});

test('worseBy: what is worse by more than the share, from nothing to something always, and never what is better', () => {
  const names = (share: number, of: ReturnType<typeof pair>) => worseBy(share, of).map((text) => text.split(':')[0]);
  assert.deepEqual(names(0.1, pair(1_000, 1_000)), []);
  assert.deepEqual(names(0.1, pair(1_500, 1_000)), []);
  assert.deepEqual(names(0.6, pair(1_000, 1_500)), []);
  assert.deepEqual(names(0.4, pair(1_000, 1_500)), [
    'time to the end, p50',
    'time to the end, p95',
    'from the intended moment to the end, p95',
  ]);
  assert.deepEqual(names(0.5, pair(1_000, 1_000, 6)), ['refused with 429']);
});
