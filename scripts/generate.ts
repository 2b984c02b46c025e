/** Writes the generated documents; with `--check` it writes nothing and exits 1, naming each one that is not current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { DOCUMENTS } from './documents.ts';

const ROOT = new URL('../', import.meta.url);

/** @returns null for a file that is not there. */
function stored(path: string): string | null {
  try {
    return readFileSync(new URL(path, ROOT), 'utf8');
  } catch {
    return null;
  }
}

const stale = DOCUMENTS.filter(({ path, content }) => stored(path) !== content());

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is not current; run: node scripts/generate.ts`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, content } of stale) writeFileSync(new URL(path, ROOT), content());
  for (const { path } of stale) console.error(`${path} written`);
}
