import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adjusted } from '../network/adjust.ts';
import { Tally } from './tally.ts';
import { call } from './testing.ts';
import { brokenBy, FIGURES, thresholdOf } from './threshold.ts';

function summary(calls: readonly Parameters<typeof call>[0][]) {
  const tally = new Tally({ targets: ['a'], windowMs: 1_000, startedAtMs: 0 });
  for (const each of calls) tally.add(call(each));
  const [first] = tally.summaries(60_000);
  assert.ok(first !== undefined);
  return first;
}

const PLAIN = summary([{}, {}, {}, { status: 429 }]);
const SPREAD = { count: 3, avg: 0.02, min: 0.01, p50: 0.02, p90: 0.03, p95: 0.03, p99: 0.03, max: 0.03 };
const RUN = { ...PLAIN, network: { ...PLAIN.network, connect: SPREAD }, adjusted: adjusted(PLAIN, 0.02) };

const ROWS: ReadonlyArray<readonly [text: string, broken: RegExp | null]> = [
  ['ttft.p95>1.5', null],
  ['ttft.p95>0.05', /ttft\.p95>0\.05: it is 0\.1/],
  ['e2e.avg >= 1', /it is 1/],
  ['e2e.avg > 1', null],
  ['rpm<3', null],
  ['rpm<=3', /it is 3/],
  ['failedShare>20%', /it is 0\.25/],
  ['throttledShare>0.25', null],
  ['calls.throttled>0', /it is 1/],
  ['tpm>1000', /it is 1800/],
  ['util.p95>0.9', /nothing was measured of it/],
  // What is adjusted has a name that says so, and is never read under another.
  ['adjusted.e2e.p95>0.97', /it is 0\.98/],
  ['e2e.p95<1', null],
  ['network.connect.p95>0.01', /it is 0\.03/],
];

for (const [text, broken] of ROWS) {
  test(`brokenBy: ${text}`, () => {
    const told = brokenBy(thresholdOf(text), RUN);
    if (broken === null) assert.equal(told, null);
    else assert.match(told ?? '', broken);
  });
}

test('thresholdOf: says what the form is, and which figures there are', () => {
  assert.throws(() => thresholdOf('ttft.p95=1'), /write one such as "ttft\.p95>1\.5"/);
  assert.throws(() => thresholdOf('ttft.p42>1'), /there is no figure 'ttft\.p42'; there are failedShare, .*ttft\.p95/);
  assert.throws(() => thresholdOf('constructor.name>1'), /there is no figure/);
  assert.throws(() => thresholdOf('calls>1'), /there is no figure/);
});

test('FIGURES: every one of them can be asked for', () => {
  for (const figure of FIGURES) assert.equal(thresholdOf(`${figure}>1`).bound, 1);
  assert.ok(FIGURES.length > 80);
});
