import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOADS, type Load } from './loads.ts';
import { faultOf, type LoadReport, parseReport, sampleOf } from './sample.ts';

const REPORT: LoadReport = {
  requests: 1_000,
  errors: 0,
  status2xx: 1_000,
  statusOther: 0,
  seconds: 2,
  latencyP50Us: 300,
  latencyP99Us: 900,
  events: 0,
  delayP50Us: 0,
  delayP99Us: 0,
  bodyBytes: 2_048_000,
};

function load(name: string): Load {
  const found = LOADS[name];
  assert.ok(found, name);
  return found;
}

test('parseReport: takes what loadgen writes and refuses anything else', () => {
  assert.deepEqual(parseReport(`${JSON.stringify(REPORT)}\n`), REPORT);
  assert.throws(() => parseReport('{"requests":"many"}'), /must be a number/);
  assert.throws(() => parseReport('null'), /must be a number/);
});

test('sampleOf: divides the CPU time by all requests, also if it was read a little longer than they were counted', () => {
  const used = { cpuNs: 100_000_000, wallNs: 2.5e9, residentKbBefore: 10, residentKbAfter: 20, logBytes: null };
  const sample = sampleOf(load('json2k'), REPORT, used);
  assert.equal(sample.perSecond, 500);
  assert.equal(sample.cpuUsPerOperation, 100); // 100 ms for 1,000 requests
  assert.equal(sample.coreShare, 0.04);
  assert.equal(sample.kbPerStream, null);
  assert.equal(sample.fault, null);
});

test('sampleOf: divides the CPU time by the events of its own stretch', () => {
  const report = { ...REPORT, requests: 0, events: 80_000, seconds: 4 };
  const used = { cpuNs: 1.5e9, wallNs: 3e9, residentKbBefore: 1, residentKbAfter: 1, logBytes: null };
  assert.equal(sampleOf(load('events20k'), report, used).cpuUsPerOperation, 25); // 1.5 s for 60,000 of the 80,000
});

test('sampleOf: divides the growth of memory by the open streams', () => {
  const report = { ...REPORT, requests: 0, events: 40_000 };
  const used = { cpuNs: 1e9, wallNs: 2e9, residentKbBefore: 60_000, residentKbAfter: 100_000, logBytes: null };
  const sample = sampleOf(load('memory'), report, used);
  assert.equal(sample.kbPerStream, 40);
});

test('sampleOf: has no figures of a process for direct', () => {
  const sample = sampleOf(load('open1000'), { ...REPORT, requests: 2_000, bodyBytes: 4_096_000 }, null);
  assert.deepEqual([sample.cpuUsPerOperation, sample.coreShare, sample.residentKb], [null, null, null]);
  assert.equal(sample.fault, null);
});

test('sampleOf: does not believe a logged run that logged nothing', () => {
  const used = { cpuNs: 1, wallNs: 2e9, residentKbBefore: 1, residentKbAfter: 1, logBytes: 0 };
  assert.equal(sampleOf(load('json2k'), REPORT, used).fault, 'it wrote no log');
  assert.equal(sampleOf(load('json2k'), REPORT, { ...used, logBytes: 10_000 }).logBytesPerOperation, 10);
});

const FAULTS: readonly (readonly [string, string, Partial<LoadReport>, RegExp | null])[] = [
  ['a clean run', 'json2k', {}, null],
  ['a broken answer', 'json2k', { errors: 1 }, /^1 broken answers/],
  ['a 502', 'json2k', { statusOther: 3 }, /^3 answers of 1000 were not 2xx/],
  ['silence', 'json2k', { requests: 0 }, /^no requests came through/],
  ['answers that are too small', 'json2k', { bodyBytes: 10 }, /^answers came cut/],
  ['a rate that was just held', 'open1000', { requests: 1_940, bodyBytes: 1e9 }, null],
  ['a rate that was not held', 'open1000', { requests: 1_939, bodyBytes: 1e9 }, /^970 of 1000 requests\/s held/],
  ['events that fell behind', 'events20k', { requests: 0, events: 20_000 }, /^10000 of 20000 events\/s held/],
];
for (const [name, loadName, change, want] of FAULTS) {
  test(`faultOf: ${name}`, () => {
    const given = load(loadName);
    const report = { ...REPORT, ...change };
    const perSecond = (given.counts === 'events' ? report.events : report.requests) / report.seconds;
    const fault = faultOf(given, report, perSecond);
    if (want === null) assert.equal(fault, null);
    else assert.match(fault ?? 'none', want);
  });
}
