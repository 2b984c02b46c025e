import assert from 'node:assert/strict';
import test from 'node:test';
import { type ExtractionPoint, type Row, rowOfLog, rowsOfReport, tableOf } from './combine.ts';
import { calls, report, withNetwork } from './testing.ts';

const ARGS = 'Load test args: {"api_base_endpoint": "https://one.example", "rate": 60}';
const stats = (seconds: number, more = '') =>
  `{"run_seconds": ${seconds}, "rpm": ${seconds * 10}, "failures": 3, "throttled": 2, "tpm": {"context": 5, "gen": "n/a"}, "util": {"avg": "n/a", "95th": "n/a"}${more}}`;

function rowOf(lines: readonly string[], point: ExtractionPoint = 'draining'): Row {
  const read = rowOfLog(lines.join('\n'), 'a.log', { point });
  return read.kind === 'rows' ? (read.rows[0] ?? assert.fail('no row')) : assert.fail(read.problem);
}

test('rowOfLog: the line at the drain, the last one, or the last before a signal', () => {
  const whole = [
    ARGS,
    stats(1),
    stats(2),
    '2026-11-21 16:00:00 INFO     waiting for 4 requests to drain',
    stats(3),
    stats(4),
  ];
  const rows: ReadonlyArray<readonly [string, readonly string[], ExtractionPoint, number | null, boolean]> = [
    ['at the drain', whole, 'draining', 3, false],
    ['at the end', whole, 'final', 4, false],
    ['no drain', [ARGS, stats(1), stats(2)], 'draining', 2, false],
    ['a signal', [ARGS, stats(1), 'got terminate signal, draining. signal again to exit.', stats(2)], 'final', 1, true],
    ['a line that is cut', [ARGS, stats(1), '{"run_seconds": 2, "rp'], 'final', 1, false],
  ];
  for (const [name, lines, point, seconds, isTerminated] of rows) {
    const row = rowOf(lines, point);
    assert.deepEqual([row.run_seconds ?? null, row.early_terminated], [seconds, isTerminated], name);
  }
});

test('rowOfLog: arguments, flattened figures, and what the ancestor adds', () => {
  const row = rowOf([
    ARGS,
    'model detected: gpt-4o-2024-08-06',
    'average ping to endpoint: 20ms. this is subtracted',
    stats(1),
  ]);
  assert.deepEqual(row, {
    filename: 'a.log',
    api_base_endpoint: 'https://one.example',
    rate: 60,
    early_terminated: false,
    model_detected: 'gpt-4o-2024-08-06',
    latency_adjustment_seconds: 0.02,
    run_seconds: 1,
    rpm: 10,
    failures: 3,
    throttled: 2,
    tpm_context: 5,
    tpm_gen: null,
    util_avg: null,
    util_95th: null,
    run_has_non_throttled_failures: true,
    is_confirmed_as_ptu_endpoint: false,
  });
  const provisioned = stats(1).replace('"avg": "n/a", "95th"', '"avg": "11.2%", "95th"');
  assert.equal(rowOf([ARGS, provisioned]).is_confirmed_as_ptu_endpoint, true);
});

test('rowOfLog: what stands in the texts of calls is no mark', () => {
  const marks = [
    'got terminate signal',
    '{\\"run_seconds\\": 9}',
    'Load test args: {}',
    'requests to drain',
    'model detected: x',
    'average ping to endpoint: 9ms',
  ];
  for (const mark of marks) {
    const calls = `[{"output_content": "${mark}"}]`;
    const read = rowOfLog([ARGS, stats(1), `Raw call stats: ${calls}`, stats(2)].join('\n'), 'a.log', {
      point: 'final',
      withCalls: true,
    });
    const [row] = read.kind === 'rows' ? read.rows : assert.fail(read.problem);
    assert.deepEqual(
      [row?.raw_samples, row?.early_terminated, row?.run_seconds, row?.rate, row?.model_detected],
      [calls, false, 2, 60, null],
      mark,
    );
    assert.equal(row?.latency_adjustment_seconds, 0, mark);
  }
});

test('rowOfLog: what is no log says why', () => {
  const rows: ReadonlyArray<readonly [string, RegExp]> = [
    ['', /no line 'Load test args/],
    [`${ARGS}\nrpm: 5 processing: 1`, /lines are for people; run again with --output-format jsonl/],
    ['Load test args: {broken', /no line/],
  ];
  for (const [text, want] of rows) {
    const read = rowOfLog(text, 'a.log', { point: 'final' });
    assert.match(read.kind === 'problem' ? read.problem : '', want);
  }
});

test('rowsOfReport: a row for each target, with the names that logs have', () => {
  const both = report([...calls(60, () => ({ utilisation: 0.112 })), ...calls(30, () => ({ target: 1, status: 429 }))]);
  const [one, two] = rowsOfReport(both, 'report.json');
  const wanted = {
    filename: 'report.json',
    api_base_endpoint: 'https://one.example',
    rate: 60,
    rpm: 60,
    e2e_95th: 1,
    tpm_total: 36_000,
    util_avg: '11.2%',
    is_confirmed_as_ptu_endpoint: true,
  };
  for (const [name, value] of Object.entries(wanted)) assert.equal(one?.[name], value, name);
  assert.deepEqual(
    [two?.failures, two?.throttled, two?.run_has_non_throttled_failures, two?.target],
    [30, 30, false, 'two.example'],
  );
});

test('tableOf: the columns of all rows, each once', () => {
  assert.equal(
    tableOf([
      { a: 1, b: null },
      { a: 2, c: 'x' },
    ]),
    'a,b,c\n1,,\n2,,x\n',
  );
});

test('rowsOfReport: the figures as they were measured, and adjusted ones under names of their own', () => {
  const [plain = {}] = rowsOfReport(report(calls(5)), 'a.json');
  assert.deepEqual([plain.latency_adjustment_seconds, plain.network_median, plain.adjusted_e2e_avg], [0, null, null]);
  const [row = {}] = rowsOfReport(withNetwork(report(calls(5))), 'a.json');
  assert.deepEqual(
    [row.latency_adjustment_seconds, row.network_median, row.e2e_avg, row.adjusted_e2e_avg, row.adjusted_ttft_avg],
    [0.02, 0.02, 1, 0.98, 0.08],
  );
});
