import assert from 'node:assert/strict';
import test from 'node:test';
import { Meter } from './meter.ts';
import { PROBLEMS_MAX, readTraffic, type TrafficFiles } from './read-traffic.ts';

const ASK: TrafficFiles = { files: [], format: null, columns: new Map(), only: null };

function log(minute: number, model: string): string {
  return `{"time":"2026-11-21T04:1${minute}:00Z","event":"exchange","model":"${model}","status":200,"promptTokens":9,"completionTokens":5}`;
}

const FILES: Readonly<Record<string, readonly string[]>> = {
  'a.log': ['listening', log(1, 'm'), log(2, 'n')],
  'b.log.1': [log(3, 'm')],
  'c.csv': ['time,prompt,answer,model', '2026-11-21T04:14:00Z,100,5,m'],
  'c.csv.gz': ['time,prompt,answer', '2026-11-21T04:15:00Z,100,5'],
  'bad.csv': ['time,prompt,answer', 'soon,1,1', ...Array.from({ length: 20 }, () => '2026-11-21,x,1')],
  'headless.csv': ['1,2,3'],
  'century.csv': ['time,prompt,answer', '1926-11-21,1,1', '2026-11-21,1,1'],
};

async function* lines(file: string): AsyncGenerator<string> {
  const all = FILES[file];
  if (all === undefined) throw new Error('ENOENT: no such file');
  yield* all;
}

test('readTraffic: several files of both formats, told by their names or by the user', async () => {
  const meter = new Meter();
  const read = await readTraffic({ ...ASK, files: ['a.log', 'b.log.1', 'c.csv', 'c.csv.gz'] }, meter, lines);
  assert.deepEqual(read, { lines: 8, records: 5, problems: [], problemCount: 0 });
  assert.deepEqual(meter.models, ['m', 'n', null]);
  assert.equal(meter.span?.minutes, 5);
  const asLog = await readTraffic({ ...ASK, files: ['c.csv'], format: 'log' }, new Meter(), lines);
  assert.equal(asLog.records, 0);
});

test('readTraffic: records of other models than those that are named do not count', async () => {
  const meter = new Meter();
  assert.equal((await readTraffic({ ...ASK, files: ['a.log'], only: ['n'] }, meter, lines)).records, 1);
  assert.deepEqual(meter.models, ['n']);
});

test('readTraffic: what is wrong is named by file and line, the first of them, with how many there are', async () => {
  const rows: ReadonlyArray<readonly [file: string, count: number, first: RegExp]> = [
    ['bad.csv', 21, /^bad\.csv:2: time "soon" is no moment/],
    ['headless.csv', 1, /^headless\.csv: has no header with time/],
    ['gone.log', 1, /^gone\.log: cannot be read \(ENOENT/],
    ['century.csv', 1, /^century\.csv: traffic from 1926-11-21 to 2026-11-21 is more than a year/],
  ];
  for (const [file, count, first] of rows) {
    const read = await readTraffic({ ...ASK, files: [file] }, new Meter(), lines);
    assert.equal(read.problemCount, count, file);
    assert.match(read.problems[0] ?? '', first);
    assert.ok(read.problems.length <= PROBLEMS_MAX);
  }
});
