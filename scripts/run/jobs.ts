/** Runs jobs a few at a time. */
import { inspect } from 'node:util';
import { type Clock, systemClock } from '@spillway/clock';
import { failure, type Report } from './report.ts';

export interface Job {
  /** A step of the check, or the path of a test file. */
  readonly name: string;
  run(): Promise<Report>;
}

/** Called as each job ends, in the order in which they end, with the milliseconds that it took. */
export type OnDone = (job: Job, report: Report, tookMs: number) => void;

/**
 * @param width how many jobs run at the same time, 1 or more.
 * @returns the reports in the order of the jobs, whichever ended first; a job that throws has failed.
 */
export async function runJobs(
  jobs: readonly Job[],
  width: number,
  onDone: OnDone = () => {},
  clock: Clock = systemClock,
): Promise<Report[]> {
  const reports: Report[] = [];
  const queue = jobs.entries();
  const lane = async () => {
    for (const [index, job] of queue) {
      const startedMs = clock.nowMs();
      const report = await job.run().catch((error: unknown) => failure(`${job.name}\n${inspect(error)}`));
      reports[index] = report;
      onDone(job, report, clock.nowMs() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return reports;
}
