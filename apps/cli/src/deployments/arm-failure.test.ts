import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArmFailure, failureOf, failureText } from './arm-failure.ts';
import type { Asked } from './way-out.ts';

const AZURE: Asked = {
  isAzure: true,
  url: 'https://management.azure.com',
  subscription: 'sub',
  account: 'openai1',
  resourceGroup: 'group',
};

test('failureOf: reads what Azure says, in whatever part it says it', () => {
  const rows: ReadonlyArray<readonly [unknown, string, string, readonly string[]]> = [
    [
      { error: { code: 'A', message: 'b', details: [{ code: 'C', message: 'd' }, null, {}] } },
      'A',
      'b',
      ['C: d', '-: -'],
    ],
    [{ error: { code: ' ', message: 7, details: 'no list' } }, 'HTTP 400', 'the answer gives no message', []],
    [{ Message: 'no error' }, 'HTTP 400', 'the answer says no more than this', []],
    [null, 'HTTP 400', 'the answer says no more than this', []],
  ];
  for (const [body, code, message, details] of rows) {
    const failure = failureOf(body, 400);
    assert.deepEqual([failure.code, failure.message, failure.details, failure.status], [code, message, details, 400]);
  }
});

test('failureOf: keeps no more than a person reads', () => {
  const details = Array.from({ length: 50 }, () => ({ code: 'C', message: 'x'.repeat(10_000) }));
  const failure = failureOf({ error: { code: 'A', message: 'm'.repeat(10_000), details } }, 400);
  assert.deepEqual([failure.message.length, failure.details.length, failure.details[0]?.length], [2_000, 10, 2_003]);
});

test('failureText: code, message, details and the way out, a line each', () => {
  const text = failureText(new ArmFailure('RequestConflict', 'Wait.', 409, ['A: b']), AZURE);
  assert.match(text, /^error: RequestConflict: Wait\.\n {2}A: b\n {2}do: another change .*\n$/);
  assert.equal(failureText(new ArmFailure('Strange', 'Why.', 500), AZURE), 'error: Strange: Why.\n');
});

test('failureText: lets nothing steer the terminal, and breaks no command', () => {
  const text = failureText(new ArmFailure('A', `\u001b[2J${'word '.repeat(60)}`, 500, ['B: c\nd']), AZURE);
  assert.match(text, /^error: A: \?\[2Jword word .{200,}\n {2}B: c\?d\n$/);
});
