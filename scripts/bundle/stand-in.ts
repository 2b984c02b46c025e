/** esbuild within the bundle: it can give out the builds that the bundle brought along, and no others. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EntryPoints, KEPT_FILE, type KeptBuilds, keyOf } from './kept-builds.ts';

const HERE = import.meta.dirname;

export async function build({ entryPoints }: { readonly entryPoints: EntryPoints }) {
  const kept: KeptBuilds = JSON.parse(await readFile(join(HERE, KEPT_FILE), 'utf8'));
  const key = keyOf(entryPoints, HERE);
  const found = kept[key];
  if (found === undefined) throw new Error(`this package was made without the page of ${key}`);
  const outputFiles = found.files.map(({ path, text }) => ({ path: join(HERE, path), contents: Buffer.from(text) }));
  return { outputFiles, metafile: { outputs: found.outputs } };
}

export async function stop(): Promise<void> {}
