/** Finds the test files of a tree. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const TEST_FILE = /\.test\.ts$/;
const NOT_OURS = new Set(['node_modules', 'dist', 'golden']);

/** Every test file among and below the places that exist, relative to the root, with forward slashes, sorted. */
export function findTests(root: string, places: readonly string[]): string[] {
  return places
    .flatMap((place) => at(join(root, place)))
    .map((path) => relative(root, path).split(sep).join('/'))
    .sort();
}

function at(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isDirectory()) return below(path);
  return TEST_FILE.test(path) ? [path] : [];
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) || entry.name.startsWith('.') ? [] : below(path);
    return TEST_FILE.test(entry.name) ? [path] : [];
  });
}
