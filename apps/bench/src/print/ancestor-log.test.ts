import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from '../measure/tally.ts';
import { call } from '../measure/testing.ts';
import type { LoadFlags } from '../options.ts';
import { FLAGS } from '../testing/flags.ts';
import { AncestorLog, argumentsOf, logName } from './ancestor-log.ts';
import { rowOfLog } from './combine.ts';

const AT_MS = Date.UTC(2026, 10, 21, 16, 4, 5);

test('logName: time, deployment, shape or replay, clients, rate; nothing in it leads out of its folder', () => {
  const rows: ReadonlyArray<readonly [Partial<LoadFlags>, string]> = [
    [{ rate: '60' }, '2026-11-21-16-04-05_chat_shape=balanced_clients=20_rate=60.log'],
    [{}, '2026-11-21-16-04-05_chat_shape=balanced_clients=20_rate=none.log'],
    [
      { contextGenerationMethod: 'replay', replayPath: '/some/where/talks.jsonl', arrivals: 'trace' },
      '2026-11-21-16-04-05_chat_replay=talks_clients=20_rate=trace.log',
    ],
    [{ deployment: '../../etc/passwd' }, '2026-11-21-16-04-05_-etc-passwd_shape=balanced_clients=20_rate=none.log'],
    [{ deployment: 'x'.repeat(300) }, `2026-11-21-16-04-05_${'x'.repeat(60)}_shape=balanced_clients=20_rate=none.log`],
  ];
  for (const [more, want] of rows) assert.equal(logName({ ...FLAGS, ...more }, 20, AT_MS), want);
});

test("argumentsOf: the ancestor's names, numbers as numbers, and no secret of an address", () => {
  const args = argumentsOf({
    endpoint: 'https://me:secret@one.example/?api-key=secret&x=1',
    maxTokens: '100',
    retry: 'none',
    preventServerCaching: 'true',
    failIf: ['a>1'],
  });
  assert.deepEqual(args, {
    api_base_endpoint: 'https://one.example/?api-key=…&x=1',
    max_tokens: 100,
    retry: 'none',
    prevent_server_caching: true,
    fail_if: ['a>1'],
  });
});

test('AncestorLog: arguments first, n/a for what is missing, the drain marked once before its first line', () => {
  let text = '';
  const log = new AncestorLog(
    (more) => {
      text += more;
    },
    { clients: 2 },
  );
  const line = new Tally({ targets: ['a'], windowMs: 60_000, startedAtMs: AT_MS }).line(1_000, 2);
  log.line(line, false);
  log.line(line, true);
  log.line(line, true);
  log.interrupted();
  log.end();
  const lines = text.trimEnd().split('\n');
  assert.equal(lines[0], 'Load test args: {"clients":2}');
  assert.deepEqual(JSON.parse(lines[1] ?? '').util, { avg: 'n/a', '95th': 'n/a' });
  assert.deepEqual(
    lines.map((each) => each.slice(0, 14)),
    [
      'Load test args',
      '{"run_seconds"',
      'waiting for 2 ',
      '{"run_seconds"',
      '{"run_seconds"',
      'got terminate ',
      'Raw call stats',
      'finished load ',
    ],
  );
});

function logged(write: (log: AncestorLog) => void, rawCharsMax?: number): string {
  let text = '';
  const log = new AncestorLog(
    (more) => {
      text += more;
    },
    {},
    rawCharsMax === undefined ? {} : { rawCharsMax },
  );
  write(log);
  log.end();
  return text;
}

const rawIn = (text: string): unknown => JSON.parse(/^Raw call stats: (.*)$/m.exec(text)?.[1] ?? 'null');

test("AncestorLog: each call at the end by the fork's names: seconds since 1970, percent, the exception; not those of the warm-up", () => {
  const text = logged((log) => {
    log.call(call({ phase: 'warmUp' }), AT_MS);
    log.call(call({ class: 'cancelled' }), AT_MS);
    log.call(call({ sentMs: 1_000, utilisation: 0.112 }), AT_MS);
    log.call(call({ status: 429, headMs: null, firstContentMs: null, completionTokens: 0, target: 1 }), AT_MS);
    log.call(call({ class: 'reset', status: 0, errorCode: 'ECONNRESET', headMs: null }), AT_MS);
  });
  const [first, second, third, ...more] = [rawIn(text)].flat();
  assert.deepEqual(first, {
    request_start_time: 1795277046,
    response_status_code: 200,
    response_time: 1795277046.05,
    first_token_time: 1795277046.1,
    response_end_time: 1795277047,
    context_tokens: 500,
    generated_tokens: 100,
    deployment_utilization: 11.2,
    calls: 1,
    last_exception: null,
  });
  const told = [second, third].map((one) =>
    ['response_status_code', 'last_exception', 'response_time', 'target'].map((name) => Object(one)[name]),
  );
  assert.deepEqual(told, [
    [429, 'throttled', null, 1],
    [0, 'ECONNRESET', null, undefined],
  ]);
  assert.deepEqual(more, []);
});

test("AncestorLog: contents by the fork's names, of whatever kind the request is", () => {
  const output = [{ role: 'assistant', content: 'a' }] as const;
  const messages = [{ role: 'user', content: 'q' }];
  const contents = (request: unknown) =>
    rawIn(logged((log) => log.call(call({ content: { request, output } }), AT_MS)));
  for (const [request, input] of [
    [{ messages, max_tokens: 5 }, messages],
    [{ input: 'q' }, 'q'],
    ['no json', 'no json'],
  ]) {
    const [one] = [contents(request)].flat();
    assert.deepEqual([Object(one).input_messages, Object(one).output_content], [input, output]);
  }
});

test('AncestorLog: calls beyond the bound of characters are counted, and the line stays whole', () => {
  const text = logged((log) => {
    for (let at = 0; at < 10; at++) log.call(call({ sentMs: at }), AT_MS);
  }, 1_000);
  const held = [rawIn(text)].flat().length;
  assert.ok(held > 0 && held < 5, `${held}`);
  assert.match(
    text,
    new RegExp(`\\ncalls above are the first ${held}; ${10 - held} more would be above 1000 characters`),
  );
});

test("AncestorLog: the round trip stands where the fork's tools look for it", () => {
  const text = logged((log) => log.roundTrip(0.0123456));
  const read = rowOfLog(`Load test args: {}\n${text}`, 'a.log', { point: 'final' });
  assert.equal(read.kind === 'rows' ? read.rows[0]?.latency_adjustment_seconds : null, 0.012346);
});
