import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LastMinute } from './last-minute.ts';

const START = Date.UTC(2026, 1, 28, 23, 59, 58) + 987.25;

test('LastMinute: what is older than a minute is gone, whether or not anything came after', () => {
  const minute = new LastMinute();
  minute.add(START, false, 100, 20);
  minute.add(START + 30_000, true, 0, 0);
  assert.deepEqual(minute.read(START + 30_000), { attempts: 2, throttled: 1, promptTokens: 100, completionTokens: 20 });
  assert.deepEqual(minute.read(START + 60_000), { attempts: 1, throttled: 1, promptTokens: 0, completionTokens: 0 });
  assert.deepEqual(minute.read(START + 95_000), { attempts: 0, throttled: 0, promptTokens: 0, completionTokens: 0 });
  minute.add(START + 1e9, false, 7, 8);
  assert.deepEqual(minute.read(START + 1e9), { attempts: 1, throttled: 0, promptTokens: 7, completionTokens: 8 });
});

test('LastMinute: agrees with a list of what happened, for any steps of time', () => {
  const step = fc.record({ afterMs: fc.integer({ min: 0, max: 90_000 }), tokens: fc.nat({ max: 1e6 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const minute = new LastMinute();
      const happened: Array<{ readonly second: number; readonly tokens: number }> = [];
      let nowMs = START;
      for (const { afterMs, tokens } of steps) {
        nowMs += afterMs;
        minute.add(nowMs, false, tokens, 0);
        happened.push({ second: Math.floor(nowMs / 1000), tokens });
        const recent = happened.filter(({ second }) => second > Math.floor(nowMs / 1000) - 60);
        assert.equal(minute.read(nowMs).attempts, recent.length);
        assert.equal(
          minute.read(nowMs).promptTokens,
          recent.reduce((sum, { tokens: each }) => sum + each, 0),
        );
      }
    }),
    { verbose: 1 },
  );
});
