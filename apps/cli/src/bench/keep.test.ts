import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { UsedWrongly } from '../exit.ts';
import { askedBy, type BenchFlags } from './flags.ts';
import { GrowingFile, keepOf, WAITING_CHARS_MAX } from './keep.ts';
import { BENCH_FLAGS, LINE, PROGRESS, result, runReport } from './testing/run.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function keep(more: Partial<BenchFlags>) {
  const flags = { ...BENCH_FLAGS, ...more };
  return keepOf(flags, askedBy(flags).spec, Date.UTC(2026, 10, 21));
}

const NONE = { count: 0, broken: [] };

test('GrowingFile: what waits is written when it is too much, and at the end', (t) => {
  const path = join(folder(t), 'a');
  const file = new GrowingFile(path);
  file.write('x'.repeat(WAITING_CHARS_MAX - 1));
  assert.equal(readFileSync(path, 'utf8').length, 0);
  file.write('yz');
  assert.equal(readFileSync(path, 'utf8').length, WAITING_CHARS_MAX + 1);
  file.write('ü');
  file.close();
  assert.ok(readFileSync(path, 'utf8').endsWith('yzü'));
  assert.equal(file.problem, null);
});

test('GrowingFile: a full disk is a problem that is told, not the end', {
  skip: !existsSync('/dev/full') && 'no /dev/full',
}, () => {
  const file = new GrowingFile('/dev/full');
  file.write('x');
  file.close();
  assert.match(file.problem ?? '', /ENOSPC/);
});

test('keepOf: --out has calls as they come, and the report in two forms', (t) => {
  const out = join(folder(t), 'new');
  const kept = keep({ out });
  kept.add(result({ servedBy: 'east' }));
  kept.line(LINE, PROGRESS);
  assert.equal(readFileSync(join(out, 'calls.csv'), 'utf8').trimEnd().split('\n').length, 2, 'while it goes on');
  const told = kept.end(runReport(), NONE);
  assert.deepEqual(readdirSync(out).toSorted(), ['calls.csv', 'report.html', 'report.json']);
  assert.equal(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')).format, 'spillway-bench/1');
  assert.match(told.join('\n'), /report\.html is written, report\.json and calls\.csv beside it/);
});

test('keepOf: --log-save-dir has arguments, lines and end, and no secret', (t) => {
  const logSaveDir = folder(t);
  const kept = keep({ logSaveDir, endpoint: 'https://me:s3cret@one.example', rate: '60' });
  kept.line(LINE, PROGRESS);
  kept.line(LINE, { ...PROGRESS, phase: 'drain' });
  kept.interrupted();
  const told = kept.end(null, NONE);
  const [name = ''] = readdirSync(logSaveDir);
  assert.equal(name, '2026-11-21-00-00-00_chat_shape=balanced_clients=1000_rate=60.log');
  const text = readFileSync(join(logSaveDir, name), 'utf8');
  assert.match(
    text,
    /^Load test args: \{.*"rate":60.*\n\{"run_seconds".*\nwaiting for 2 requests to drain\n.*\ngot terminate signal.*\nfinished load test\n$/,
  );
  assert.doesNotMatch(text, /s3cret/);
  assert.match(told.join('\n'), /rate=60\.log is written/);
});

test('keepOf: a folder that cannot be written is told before anything is sent', (t) => {
  const file = join(folder(t), 'file');
  writeFileSync(file, '');
  for (const flags of [{ out: file }, { logSaveDir: file }])
    assert.throws(
      () => keep(flags),
      (error) => error instanceof UsedWrongly && /cannot be written/.test(error.message),
    );
});
