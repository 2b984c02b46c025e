import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EXIT, UsedWrongly } from '../exit.ts';
import { combine, FILE_BYTES_MAX } from './bench-combine.ts';
import { samples } from './bench-samples.ts';

const CALLS =
  '[{"request_start_time": 10, "response_status_code": 200, "first_token_time": 10.5, "response_end_time": 12, "context_tokens": 5, "generated_tokens": 10, "last_exception": null}, {"request_start_time": 11, "response_status_code": 429, "last_exception": "throttled"}]';
const LOG = `Load test args: {"rate": 60}\n{"run_seconds": 5, "util": {"avg": "n/a", "95th": "n/a"}}\nRaw call stats: ${CALLS}\n`;

function stage(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const told = { err: '' };
  const err = {
    write: (text: string) => {
      told.err += text;
      return true;
    },
  };
  writeFileSync(join(folder, 'a.log'), LOG);
  const runs = join(folder, 'runs.csv');
  const combined = (includeRawRequestInfo: boolean) =>
    combine(folder, runs, { statExtractionPoint: 'draining', includeRawRequestInfo }, err);
  return { folder, told, err, runs, combined, calls: join(folder, 'calls.csv') };
}

test('samples: a row for each call of the logs that were combined', (t) => {
  const { runs, combined, calls, err, told } = stage(t);
  combined(true);
  assert.equal(samples(runs, calls.replace(/\.csv$/, ''), {}, err), EXIT.done);
  const rows = readFileSync(calls, 'utf8').trimEnd().split('\n');
  assert.equal(rows.length, 3);
  assert.match(rows[0] ?? '', /^filename,rate,.*,ttft_latency,e2e_latency,gen_latency,tbt_context,tbt_gen$/);
  assert.match(rows[1] ?? '', /,true,0\.5,2,1\.5,0\.1,0\.15$/);
  assert.match(told.err, /2 calls are written to .*calls\.csv\n$/);
  assert.equal(samples(runs, calls, { excludeFailedRequests: true }, err), EXIT.done);
  assert.equal(readFileSync(calls, 'utf8').trimEnd().split('\n').length, 2);
});

test('samples: a table without calls says what it needs', (t) => {
  const { runs, combined, calls, err, told } = stage(t);
  combined(false);
  assert.equal(samples(runs, calls, {}, err), EXIT.failed);
  assert.match(told.err, /needs a column raw_samples, which spillway bench combine --include-raw-request-info makes/);
});

test('samples: what cannot be read or written is told', (t) => {
  const { folder, runs, combined, calls, err } = stage(t);
  const wrongly = (run: () => unknown, message: RegExp) =>
    assert.throws(run, (error) => error instanceof UsedWrongly && message.test(error.message));
  wrongly(() => samples(join(folder, 'none.csv'), calls, {}, err), /cannot be read/);
  combined(true);
  wrongly(() => samples(runs, join(folder, 'none', 'calls.csv'), {}, err), /cannot be written/);
  truncateSync(runs, FILE_BYTES_MAX + 1);
  wrongly(() => samples(runs, calls, {}, err), /at most \d+ are read; combine fewer logs/);
});
