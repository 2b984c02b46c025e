/** Runs one test file in a process of its own and counts what it did, exactly: what the process leaves unsaid is a failure. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ending, endingText, type Outcome, runCommand } from './command.ts';
import type { Job } from './jobs.ts';
import { failure, merge, type Report } from './report.ts';
import { environment } from './step.ts';
import { FAILED, NOTHING, PASSED, SKIPPED } from './tally.ts';
import { parseReport, type TestEnding, type TestReport } from './test-ending.ts';

export const REPORTER = new URL('./reporter.ts', import.meta.url).href;
const QUIET: Report = { tally: NOTHING, failures: [], skips: [] };

export interface TestFile {
  /** Relative to the root. */
  readonly path: string;
  readonly root: string;
  /** Milliseconds for the whole file. */
  readonly limitMs: number;
}

export function testFileJob(file: TestFile): Job {
  return {
    name: file.path,
    async run() {
      const scratch = await mkdtemp(join(tmpdir(), 'spillway-test-'));
      const reportPath = join(scratch, 'report');
      const outcome = await runCommand({
        file: process.execPath,
        args: [`--test-reporter=${REPORTER}`, `--test-reporter-destination=${reportPath}`, file.path],
        folder: file.root,
        env: environment(file.root),
        limitMs: file.limitMs,
      });
      const text = await readFile(reportPath, 'utf8').catch(() => '');
      await rm(scratch, { recursive: true });
      return fold(file.path, parseReport(text), outcome);
    },
  };
}

/** Everything that is known of a test file's run, as counts and words. */
export function fold(path: string, report: TestReport, outcome: Outcome): Report {
  const tests = foldEndings(report, path);
  const why = wrongWithFile(report, tests, outcome.ending);
  if (why === null && tests.tally.failed === 0) return tests;
  const said = [...report.notes, outcome.output.trimEnd()].join('\n').trimEnd();
  const details = [...(said === '' ? [] : ['its output:', said]), `more: npx node --test ${path}`].join('\n');
  const whole = why === null ? { ...QUIET, failures: [`${path}\n${details}`] } : failure(`${path}: ${why}\n${details}`);
  return merge([tests, whole]);
}

/** @param path shown for each; absent: as the endings say. */
export function foldEndings({ endings }: TestReport, path?: string): Report {
  return merge(endings.map((ending) => ofEnding(path ?? ending.file ?? '', ending)));
}

function ofEnding(path: string, ending: TestEnding): Report {
  const where = `${path}:${ending.line ?? 0}: ${ending.name}`;
  if (ending.skip !== null) return skipped(where, ending.skip === '' ? 'no reason given' : ending.skip);
  if (ending.todo !== null) return skipped(where, `to do: ${ending.todo}`);
  if (ending.kind === 'suite' && (ending.passed || ending.byChild)) return QUIET;
  if (ending.passed) return { ...QUIET, tally: PASSED };
  if (ending.byChild) return { ...QUIET, tally: FAILED };
  return failure(`${where}\n${ending.error}`);
}

function skipped(where: string, reason: string): Report {
  return { tally: SKIPPED, failures: [], skips: [`${where}: ${reason}`] };
}

/** What failed that no test tells of, or null. */
function wrongWithFile({ complete, endings }: TestReport, tests: Report, ending: Ending): string | null {
  if (ending.kind === 'late') return `${endingText(ending)} (a test hangs, or something holds the process open)`;
  if (ending.kind !== 'exit') return endingText(ending);
  if (!complete && (endings.length > 0 || ending.code !== 0)) {
    return `the process ended before its tests were done (${endingText(ending)})`;
  }
  if (endings.length === 0) return 'holds no test, or called process.exit before one was done';
  if (ending.code !== 0 && tests.tally.failed === 0) return `${endingText(ending)}, though each test passed`;
  return null;
}
