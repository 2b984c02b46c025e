import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
  kept.add(result({ servedBy: 'east' }), 0);
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
    /^Load test args: \{.*"rate":60.*\n\{"run_seconds".*\nwaiting for 2 requests to drain\n.*\ngot terminate signal.*\nRaw call stats: \[\]\nfinished load test\n$/,
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

const CONTENT = { request: { messages: [{ role: 'user', content: 'private' }] }, output: null };

test('keepOf: prompts and answers only where that was asked for, in files of their own and their owner', (t) => {
  const path = folder(t);
  const [out, logSaveDir] = [join(path, 'out'), join(path, 'log')];
  const kept = keep({ out, logSaveDir, logRequestContent: true });
  kept.add(result({ sentMs: 7, content: CONTENT }), 0);
  kept.add(result({ class: 'cancelled' }), 0);
  const told = kept.end(runReport(), NONE).join('\n');
  const line = JSON.parse(readFileSync(join(out, 'contents.jsonl'), 'utf8'));
  assert.deepEqual(line, {
    target: 'one.example',
    phase: 'measure',
    sent_ms: 7,
    class: 'ok',
    status: 200,
    ...CONTENT,
  });
  const log = join(logSaveDir, readdirSync(logSaveDir)[0] ?? '');
  assert.match(
    readFileSync(log, 'utf8'),
    /"input_messages":\[\{"role":"user","content":"private"\}\],"output_content":null/,
  );
  for (const file of [log, join(out, 'contents.jsonl')]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
  for (const name of ['report.html', 'report.json', 'calls.csv'])
    assert.doesNotMatch(readFileSync(join(out, name), 'utf8'), /private/, name);
  assert.match(told, /contents\.jsonl is written/);
});

test('keepOf: without --log-request-content there is no file for contents', (t) => {
  const out = folder(t);
  keep({ out }).end(runReport(), NONE);
  assert.deepEqual(readdirSync(out).toSorted(), ['calls.csv', 'report.html', 'report.json']);
});

test('keepOf: the round trip is in the log where latencies are adjusted by it, as it was at first and in the end', (t) => {
  for (const [adjustForNetworkLatency, wanted] of [
    ['true', ['20', '20']],
    ['false', []],
  ] as const) {
    const logSaveDir = folder(t);
    const kept = keep({ logSaveDir, adjustForNetworkLatency });
    for (const _ of [1, 2]) kept.line(LINE, PROGRESS);
    kept.end(runReport(), NONE);
    const text = readFileSync(join(logSaveDir, readdirSync(logSaveDir)[0] ?? ''), 'utf8');
    assert.deepEqual(
      [...text.matchAll(/average ping to endpoint: ([\d.]+)ms/g)].map(([, ms]) => ms),
      wanted,
    );
  }
});
