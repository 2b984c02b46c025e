import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { Interaction } from './interaction.ts';
import { RecordingFile } from './recording-file.ts';
import { withFile } from './testing.ts';

function interaction(key: string, text = 'Grüße'): Interaction {
  return {
    version: 1,
    key,
    recordedMs: 1,
    resource: 'openai1',
    request: { method: 'POST', path: '/openai/x', query: '', body: '{}' },
    response: { status: 200, statusText: 'OK', headers: [['a', 'b']], headMs: 1.5, chunks: [{ ms: 2, text }] },
  };
}

function open(path: string, access: 'grows' | 'reads' = 'grows', bytesMax = 10_000) {
  const warnings: string[] = [];
  const file = new RecordingFile({ path, access, bytesMax, onWarning: (text) => warnings.push(text) });
  return { file, warnings };
}

async function written(path: string, ...keys: string[]): Promise<void> {
  const { file } = open(path);
  for (const key of keys) file.add(interaction(key));
  await file.flush();
}

test('RecordingFile: is made with its folders, for its owner alone, a line for each interaction', () =>
  withFile(async (path) => {
    await written(path, 'one', 'two');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(readFileSync(path, 'utf8').split('\n').length, 3);
    const { file } = open(path, 'reads');
    assert.deepEqual([file.size, [...file.keys()]], [2, ['one', 'two']]);
    assert.deepEqual(file.find('two'), interaction('two'));
    assert.equal(file.find('three'), undefined);
  }));

test('RecordingFile: is only appended to, and of one key the last counts', () =>
  withFile(async (path) => {
    await written(path, 'one');
    const before = readFileSync(path, 'utf8');
    const { file } = open(path);
    file.add(interaction('one', 'newer'));
    assert.deepEqual(file.find('one'), interaction('one', 'newer'), 'found before it is on disk');
    await file.flush();
    assert.ok(readFileSync(path, 'utf8').startsWith(before));
    assert.deepEqual(open(path).file.find('one'), interaction('one', 'newer'));
  }));

test('RecordingFile: wherever a crash tore the last line, those before it stay and recording goes on', () =>
  withFile(async (path) => {
    await written(path, 'one');
    const first = statSync(path).size;
    await written(path, 'two');
    const whole = readFileSync(path);
    for (let size = first; size < whole.length; size += 7) {
      writeFileSync(path, whole);
      truncateSync(path, size);
      const { file, warnings } = open(path);
      assert.equal(file.size, 1);
      assert.equal(warnings.length, size === first ? 0 : 1);
      file.add(interaction('three'));
      await file.flush();
      assert.deepEqual([...open(path).file.keys()], ['one', 'three']);
    }
  }));

test('RecordingFile: a torn line is left out and left alone where the file is only read', () =>
  withFile(async (path) => {
    await written(path, 'one');
    appendFileSync(path, '{"version":1,"ke');
    const bytes = statSync(path).size;
    const { file, warnings } = open(path, 'reads');
    assert.deepEqual([file.size, statSync(path).size], [1, bytes]);
    assert.match(warnings[0] ?? '', /recording\.jsonl: the last line is torn and left out/);
  }));

for (const [line, want] of [
  ['{', /recording\.file: .*recording\.jsonl:2: is no JSON; remove the line/],
  ['{"version":2}', /recording\.jsonl:2: is no interaction \(version: .*; remove the line/],
  ['{"version":1}', /recording\.jsonl:2: is no interaction \(key: /],
] as const) {
  test(`RecordingFile: refuses the line ${line}, and says where it stands`, () =>
    withFile(async (path) => {
      await written(path, 'one');
      appendFileSync(path, `${line}\n`);
      assert.throws(() => open(path), want);
    }));
}

test('RecordingFile: what is only read must be there', () =>
  withFile(async (path) => {
    assert.throws(() => open(path, 'reads'), /recording\.jsonl does not exist; record it first/);
  }));

test('RecordingFile: a file that is too large is refused', () =>
  withFile(async (path) => {
    await written(path, 'one', 'two');
    assert.throws(() => open(path, 'grows', 100), /has \d+ bytes, and may have 100; split it/);
  }));

test('RecordingFile: a full file takes nothing more, and says so once', () =>
  withFile(async (path) => {
    const bytes = Buffer.byteLength(`${JSON.stringify(interaction('one'))}\n`);
    const { file, warnings } = open(path, 'grows', 2 * bytes - 1);
    for (const key of ['one', 'two', 'six']) file.add(interaction(key));
    await file.flush();
    assert.equal(file.size, 1);
    assert.equal(statSync(path).size, bytes);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /is full with \d+ bytes, and nothing more is recorded; begin another file/);
  }));

test('RecordingFile: a disk that cannot be written is told of once, and answers are found all the same', () =>
  withFile(async (path) => {
    const { file, warnings } = open(path);
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(path);
    for (const key of ['one', 'two']) file.add(interaction(key));
    await file.flush();
    assert.equal(file.size, 2);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /recording\.jsonl: cannot be written \(EISDIR/);
  }));
