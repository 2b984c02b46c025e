import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runReport } from '../bench/testing/run.ts';
import { EXIT, UsedWrongly } from '../exit.ts';
import { combine, FILE_BYTES_MAX, FILES_MAX } from './bench-combine.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const LOG =
  'Load test args: {"rate": 60}\n{"run_seconds": 5, "rpm": 60, "failures": 0, "throttled": 0, "util": {"avg": "n/a"}}\n';

function combined(from: string, flags: Partial<Parameters<typeof combine>[2]> = {}, to = join(from, 'runs.csv')) {
  const written = { err: '' };
  const err = {
    write: (text: string) => {
      written.err += text;
      return true;
    },
  };
  const exit = combine(from, to, { statExtractionPoint: 'draining', ...flags }, err);
  return {
    exit,
    err: written.err,
    rows: exit === EXIT.done ? readFileSync(join(from, 'runs.csv'), 'utf8').trimEnd().split('\n') : [],
  };
}

test('combine: a row for each log and report, in the order of their names; others are left out with a reason', (t) => {
  const from = folder(t);
  writeFileSync(join(from, 'b.log'), LOG);
  writeFileSync(join(from, 'a.json'), JSON.stringify(runReport()));
  writeFileSync(join(from, 'people.log'), 'Load test args: {}\nrpm: 5\n');
  writeFileSync(join(from, 'other.json'), '{}');
  writeFileSync(join(from, 'notes.txt'), LOG);
  mkdirSync(join(from, 'below'));
  writeFileSync(join(from, 'below', 'c.log'), LOG);
  const { rows, err } = combined(from);
  assert.deepEqual(
    rows.slice(1).map((row) => row.split(',')[0]),
    ['a.json', 'b.log'],
  );
  assert.match(
    rows[0] ?? '',
    /^filename,.*early_terminated,.*run_has_non_throttled_failures,is_confirmed_as_ptu_endpoint/,
  );
  assert.match(err, /other\.json is left out: .*no report[\s\S]*people\.log is left out: .*--output-format jsonl/);
  assert.match(err, /2 runs are written to /);
  const deep = combined(from, { loadRecursive: true }, join(from, 'runs'));
  assert.ok(
    deep.rows.some((row) => row.startsWith('below/c.log,')),
    'and .csv is added to a name without',
  );
});

test('combine: nothing found, nothing readable, and what is too much', (t) => {
  const from = folder(t);
  const empty = combined(from);
  assert.equal(empty.exit, EXIT.failed);
  assert.match(empty.err, /holds no run.*--load-recursive/);
  assert.throws(() => combined(join(from, 'nowhere')), UsedWrongly);
  assert.throws(
    () => combined(from, { statExtractionPoint: 'middle' }),
    (error) => error instanceof UsedWrongly && /is none of draining, final/.test(error.message),
  );
  writeFileSync(join(from, 'huge.log'), '');
  truncateSync(join(from, 'huge.log'), FILE_BYTES_MAX + 1);
  assert.match(combined(from).err, /huge\.log is left out: it has \d+ bytes/);
  for (let i = 0; i <= FILES_MAX; i++) writeFileSync(join(from, `${i}.log`), '');
  assert.throws(
    () => combined(from),
    (error) => error instanceof UsedWrongly && /at most 10000/.test(error.message),
  );
});
