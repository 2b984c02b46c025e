import assert from 'node:assert/strict';
import test from 'node:test';
import { rowOfLog, tableOf } from './combine.ts';
import { rowsIn } from './csv.ts';
import { samplesOf } from './samples.ts';

const CALL = {
  request_start_time: 1_000,
  response_status_code: 200,
  response_time: 1_000.05,
  first_token_time: 1_000.5,
  response_end_time: 1_002.5,
  context_tokens: 40,
  generated_tokens: 100,
  deployment_utilization: null,
  calls: 1,
  last_exception: null,
};
const THROTTLED = { ...CALL, response_status_code: 429, first_token_time: null, last_exception: 'throttled' };

function combined(calls: readonly object[], ping = ''): ReturnType<typeof rowsIn> {
  const log = [
    'Load test args: {"api_base_endpoint": "https://one.example", "context_tokens": 500, "rate": 60}',
    ping,
    '{"run_seconds": 5, "rpm": 60, "failures": 1, "throttled": 1, "util": {"avg": "n/a", "95th": "n/a"}}',
    `Raw call stats: ${JSON.stringify(calls)}`,
  ].join('\n');
  const read = rowOfLog(log, 'a.log', { point: 'final', withCalls: true });
  return rowsIn(
    tableOf([...(read.kind === 'rows' ? read.rows : assert.fail(read.problem)), { filename: 'b.log', more: 1 }]),
  );
}

test('samplesOf: a row for each call, with how the run was called, its own figures and none of the run', () => {
  const [first, second, ...more] = samplesOf(combined([CALL, THROTTLED]), false);
  assert.deepEqual(more, []);
  const { filename, run_context_tokens, rate, run_seconds, util_avg, raw_samples, ...of } = first ?? {};
  assert.deepEqual(
    [filename, run_context_tokens, rate, run_seconds, util_avg, raw_samples],
    ['a.log', '500', '60', undefined, undefined, undefined],
  );
  assert.deepEqual(
    [of.platform_name, of.request_success, of.ttft_latency, of.e2e_latency, of.gen_latency, of.tbt_context, of.tbt_gen],
    ['azure_openai', true, 0.5, 2.5, 2, 0.0125, 0.02],
  );
  assert.deepEqual([second?.request_success, second?.ttft_latency, second?.e2e_latency], [false, null, null]);
});

test('samplesOf: failed calls only where they are wanted; of a call without tokens nobody knows whether it is one', () => {
  const calls = [CALL, THROTTLED, { ...CALL, generated_tokens: 0 }];
  assert.equal(samplesOf(combined(calls), true).length, 1);
  assert.equal(samplesOf(combined(calls), false).length, 3);
});

test('samplesOf: the round trip is taken off where the log says so, never below nothing, and not off the generation', () => {
  const ping = (ms: number) => `average ping to endpoint: ${ms}ms. the median`;
  const [less] = samplesOf(combined([CALL], ping(100)), false);
  assert.deepEqual([less?.ttft_latency, less?.e2e_latency, less?.gen_latency], [0.4, 2.4, 2]);
  const [none] = samplesOf(combined([CALL], ping(1_000)), false);
  assert.deepEqual([none?.ttft_latency, none?.e2e_latency], [0, 1.5]);
});

test('samplesOf: tables without calls, and cells that are none, have no row', () => {
  assert.deepEqual(
    samplesOf([{ filename: 'a' }, { raw_samples: 'x' }, { raw_samples: '{}' }, { raw_samples: '[1]' }], false),
    [],
  );
});

test('tableOf: the calls are in the last column, whichever row has them', () => {
  assert.match(tableOf([{ a: 1, raw_samples: '[]' }, { b: 2 }]), /^a,b,raw_samples\n1,,\[\]\n,2,\n$/);
});
