import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from './difference.ts';
import { Tally } from './tally.ts';
import { call } from './testing.ts';

function of(e2eMs: number, refused: number) {
  const tally = new Tally({ targets: ['a'], windowMs: 1_000, startedAtMs: 0 });
  for (let i = 0; i < 10; i++) tally.add(call(i < refused ? { status: 429 } : { endMs: e2eMs }));
  const [summary] = tally.summaries(60_000);
  assert.ok(summary !== undefined);
  return summary;
}

test('differences: says by how much, and whether it is better', () => {
  const told = new Map(differences(of(1_000, 0), of(2_000, 5)).map((one) => [one.figure, one]));
  const slower = told.get('time to the end, p50');
  assert.ok(Math.abs((slower?.ratio ?? 0) - 2) < 0.01);
  assert.equal(slower?.isBetter, false);
  assert.deepEqual([told.get('refused with 429')?.after, told.get('refused with 429')?.isBetter], [0.5, false]);
  assert.equal(told.get('answers per minute')?.isBetter, false);
  assert.equal(told.get('prompt, tokens per answer')?.isBetter, null);
});

test('differences: what is near is not called better, what is missing has no ratio', () => {
  const told = new Map(differences(of(1_000, 0), of(1_030, 0)).map((one) => [one.figure, one]));
  assert.equal(told.get('time to the end, p50')?.isBetter, null);
  assert.deepEqual([told.get('utilisation, p95')?.ratio, told.get('utilisation, p95')?.before], [null, null]);
});
