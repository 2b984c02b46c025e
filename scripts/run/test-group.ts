/**
 * Runs several test files in one process, which costs as much to start as a file of unit tests takes to run. What is good is good; where
 * anything is not, each file runs again in a process of its own, so that what is reported is as exact as ever.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { endingText, runCommand } from './command.ts';
import type { Job } from './jobs.ts';
import { failure, merge, type Report } from './report.ts';
import { environment } from './step.ts';
import { parseReport, type TestReport } from './test-ending.ts';
import { foldEndings, REPORTER, testFileJob } from './test-file.ts';

export interface TestGroup {
  /** Relative to the root. */
  readonly paths: readonly string[];
  readonly root: string;
  /** Milliseconds for the group, and for each file alone. */
  readonly limitMs: number;
}

export function testGroupJob(group: TestGroup): Job {
  const { paths, root, limitMs } = group;
  return {
    name: paths.length === 1 ? (paths[0] ?? '') : `${paths[0]} and ${paths.length - 1} more`,
    async run() {
      const together = paths.length === 1 ? null : await runTogether(group);
      if (together !== null && together.wrong === null) return together.report;
      const alone: Report[] = [];
      for (const path of paths) alone.push(await testFileJob({ path, root, limitMs }).run());
      const report = merge(alone);
      if (report.tally.failed > 0 || paths.length === 1) return report;
      const text = `each passes alone, and not all do in one process: something outlives its test\n${paths.join('\n')}\n${together?.wrong}`;
      return merge([report, failure(text)]);
    },
  };
}

interface Together {
  readonly report: Report;
  /** What went wrong, in words; null where nothing did. */
  readonly wrong: string | null;
}

async function runTogether({ paths, root, limitMs }: TestGroup): Promise<Together> {
  const scratch = await mkdtemp(join(tmpdir(), 'spillway-test-'));
  const reportPath = join(scratch, 'report');
  const outcome = await runCommand({
    file: process.execPath,
    args: [
      '--test',
      '--test-isolation=none',
      `--test-reporter=${REPORTER}`,
      `--test-reporter-destination=${reportPath}`,
      ...paths,
    ],
    folder: root,
    env: environment(root),
    limitMs,
  });
  const report = parseReport(await readFile(reportPath, 'utf8').catch(() => ''));
  await rm(scratch, { recursive: true });
  const { ending } = outcome;
  const tests = foldEndings(report);
  const ended = ending.kind === 'exit' && ending.code === 0 && report.complete && hasAll(report, paths, root);
  if (ended && tests.tally.failed === 0) return { report: tests, wrong: null };
  return { report: tests, wrong: ['together:', endingText(ending), ...tests.failures].join('\n') };
}

/** A file without a test has shown nothing; Node makes up one for it, named like the file. */
function hasAll({ endings }: TestReport, paths: readonly string[], root: string): boolean {
  const seen = new Set(endings.filter(({ name, file }) => resolve(root, name) !== file).map(({ file }) => file));
  return paths.every((path) => seen.has(resolve(root, path)));
}
