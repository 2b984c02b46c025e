/** The files of a repository as text by path: what a check is given, whether the files are real or a test's sample. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

/** Text by path: relative to the root, with forward slashes. */
export type Tree = ReadonlyMap<string, string>;

/** A sample tree for a test. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files));
}

/** Every file that .gitignore does not leave out. Binary files are there with empty text. */
function readTree(root: string): Tree {
  const ignored = ignoredBy(readFileSync(join(root, '.gitignore'), 'utf8'));
  return new Map(below(root, '', ignored).map((path) => [path, readText(join(root, path))]));
}

/** This repository, read once for each test process. */
export const THIS_TREE: Tree = readTree(join(import.meta.dirname, '..', '..'));

/** Paths that match any of the globs, sorted. */
export function pathsOf(tree: Tree, ...globs: readonly string[]): string[] {
  return [...tree.keys()].filter((path) => globs.some((glob) => matchesGlob(path, glob))).sort();
}

/**
 * Understands the two forms that our .gitignore uses: `name` or `*.ending` at any depth, and `folder/inner` from the root.
 * @throws on any other form, rather than reading files that git does not hold.
 */
export function ignoredBy(gitignore: string): (path: string) => boolean {
  const lines = gitignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines) {
    if (!/^[\w.*-][\w.*/-]*$/.test(line) || line.includes('**')) {
      throw new Error(`.gitignore: ${line}: test/tidy reads only names and plain paths; write it so, or teach it more`);
    }
  }
  const globs = lines.map((line) => line.replace(/\/$/, '')).map((line) => (line.includes('/') ? line : `**/${line}`));
  return (path) => path === '.git' || globs.some((glob) => matchesGlob(path, glob));
}

function below(root: string, folder: string, ignored: (path: string) => boolean): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (ignored(path)) return [];
    if (entry.isDirectory()) return below(root, path, ignored);
    return entry.isFile() ? [path] : [];
  });
}

function readText(path: string): string {
  const text = readFileSync(path, 'utf8');
  return text.includes('\0') ? '' : text;
}
