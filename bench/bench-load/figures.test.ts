import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Found, missedTargets, type OurRun, renderMarkdown, rowsOf } from './figures.ts';

function ours(of: Partial<OurRun> = {}): OurRun {
  const calls = of.calls ?? 100;
  return {
    calls,
    p50Ms: 20,
    cpuMs: 10,
    wanted: calls,
    seen: calls,
    chunks: 1_000,
    chunksSent: 1_000,
    isValid: true,
    lagMsMax: 3,
    ...of,
  };
}

function found(of: Partial<Found> = {}): Found {
  const theirs = [{ calls: 100, p50Ms: 19.5, cpuMs: 0 }];
  const own = { open: [ours()], closed: [ours()], streams: [ours()] };
  return { ...own, openTheirs: theirs, closedTheirs: theirs, fast: [ours()], fastPerSecond: 2_000, ...of };
}

test('rowsOf: a run that agrees meets its targets', () => {
  const rows = rowsOf(found());
  assert.deepEqual(missedTargets(rows), []);
  const text = renderMarkdown(rows);
  assert.match(text, /\| open loop: p50, of that of loadgen \| 1\.026 \| 0\.9 to 1\.1 met \|/);
  assert.match(text, /\| CPU of a call \| 100 µs \| {2}\|/);
  assert.match(text, /\| CPU of a word of a stream \| 10 µs \|/);
});

const WRONG: readonly (readonly [string, Partial<Found>, RegExp])[] = [
  [
    'a call that the server did not see',
    { closed: [ours({ seen: 99 })] },
    /^calls that the server counted otherwise: 1/,
  ],
  [
    'one too many and one too few',
    { open: [ours({ seen: 101 }), ours({ seen: 99 })] },
    /^calls that the server counted otherwise: 2/,
  ],
  ['a call that was not made', { open: [ours({ wanted: 101 })] }, /^calls of an open loop that were not made: 1/],
  ['a word lost', { streams: [ours({ chunks: 999 })] }, /^words of streams that were counted otherwise: 1/],
  ['other latencies', { open: [ours({ p50Ms: 22 })] }, /^open loop: p50, of that of loadgen: 1\.1/],
  ['nothing measured', { openTheirs: [] }, /^open loop: calls, of those of loadgen: nothing was measured/],
];

test('missedTargets: says which, and that a figure is missing', () => {
  for (const [name, of, want] of WRONG) assert.match(missedTargets(rowsOf(found(of)))[0] ?? '', want, name);
});
