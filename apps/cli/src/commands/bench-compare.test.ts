import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RunReport } from '@spillway/bench';
import { runReport, summary } from '../bench/testing/run.ts';
import { EXIT, UsedWrongly } from '../exit.ts';
import { type CompareFlags, compare } from './bench-compare.ts';

const slow = summary({ rpm: 8, e2e: { ...summary().e2e, p50: 2, p95: 3 } });

function compared(t: TestContext, before: Partial<RunReport>, after: Partial<RunReport>, flags: CompareFlags = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = [join(folder, 'a.json'), join(folder, 'b.json')] as const;
  writeFileSync(files[0], JSON.stringify(runReport(before)));
  writeFileSync(files[1], JSON.stringify(runReport(after)));
  const written = { out: '', err: '' };
  const into = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
      return true;
    },
  });
  return { exit: compare(files, flags, into('out'), into('err')), ...written };
}

test('compare: exit 1 where the second is worse by more than may be', (t) => {
  const rows: ReadonlyArray<readonly [string, Partial<RunReport>, string | undefined, number]> = [
    ['the same', {}, '10%', EXIT.done],
    ['worse, not asked', { targets: [slow] }, undefined, EXIT.done],
    ['worse', { targets: [slow] }, '10%', EXIT.failed],
    ['worse, and allowed', { targets: [slow] }, '1.5', EXIT.done],
  ];
  for (const [name, after, failIfWorse, want] of rows) {
    const { exit, err } = compared(t, {}, after, failIfWorse === undefined ? {} : { failIfWorse });
    assert.equal(exit, want, name);
    assert.equal(
      /--fail-if-worse 10%: time to the end, p50: 1\.000 s before, 2\.000 s after/.test(err),
      want === EXIT.failed,
      name,
    );
  }
});

test('compare: a table, or one JSON object with all that the table says', (t) => {
  assert.match(
    compared(t, {}, { targets: [slow] }).out,
    /^A one\.example .*\nB one\.example .*\n.*time to the end, p50 +1\.000 s +2\.000 s +\+100\.0 % worse/s,
  );
  const { targets, worse } = JSON.parse(compared(t, {}, { targets: [slow] }, { json: true, failIfWorse: '10%' }).out);
  assert.equal(targets[0].differences.length, 13);
  assert.ok(worse.length >= 2);
});

test('compare: what makes the two unlike is said', (t) => {
  const { err } = compared(t, {}, { mode: 'open loop: 60', isValid: false, targets: [slow, slow] });
  for (const want of [/open loop and one in closed loop/, /the second run is invalid/, /only the first is compared/])
    assert.match(err, want);
});

test('compare: files that are no reports and shares that are none end with the way out', (t) => {
  assert.throws(
    () => compare(['/nowhere/a.json', 'b'], {}),
    (error) => error instanceof UsedWrongly && /cannot be read/.test(error.message),
  );
  for (const failIfWorse of ['1%', 'much', '-10%', ''])
    assert.throws(
      () => compared(t, {}, {}, { failIfWorse }),
      (error) => error instanceof UsedWrongly && /is no share from 5% on/.test(error.message),
      failIfWorse,
    );
});
