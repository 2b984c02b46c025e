import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { LINE_CHARS_MAX, splitLines, textLines } from './text-lines.ts';

async function* parts(...texts: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

test('splitLines: the same lines however the bytes are cut, letters of several bytes included', async () => {
  const text = 'eins\r\nzwei ü\n\nvier 你';
  const bytes = Buffer.from(text);
  for (let at = 0; at <= bytes.length; at++) {
    const lines = await all(splitLines(parts(bytes.subarray(0, at), bytes.subarray(at))));
    assert.deepEqual(lines, ['eins', 'zwei ü', '', 'vier 你'], `cut at ${at}`);
  }
  assert.deepEqual(await all(splitLines(parts('a\n'))), ['a']);
});

test('splitLines: a line without end is cut at its limit, and does not grow in memory', async () => {
  const piece = 'x'.repeat(LINE_CHARS_MAX / 2);
  const lines = await all(splitLines(parts(piece, piece, piece, piece)));
  assert.deepEqual(
    lines.map((line) => line.length),
    [LINE_CHARS_MAX],
  );
});

test('textLines: plain and gzip alike, an empty file has none, a broken one throws', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-lines-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const packed = gzipSync('a\nb\n'.repeat(10_000));
  const rows: ReadonlyArray<readonly [name: string, bytes: Buffer, lines: number]> = [
    ['plain.log', Buffer.from('a\nb'), 2],
    ['packed.log', packed, 20_000],
    ['empty.log', Buffer.alloc(0), 0],
  ];
  for (const [name, bytes, count] of rows) {
    writeFileSync(join(folder, name), bytes);
    assert.equal((await all(textLines(join(folder, name)))).length, count, name);
  }
  writeFileSync(join(folder, 'broken.gz'), packed.subarray(0, packed.length / 2));
  await assert.rejects(all(textLines(join(folder, 'broken.gz'))), /unexpected end of file/);
  await assert.rejects(all(textLines(join(folder, 'gone.log'))), /ENOENT/);
});
