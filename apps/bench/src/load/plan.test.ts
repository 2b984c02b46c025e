import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadSpec } from '../spec.ts';
import { evenly, targetOf } from '../testing/spec.ts';
import { isOver, planOf, shareOf } from './plan.ts';

const TARGET = targetOf('http://127.0.0.1:9001');

type Planned = Parameters<typeof planOf>[0];
const END: LoadSpec['end'] = { requests: 3, durationMs: null, mode: 'or' };
const SPEC: Planned = {
  targets: [TARGET],
  pace: evenly(60),
  warmUpMs: 0,
  end: END,
  seed: 1,
};

const told = (spec: Planned) =>
  [...planOf(spec)].map(({ index, atMs, phase, target }) => `${index} ${atMs} ${phase} ${target}`);

test('planOf: so many calls, each at its moment', () => {
  assert.deepEqual(told(SPEC), ['0 0 measure 0', '1 1000 measure 0', '2 2000 measure 0']);
});

test('planOf: the warm-up runs at the first rate and is not counted; then the arrivals begin', () => {
  assert.deepEqual(told({ ...SPEC, warmUpMs: 1_500, end: { ...END, requests: 1 } }), [
    '0 0 warmUp 0',
    '1 1000 warmUp 0',
    '2 1500 measure 0',
  ]);
});

test('planOf: a trace has no rate, and so no warm-up: it begins behind that time', () => {
  const pace = { kind: 'open', arrivals: { kind: 'trace', offsetsMs: [0, 5] } } as const;
  assert.deepEqual(told({ ...SPEC, pace, warmUpMs: 100 }), ['0 100 measure 0', '1 105 measure 0']);
});

test('planOf: two targets see the same moments, each first in turns, and each prompt once', () => {
  assert.deepEqual(told({ ...SPEC, targets: [TARGET, TARGET], end: { ...END, requests: 2 } }), [
    '0 0 measure 0',
    '1 0 measure 1',
    '2 1000 measure 1',
    '3 1000 measure 0',
  ]);
});

test('planOf: refuses a closed loop', () => {
  assert.throws(() => planOf({ ...SPEC, pace: { kind: 'closed' } }).next(), /no plan/);
});

const ENDS: ReadonlyArray<readonly [name: string, LoadSpec['end'], calls: number, atMs: number, over: boolean]> = [
  ['no bound', { requests: null, durationMs: null, mode: 'or' }, 1e9, 1e9, false],
  ['no bound, and', { requests: null, durationMs: null, mode: 'and' }, 1e9, 1e9, false],
  ['requests', { requests: 5, durationMs: null, mode: 'and' }, 5, 0, true],
  ['either', { requests: 5, durationMs: 1_000, mode: 'or' }, 0, 1_000, true],
  ['both, one of them', { requests: 5, durationMs: 1_000, mode: 'and' }, 0, 1_000, false],
  ['both', { requests: 5, durationMs: 1_000, mode: 'and' }, 5, 1_000, true],
];

for (const [name, end, calls, atMs, over] of ENDS) {
  test(`isOver: ${name}`, () => assert.equal(isOver(end, calls, atMs), over));
}

test('shareOf: every call goes to one worker', () => {
  const all = [...planOf(SPEC)];
  const shares = [0, 1].flatMap((worker) => [...shareOf(planOf(SPEC), worker, 2)]);
  assert.deepEqual(
    shares.toSorted((a, b) => a.index - b.index),
    all,
  );
});

test('planOf: ten calls at two a second take 4.5 s from the first to the last, half a second apart, the first two as well', () => {
  const atMs = [...planOf({ ...SPEC, pace: evenly(120), end: { ...END, requests: 10 } })].map((call) => call.atMs);
  assert.deepEqual(atMs, [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_500]);
});
