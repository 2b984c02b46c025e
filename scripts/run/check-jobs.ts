/** What `npm run check` looks at: everything that a change needs, and nothing that takes a port, a browser or another program. */
import { findTests } from './find.ts';
import type { Job } from './jobs.ts';
import { failure } from './report.ts';
import { HANG_MS, type Step, stepJob } from './step.ts';
import { testGroupJob } from './test-group.ts';

/** A unit test takes milliseconds; a file of them that takes this long hangs. */

/** Type checks, by project: pure packages without Node's types, programs with them, pages with those of a browser, then the tests of all. */
const PROJECTS = [
  'packages/protocol/tsconfig.json',
  'packages/policy/tsconfig.json',
  'packages/azure-model/tsconfig.json',
  'packages/config/tsconfig.json',
  'packages/rag/tsconfig.json',
  'tsconfig.json',
  'apps/simulator/src/page/client/tsconfig.json',
  'apps/chat/src/page/client/tsconfig.json',
  'apps/chat/src/page/widget/client/tsconfig.json',
  'tsconfig.test.json',
];

const STEPS: readonly Step[] = [
  {
    name: 'format and lint',
    command: ['biome', 'check', '--error-on-warnings', '.'],
    // Biome has no switch that makes an info an error; a tree in which infos pile up hides the next one.
    complaint: /^Found \d+ infos?\.$|\bDEPRECATED\b/m,
    remedy: 'npm run fix repairs what can be repaired',
  },
  ...PROJECTS.map((project): Step => ({ name: `types of ${project}`, command: ['tsc', '-p', project] })),
  {
    name: 'dead code and dependencies',
    command: ['knip', '--no-progress', '--treat-config-hints-as-errors'],
  },
  {
    name: 'generated documents',
    command: ['node', 'scripts/generate.ts', '--check'],
    remedy: 'npm run fix writes them anew',
  },
];

export function checkJobs(root: string): Job[] {
  return [
    ...STEPS.map((step) => stepJob(step, root)),
    ...testJobs(root, ['test/tidy', 'packages', 'apps', 'scripts', 'bench'], GROUP_FILES),
  ];
}

/** Files of unit tests that share a process: enough to save most starts, few enough that the lanes end together. */
const GROUP_FILES = 16;

/** Jobs for the test files below the folders, so many of them to a process. None at all is a failure: a check that looked at nothing has shown nothing. */
export function testJobs(root: string, folders: readonly string[], together = 1): Job[] {
  const paths = findTests(root, folders);
  const jobs: Job[] = [];
  for (let i = 0; i < paths.length; i += together) {
    jobs.push(testGroupJob({ paths: paths.slice(i, i + together), root, limitMs: HANG_MS }));
  }
  if (jobs.length > 0) return jobs;
  const text = `no file named *.test.ts below ${folders.join(', ')}`;
  return [{ name: 'tests', run: () => Promise.resolve(failure(text)) }];
}
