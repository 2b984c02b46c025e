/**
 * Sources find other files by where they themselves are (`import.meta`), and in the bundle they are all in one folder. So each such
 * place is written anew: what is code became a script of its own, and what is not lies below that folder by its path in the checkout.
 */
import { dirname, join } from 'node:path/posix';

export interface Relocated {
  /** As many lines as before. */
  readonly text: string;
  /** Files and folders that the text refers to, by their paths in the checkout. */
  readonly assets: readonly string[];
  /** Code that it starts in threads, likewise. */
  readonly workers: readonly string[];
}

const BY_URL = /new URL\('([^']+)', import\.meta\.url\)/g;
const BY_FOLDER = /import\.meta\.dirname/g;
/** What may stay: a package is looked for from here, in the bundle in vain, and its absence is answered. */
const HARMLESS = /findPackageJSON\([^)]*import\.meta\.url\)/g;

/** @param path of the text in the checkout, with `/`. @throws where it finds its files in a way that is not known here. */
export function relocate(path: string, text: string): Relocated {
  const workers: string[] = [];
  const assets: string[] = [];
  const folder = dirname(path);
  const moved = text
    .replace(BY_URL, (_, target: string) => {
      const goal = join(folder, target);
      (goal.endsWith('.ts') ? workers : assets).push(goal);
      return `new URL('./${goal.endsWith('.ts') ? `${scriptName(goal)}.mjs` : goal}', import.meta.url)`;
    })
    .replace(BY_FOLDER, () => {
      assets.push(folder);
      return `(import.meta.dirname + '/${folder}')`;
    });
  const known = moved.replace(HARMLESS, '').replaceAll(/new URL\('\.\/[^']+', import\.meta\.url\)/g, '');
  const unknown = /import\.meta\.(?:url|filename|resolve)[^;]*/.exec(known);
  if (unknown !== null)
    throw new Error(`${path}: scripts/bundle/relocate.ts does not know what to make of ${unknown[0]}`);
  return { text: moved, assets, workers };
}

/** Of the script that code becomes which is started by itself: `apps/chat/src/ingest/worker.ts` is `chat-ingest-worker`. */
export function scriptName(path: string): string {
  return path
    .replace(/^apps\/([^/]+)\/src\//, '$1-')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-');
}
