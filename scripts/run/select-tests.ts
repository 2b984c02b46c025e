/** From the arguments of `npm test` to the jobs to run. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { checkJobs, testJobs } from './check-jobs.ts';
import type { Job } from './jobs.ts';
import { HANG_MS } from './step.ts';
import { testFileJob } from './test-file.ts';

export type Selection =
  | { readonly kind: 'jobs'; readonly jobs: readonly Job[] }
  | { readonly kind: 'usage'; readonly text: string };

/**
 * @param root the repository.
 * @param folder where the caller stands: paths are meant from there, or else from the root.
 */
export function selectTests(root: string, folder: string, args: readonly string[]): Selection {
  if (args.length === 0) {
    return { kind: 'jobs', jobs: [...checkJobs(root), ...withLongestFirst(testJobs(root, sections(root)))] };
  }
  const found = args.map((arg) => ({ arg, path: [resolve(folder, arg), resolve(root, arg)].find(existsSync) }));
  const jobs: Job[] = [];
  for (const { arg, path } of found) {
    if (arg.startsWith('-') || path === undefined) return { kind: 'usage', text: usage(arg) };
    jobs.push(...jobsAt(root, path));
  }
  return { kind: 'jobs', jobs };
}

/** Minutes, nearly all of waiting: begun with those of its folder that wait as well, or the others would be done long before it. */
const LONGEST = 'test/e2e/lab-sockets.test.ts';

function withLongestFirst(jobs: readonly Job[]): readonly Job[] {
  const longest = jobs.filter(({ name }) => name === LONGEST);
  const others = jobs.filter(({ name }) => name !== LONGEST);
  const at = others.findIndex(({ name }) => dirname(name) === dirname(LONGEST));
  return at === -1 ? jobs : [...others.slice(0, at), ...longest, ...others.slice(at)];
}

/** Everything below test/ but tidy, which the check has run. */
function sections(root: string): string[] {
  const folder = join(root, 'test');
  const entries = existsSync(folder) ? readdirSync(folder) : [];
  return entries.filter((name) => name !== 'tidy').map((name) => `test/${name}`);
}

function jobsAt(root: string, path: string): Job[] {
  const name = relative(root, path);
  if (statSync(path).isDirectory()) return testJobs(root, [name]);
  return [testFileJob({ path: name, root, limitMs: HANG_MS })];
}

function usage(arg: string): string {
  return `${arg}: no such file or folder; give paths of tests, for example \`npm test -- test/e2e\`, or nothing to run all`;
}
