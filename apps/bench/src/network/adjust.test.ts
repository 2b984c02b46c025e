import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOTHING } from '../measure/distribution.ts';
import { adjusted, lowered } from './adjust.ts';

const SPREAD = { count: 4, avg: 0.25, min: 0.1, p50: 0.2, p90: 0.4, p95: 0.4, p99: 0.5, max: 0.5 };

test('lowered: each figure by as much, none below 0, and what is missing stays so', () => {
  const rounded = Object.fromEntries(
    Object.entries(lowered(SPREAD, 0.15)).map(([name, value]) => [
      name,
      value === null ? null : Number(value.toFixed(9)),
    ]),
  );
  assert.deepEqual(rounded, { count: 4, avg: 0.1, min: 0, p50: 0.05, p90: 0.25, p95: 0.25, p99: 0.35, max: 0.35 });
  assert.deepEqual(lowered(NOTHING, 0.15), NOTHING);
});

test('adjusted: first word and end, from the send and from the intended moment', () => {
  const at = (p95: number) => ({ ...SPREAD, p95 });
  const { ttft, ttftIntended, e2e, e2eIntended } = adjusted(
    { ttft: at(1), ttftIntended: at(2), e2e: at(3), e2eIntended: at(4) },
    0.5,
  );
  assert.deepEqual([ttft.p95, ttftIntended.p95, e2e.p95, e2eIntended.p95], [0.5, 1.5, 2.5, 3.5]);
});
