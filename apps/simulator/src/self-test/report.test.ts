import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAME_CHARS_MAX, type CheckResult, reportOf, shown, type Verdict } from './report.ts';

const FACTS = {
  url: 'http://127.0.0.1:9001',
  deployment: 'chat',
  embeddingDeployment: null,
  apiVersion: '2024-10-21',
  requests: 7,
  durationMs: 1234,
};

function results(...verdicts: readonly Verdict[]): readonly CheckResult[] {
  return verdicts.map((verdict) => ({ group: 'g', name: 'n', expected: 'e', source: 'wire §1', verdict, came: 'c' }));
}

const CASES: ReadonlyArray<readonly [name: string, verdicts: readonly Verdict[], summary: string, exitCode: 0 | 1]> = [
  ['all pass', ['pass', 'pass'], '2 checks: 2 pass', 0],
  ['what the other side lacks is no failure', ['pass', 'not supported'], '2 checks: 1 pass, 1 not supported', 0],
  ['one differs', ['pass', 'differs'], '2 checks: 1 pass, 1 differs', 1],
  ['one could not be run', ['pass', 'failed to run'], '2 checks: 1 pass, 1 failed to run', 1],
  ['nothing passed', ['not supported'], '1 checks: 0 pass, 1 not supported', 1],
];

for (const [name, verdicts, summary, exitCode] of CASES) {
  test(`reportOf: ${name}`, () => {
    const report = reportOf({ ...FACTS, checks: results(...verdicts) });
    assert.equal(report.summary, `${summary} (7 requests in 1.2 s)`);
    assert.equal(report.exitCode, exitCode);
  });
}

test('shown: one line, no control characters, not too long', () => {
  assert.equal(shown(' a\r\n\tb\u001b[31m '), 'a b [31m');
  assert.equal(shown('x'.repeat(CAME_CHARS_MAX)).length, CAME_CHARS_MAX);
  const cut = shown('x'.repeat(CAME_CHARS_MAX + 1));
  assert.equal(cut.length, CAME_CHARS_MAX);
  assert.ok(cut.endsWith('…'));
});
