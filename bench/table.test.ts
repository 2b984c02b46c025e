import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from './sample.ts';
import { SUBJECT_NAMES, type SubjectName } from './subjects.ts';
import { MEASURES, missedOf, type Results, type Row, remarksOn, tableOf } from './table.ts';

function sample(cpuUs: number, change: Partial<Sample> = {}): Sample {
  const report = {
    requests: 1,
    errors: 0,
    status2xx: 1,
    statusOther: 0,
    seconds: 1,
    latencyP50Us: cpuUs,
    latencyP99Us: 0,
    events: 0,
    delayP50Us: 0,
    delayP99Us: 0,
    bodyBytes: 0,
  };
  const figures = { perSecond: 1, cpuUsPerOperation: cpuUs, coreShare: 0.97, residentKb: 1, kbPerStream: cpuUs };
  return { report, ...figures, logBytesPerOperation: null, fault: null, ...change };
}

type Given = Partial<Record<SubjectName, readonly Sample[]>>;

function results(load: string, given: Given): Results {
  const measured = SUBJECT_NAMES.map((name): [SubjectName, readonly Sample[]] => [name, given[name] ?? []]);
  return new Map([[load, new Map(measured.filter(([, samples]) => samples.length > 0))]]);
}

function row(rows: readonly Row[], key: string): Row {
  const found = rows.find((candidate) => candidate.key === key);
  assert.ok(found, key);
  return found;
}

const rounds = (...cpuUs: readonly number[]): readonly Sample[] => cpuUs.map((value) => sample(value));

test('tableOf: holds the gateway to nginx by the median of the ratios of each round', () => {
  const given = results('json2k', {
    nginx: rounds(20, 40, 20),
    undici: rounds(50, 100, 50),
    gateway: rounds(70, 144, 74),
    'gateway-logged': rounds(100, 220, 120),
  });
  const rows = tableOf(given);
  assert.deepEqual(
    rows.map(({ key }) => key),
    ['cpuPerRequest', 'cpuPerLoggedRequest'],
  );
  const plain = row(rows, 'cpuPerRequest');
  assert.equal(plain.cells.gateway.timesNginx, 3.6);
  assert.equal(plain.met, true); // at the limit is within it
  assert.equal(plain.cells.undici.timesNginx, 2.5);
  assert.equal(plain.cells.gateway.figure, 74);
  assert.deepEqual(plain.cells.gateway.span, [70, 144]);
  const logged = row(rows, 'cpuPerLoggedRequest');
  assert.equal(logged.cells.gateway.timesNginx, 5.5);
  assert.equal(logged.met, false);
  assert.equal(logged.cells.undici.figure, null);
  assert.deepEqual(missedOf(rows), ['CPU, 2 kB request, log']);
});

test('tableOf: leaves faulty rounds out, also of the ratios, and remarksOn names them', () => {
  const given = results('events4k', {
    nginx: rounds(10, 10, 10),
    gateway: [sample(25), sample(1, { fault: '10 broken answers of 20' }), sample(27)],
  });
  const event = row(tableOf(given), 'cpuPerEvent4k');
  assert.equal(event.cells.gateway.timesNginx, 2.6);
  assert.equal(event.cells.gateway.rounds, 2);
  assert.deepEqual(remarksOn(given), ['events4k, gateway: 1 of 3 rounds do not count: 10 broken answers of 20']);
});

test('tableOf: a gateway without figures meets nothing and misses nothing, and missedOf does not let it pass', () => {
  const rows = tableOf(results('events4k', { nginx: rounds(10), gateway: [sample(1, { fault: 'it fell behind' })] }));
  assert.equal(row(rows, 'cpuPerEvent4k').met, null);
  assert.equal(missedOf(rows).length, 1);
});

test('tableOf: added latency is what is beyond direct in the same round', () => {
  const given = results('open1000', { direct: rounds(100, 200), nginx: rounds(300, 400), gateway: rounds(500, 700) });
  const added = row(tableOf(given), 'addedP50');
  assert.equal(added.cells.nginx.figure, 200);
  assert.equal(added.cells.gateway.figure, 450);
  assert.equal(added.cells.gateway.timesNginx, 2.25);
  assert.equal(added.met, null);
});

test('tableOf: memory is held to kilobytes, not to nginx', () => {
  const memory = (kb: number): Row =>
    row(tableOf(results('memory', { nginx: rounds(10), gateway: rounds(kb) })), 'memoryPerStream');
  assert.equal(memory(60).met, true);
  assert.equal(memory(60.5).met, false);
});

test('remarksOn: says when a proxy at saturation did not have its core', () => {
  const given = results('json2k', { nginx: [sample(20, { coreShare: 0.6 })] });
  assert.deepEqual(remarksOn(given), ['json2k, nginx: had only 60 % of its core; the machine was busy']);
  assert.deepEqual(remarksOn(results('events4k', { nginx: [sample(20, { coreShare: 0.1 })] })), []);
});

test('MEASURES: names are unique and short enough for the table', () => {
  assert.equal(new Set(MEASURES.map(({ key }) => key)).size, MEASURES.length);
  assert.ok(MEASURES.every(({ title }) => title.length <= 22));
});
