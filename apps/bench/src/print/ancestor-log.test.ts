import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from '../measure/tally.ts';
import type { LoadFlags } from '../options.ts';
import { FLAGS } from '../testing/flags.ts';
import { AncestorLog, argumentsOf, logName } from './ancestor-log.ts';

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
      'finished load ',
    ],
  );
});
