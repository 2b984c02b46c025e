/** From a list of jobs to the end of the process: run, tell, exit code. Shared by `check` and `test`. */
import { availableParallelism } from 'node:os';
import { endGroupsOnSignals } from './command.ts';
import { type Job, type OnDone, runJobs } from './jobs.ts';
import { merge, type Report, refuseEmpty, tell } from './report.ts';
import { sumLine } from './tally.ts';

/** Jobs at the same time: what the machine has, within reason; never one, because most of them wait a good deal. */
export function widthFor(processors: number): number {
  return Math.min(Math.max(processors, 2), 8);
}

/** Runs all jobs, prints the outcome on standard output and sets the exit code. */
export async function runEveryJob(jobs: readonly Job[], onDone: OnDone): Promise<void> {
  endGroupsOnSignals();
  const startedMs = performance.now();
  const reports = await runJobs(jobs, widthFor(availableParallelism()), onDone);
  const report = refuseEmpty(merge(reports));
  console.log(tell(report, (performance.now() - startedMs) / 1000).join('\n'));
  process.exitCode = report.tally.failed === 0 ? 0 : 1;
}

/** A line for each job as it ends, on standard error: for runs long enough that silence would look like a hang. */
export function showProgress(job: Job, report: Report, tookMs: number): void {
  console.error(progressLines(job, report, tookMs).join('\n'));
}

/** What failed is named at once, each in a line: the whole of it stands at the end, which a run that is cut short never prints. */
export function progressLines({ name }: Job, { tally, failures }: Report, tookMs: number): string[] {
  const head = `${tally.failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${sumLine(tally)} (${Math.round(tookMs / 1000)} s)`;
  return [head, ...failures.map((text) => `       ${text.split('\n', 1)[0]}`)];
}
