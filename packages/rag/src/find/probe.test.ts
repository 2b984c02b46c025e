import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeProbes, PROBES_MAX, pickProbes, probeDepth } from './probe.ts';

const chunks = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ chunkId: `c${i}`, text: `First ${i}. Middle ${i}. Last ${i}.` }));

test('pickProbes: the middle sentence of chunks spread over all, the same ones each time', () => {
  const probes = pickProbes(chunks(600));
  assert.equal(probes.length, PROBES_MAX);
  assert.deepEqual(probes.slice(0, 2), [
    { chunkId: 'c0', sentence: 'Middle 0.' },
    { chunkId: 'c10', sentence: 'Middle 10.' },
  ]);
  assert.equal(probes.at(-1)?.chunkId, 'c590');
});

test('pickProbes: a chunk of one sentence would find itself and is no probe', () => {
  assert.deepEqual(pickProbes([{ chunkId: 'a', text: 'Only one.' }, ...chunks(1)]), [
    { chunkId: 'c0', sentence: 'Middle 0.' },
  ]);
});

const DEPTHS: ReadonlyArray<readonly [chunks: number, depth: number]> = [
  [0, 1],
  [11, 1],
  [12, 2],
  [60, 10],
  [50_000, 10],
];

for (const [count, depth] of DEPTHS) {
  test(`probeDepth: of ${count} chunks the first ${depth}`, () => assert.equal(probeDepth(count), depth));
}

const rankings = (found: number, place = 0) =>
  pickProbes(chunks(60)).map(({ chunkId }, i) => [
    ...Array.from({ length: place }, () => 'x'),
    i < found ? chunkId : 'y',
  ]);

const VERDICTS: ReadonlyArray<readonly [name: string, rankings: string[][], share: number, verdict: string]> = [
  ['all found', rankings(60), 1, 'hybrid'],
  ['half found', rankings(30), 0.5, 'hybrid'],
  ['less than half found', rankings(29), 29 / 60, 'text'],
  ['found in tenth place', rankings(60, 9), 1, 'hybrid'],
  ['found in eleventh place', rankings(60, 10), 0, 'text'],
  ['no answer', [], 0, 'text'],
];

for (const [name, given, share, verdict] of VERDICTS) {
  test(`judgeProbes: ${name} means ${verdict}`, () => {
    const result = judgeProbes(pickProbes(chunks(60)), given, 60);
    assert.deepEqual([result.tested, result.share, result.verdict], [60, share, verdict]);
  });
}

test('judgeProbes: without a probe there is no reason to trust', () => {
  assert.deepEqual(judgeProbes([], [], 0), { tested: 0, found: 0, share: 0, verdict: 'text' });
});
