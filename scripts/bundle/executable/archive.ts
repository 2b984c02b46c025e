/** Files of a folder as one text of bytes: their list first, in JSON behind its length, then what is in them, one after the other. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

interface Entry {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
}

/** Bytes of the number in front of the list. */
const LENGTH = 4;

/** The same files make the same archive. */
export function packed(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const contents = paths.map((path) => readFileSync(path));
  const list: readonly Entry[] = paths.map((path, i) => ({
    path: relative(folder, path).split(sep).join('/'),
    bytes: contents[i]?.length ?? 0,
  }));
  const head = Buffer.from(JSON.stringify(list));
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(head.length);
  return gzipSync(Buffer.concat([length, head, ...contents]), { level: 9 });
}

/** Writes the files below the folder. Only for an archive that is our own: paths are taken as they are. */
export function unpack(archive: Uint8Array, folder: string): void {
  const all = gunzipSync(archive);
  const begin = LENGTH + all.readUInt32LE(0);
  const list: readonly Entry[] = JSON.parse(all.toString('utf8', LENGTH, begin));
  let at = begin;
  for (const { path, bytes } of list) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, all.subarray(at, at + bytes));
    at += bytes;
  }
}
