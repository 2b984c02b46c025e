import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Brim } from './brim.ts';
import { BEGIN_MS } from './testing.ts';

const DEPTH = 100_000;

/** After ten answers without the header, none of them past the brim. */
function untold(): Brim {
  const brim = new Brim();
  for (let i = 0; i < 10; i++) brim.letIn(0, DEPTH, DEPTH, BEGIN_MS);
  return brim;
}

test('Brim: lets nothing past before ten answers in a row were silent, nor once the header has spoken', () => {
  const brim = new Brim();
  for (let i = 0; i < 9; i++) brim.letIn(0, DEPTH, DEPTH, BEGIN_MS);
  assert.equal(brim.mayTry(BEGIN_MS, true), false);
  brim.letIn(0, DEPTH, DEPTH, BEGIN_MS);
  assert.equal(brim.mayTry(BEGIN_MS, true), true);
  brim.heard();
  assert.equal(brim.mayTry(BEGIN_MS, true), false);
});

test('Brim: tries once a second, and half as often with each refusal, up to 30 s', () => {
  const brim = untold();
  const gaps: number[] = [];
  let nowMs = BEGIN_MS;
  for (let i = 0; i < 7; i++) {
    brim.tries(nowMs);
    brim.refused(DEPTH, DEPTH, nowMs);
    const fromMs = nowMs;
    while (!brim.mayTry(nowMs, true)) nowMs += 100;
    gaps.push(nowMs - fromMs);
  }
  assert.deepEqual(gaps, [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  const fresh = untold();
  fresh.tries(BEGIN_MS);
  assert.equal(fresh.mayTry(BEGIN_MS + 999, true), false);
  assert.equal(fresh.mayTry(BEGIN_MS + 1_000, true), true);
});

test('Brim: what was let in where it would have spilled makes the bucket deeper by 8 %', () => {
  const brim = untold();
  assert.equal(brim.letIn(0.9 * DEPTH, 0.9 * DEPTH, DEPTH, BEGIN_MS), 108_000);
  assert.equal(brim.letIn(0.89 * DEPTH, 0.9 * DEPTH, DEPTH, BEGIN_MS), DEPTH);
});

test('Brim: a refusal sets it to what was in it then, and never higher', () => {
  const brim = untold();
  assert.equal(brim.refused(60_000, DEPTH, BEGIN_MS), 60_000);
  assert.equal(brim.refused(140_000, DEPTH, BEGIN_MS), DEPTH);
  assert.equal(brim.isFound(BEGIN_MS), true);
});

test('Brim: near a refusal only what is past the whole brim raises it, by half a percent, for ten minutes', () => {
  const brim = untold();
  brim.refused(DEPTH, DEPTH, BEGIN_MS);
  const laterMs = BEGIN_MS + 599_999;
  assert.equal(brim.mayTry(laterMs, false), false);
  assert.equal(brim.mayTry(laterMs, true), true);
  assert.equal(brim.letIn(0.95 * DEPTH, 0.9 * DEPTH, DEPTH, laterMs), DEPTH);
  assert.equal(Math.round(brim.letIn(1.01 * DEPTH, 0.9 * DEPTH, DEPTH, laterMs)), 100_500);
  assert.equal(brim.mayTry(BEGIN_MS + 600_000, false), true);
});

test('Brim: a refusal where the header tells is not its matter', () => {
  assert.equal(new Brim().refused(60_000, DEPTH, BEGIN_MS), null);
});
