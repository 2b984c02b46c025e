import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kneeOf } from './knee.ts';
import { Series } from './series.ts';
import { call } from './testing.ts';

const STEPS = [60, 120, 240].map((perMinute) => ({ perMinute, forMs: 10_000 }));

/** A server that answers up to a rate, and refuses the rest. */
function swept(limitPerMinute: number, beginsMs = 0) {
  const series = new Series();
  for (const [i, { perMinute, forMs }] of STEPS.entries()) {
    for (let n = 0; n < (perMinute * forMs) / 60_000; n++) {
      const sentMs = beginsMs + i * 10_000 + (n * 60_000) / perMinute;
      const refused = n * limitPerMinute >= limitPerMinute * (limitPerMinute / 6);
      series.add(call({ sentMs, endMs: sentMs + 10, ...(refused ? { status: 429 } : {}) }));
    }
  }
  return kneeOf(series.points(1e9), STEPS, beginsMs);
}

test('kneeOf: between the last step that was carried and the first that was not', () => {
  const { carriedPerMinute, beyondPerMinute, why, steps } = swept(150, 5_000);
  assert.deepEqual([carriedPerMinute, beyondPerMinute, why], [120, 240, 'refused']);
  assert.deepEqual(
    steps.map(({ sent }) => sent),
    [10, 20, 40],
  );
});

test('kneeOf: none found, and none carried', () => {
  assert.deepEqual([swept(1_000).carriedPerMinute, swept(1_000).beyondPerMinute, swept(1_000).why], [240, null, null]);
  assert.deepEqual([swept(30).carriedPerMinute, swept(30).beyondPerMinute], [null, 60]);
});

test('kneeOf: a server that falls silent is too slow as well, and nothing was refused', () => {
  const series = new Series();
  for (let n = 0; n < 10; n++) series.add(call({ sentMs: n * 1_000, endMs: n * 1_000 + 10 }));
  for (let n = 0; n < 20; n++) series.add(call({ sentMs: 10_000 + n * 500, endMs: 40_000 }));
  const { carriedPerMinute, beyondPerMinute, why } = kneeOf(series.points(1e9), STEPS, 0);
  assert.deepEqual([carriedPerMinute, beyondPerMinute, why], [60, 120, 'unanswered']);
});

test('kneeOf: a server that died is seen before its step is over, and a failure now and then is none', () => {
  const dies = (lastAnswer: number) => {
    const series = new Series();
    for (let n = 0; n < 30; n++) {
      const sentMs = n < 10 ? n * 1_000 : 10_000 + (n - 10) * 500;
      const gone = n > lastAnswer ? ({ class: 'reset', status: 0 } as const) : {};
      series.add(call({ sentMs, endMs: sentMs + 10, ...gone }));
    }
    const known = (untilMs: number) => series.points(1e9).filter(({ seconds }) => seconds * 1_000 < untilMs);
    return [14_000, 16_000].map((untilMs) => kneeOf(known(untilMs), STEPS, 0, untilMs).why);
  };
  assert.deepEqual(dies(10), [null, 'unanswered']);
  assert.deepEqual(dies(99), [null, null]);
  const series = new Series();
  for (let n = 0; n < 10; n++)
    series.add(call({ sentMs: n * 1_000, endMs: n * 1_000 + 10, ...(n === 3 ? { class: 'reset', status: 0 } : {}) }));
  assert.equal(kneeOf(series.points(1e9), STEPS, 0, 20_000).why, null);
});

test('kneeOf: slow answers of a server that carries its load are no knee, nor is a step that is not over', () => {
  const series = new Series();
  // Each takes 4 s: in the first seconds of a step only the fewer of the step before come in.
  for (const [i, { perMinute, forMs }] of STEPS.entries()) {
    for (let n = 0; n < (perMinute * forMs) / 60_000; n++) {
      const sentMs = i * forMs + (n * 60_000) / perMinute;
      series.add(call({ sentMs, endMs: sentMs + 4_000 }));
    }
  }
  assert.equal(kneeOf(series.points(1e9), STEPS, 0).beyondPerMinute, null);
  for (let untilMs = 1_000; untilMs <= 30_000; untilMs += 1_000) {
    const known = series.points(1e9).filter(({ seconds }) => seconds * 1_000 < untilMs);
    assert.equal(kneeOf(known, STEPS, 0, untilMs).beyondPerMinute, null, `known until ${untilMs} ms`);
  }
});
