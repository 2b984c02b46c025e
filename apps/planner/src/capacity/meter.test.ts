import assert from 'node:assert/strict';
import test from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { NO_DEMAND } from './demand.ts';
import { Meter, MINUTE_MS, MINUTES_MAX, MODELS_MAX, OverLimit } from './meter.ts';
import type { TrafficRecord } from './traffic-record.ts';

const FACTS = modelFacts('gpt-4o');

function record(minute: number, more: Partial<TrafficRecord> = {}): TrafficRecord {
  return {
    atMs: minute * MINUTE_MS + 7,
    model: 'm',
    calls: 1,
    promptTokens: 100,
    cachedTokens: 40,
    answerTokens: 50,
    maxTokens: null,
    ...more,
  };
}

test('Meter: minute after minute, idle ones between included, in any order', () => {
  const meter = new Meter();
  for (const minute of [13, 10, 10]) meter.add(record(minute));
  const { minutes, calls } = meter.metered(['m'], FACTS, 'm');
  const one = { calls: 1, promptTokens: 100, cachedTokens: 40, answerTokens: 50, arrivalTokens: 150 };
  const two = { calls: 2, promptTokens: 200, cachedTokens: 80, answerTokens: 100, arrivalTokens: 300 };
  assert.deepEqual(minutes, [two, NO_DEMAND, NO_DEMAND, one]);
  assert.equal(calls, 3);
  assert.deepEqual(meter.span, { fromMs: 10 * MINUTE_MS, minutes: 4 });
});

test('Meter: models are apart, and can be taken together', () => {
  const meter = new Meter();
  meter.add(record(1));
  meter.add(record(2, { model: 'n', calls: 10, promptTokens: 1_000 }));
  meter.add(record(1, { model: null }));
  assert.deepEqual(meter.models, ['m', 'n', null]);
  assert.deepEqual(
    meter.metered(['n'], FACTS, 'n').minutes.map(({ calls }) => calls),
    [0, 10],
  );
  assert.deepEqual(
    meter.metered(meter.models, FACTS, null).minutes.map(({ calls }) => calls),
    [2, 10],
  );
});

test('Meter: on arrival the bound of the call counts, else that of all, else the answer', () => {
  const rows: ReadonlyArray<readonly [name: string, ofAll: number | null, more: Partial<TrafficRecord>, want: number]> =
    [
      ['its own', 900, { maxTokens: 800 }, 900],
      ['that of all', 900, {}, 1_000],
      ['none', null, {}, 150],
      ['none, and a short answer', null, { answerTokens: 2 }, 116],
      ['of ten calls ten times', null, { calls: 10, promptTokens: 1_000, maxTokens: 800 }, 9_000],
    ];
  for (const [name, ofAll, more, want] of rows) {
    const meter = new Meter(ofAll);
    meter.add(record(1, more));
    assert.equal(meter.metered(['m'], FACTS, 'm').minutes[0]?.arrivalTokens, want, name);
  }
});

test('Meter: calls of which nobody told tokens count like an average one, and it is told how many', () => {
  const meter = new Meter();
  meter.add(record(1));
  meter.add(record(1, { promptTokens: 300, cachedTokens: 0, answerTokens: 150 }));
  meter.add(record(2, { promptTokens: null, cachedTokens: 0, answerTokens: 0 }));
  const { minutes, calls, unknownCalls } = meter.metered(['m'], FACTS, 'm');
  assert.deepEqual([calls, unknownCalls], [3, 1]);
  assert.deepEqual(minutes[1], {
    calls: 1,
    promptTokens: 200,
    cachedTokens: 20,
    answerTokens: 100,
    arrivalTokens: 300,
  });
  const unknown = new Meter();
  unknown.add(record(1, { promptTokens: null }));
  assert.deepEqual(unknown.metered(['m'], FACTS, 'm').minutes, [{ ...NO_DEMAND, calls: 1 }]);
});

test('Meter: a span of more than a year and more models than its limit are refused by their names', () => {
  const meter = new Meter();
  meter.add(record(0));
  meter.add(record(MINUTES_MAX - 1));
  assert.throws(
    () => meter.add(record(MINUTES_MAX)),
    (error) => error instanceof OverLimit && /from 1970-01-01 to 1971-01-02 is more than a year/.test(error.message),
  );
  for (let at = 1; at < MODELS_MAX; at++) meter.add(record(1, { model: `m${at}` }));
  assert.throws(() => meter.add(record(1, { model: 'one more' })), /more than 200 models/);
});
