/** Lines of a file of any size: in pieces, unpacked where it is gzip, and never more than a line in memory. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** Longer ones are cut, which no record survives. Characters. */
export const LINE_CHARS_MAX = 1024 * 1024;

const GZIP_MAGIC = [0x1f, 0x8b];

/** @param file `-` is standard input. Throws where it cannot be read or unpacked. */
export async function* textLines(file: string): AsyncGenerator<string> {
  const source = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  yield* splitLines(unpacked(source));
}

async function* unpacked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const parts = source[Symbol.asyncIterator]();
  const first = await parts.next();
  if (first.done === true) return;
  const whole = rest(first.value, parts);
  if (!GZIP_MAGIC.every((byte, at) => first.value[at] === byte)) return yield* whole;
  yield* gunzipped(whole);
}

async function* rest(first: Buffer, parts: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await parts.next(); next.done !== true; next = await parts.next()) yield next.value;
}

async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { Readable } = await import('node:stream');
  const source = Readable.from(packed);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  yield* source.pipe(gunzip);
}

/** Without their ends; a last line without one counts, an empty one does not. */
export async function* splitLines(parts: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const part of parts) {
    const lines = (open + decoder.decode(part, { stream: true })).split('\n');
    open = (lines.pop() ?? '').slice(0, LINE_CHARS_MAX);
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  open += decoder.decode();
  if (open !== '') yield open;
}
