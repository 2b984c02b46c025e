import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specOf } from './testing/spec.ts';
import { warningsOf } from './warnings.ts';

const SENDER = { late: 0, lagMsMax: 1, capped: 0, unsent: 0, cpuMs: 1 };

test('warningsOf: a sweep whose steps are shorter than a minute may overstate what a minute carries', () => {
  const of = (stepMs: number) =>
    warningsOf(
      specOf('http://127.0.0.1', {
        pace: { kind: 'open', arrivals: { kind: 'sweep', fromPerMinute: 40, factor: 1.5, stepMs } },
      }),
      [],
      SENDER,
      false,
    );
  assert.deepEqual(of(59_999).length, 1);
  assert.match(
    of(20_000).join(),
    /^steps of 20 s are shorter than the minute.*sweep:40:1\.5:60 has steps of a minute$/,
  );
  assert.deepEqual(of(60_000), []);
});
