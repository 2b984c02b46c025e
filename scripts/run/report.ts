/** What a job found, how reports add up, and how the whole is told: quiet when all is well, exact when it is not. */
import { FAILED, sum, sumLine, type Tally } from './tally.ts';

export interface Report {
  readonly tally: Tally;
  /** Each a block of text: what failed, what was seen, the command that shows more. */
  readonly failures: readonly string[];
  /** Each one line: what was skipped, and why. */
  readonly skips: readonly string[];
}

export function failure(text: string): Report {
  return { tally: FAILED, failures: [text], skips: [] };
}

export function merge(reports: readonly Report[]): Report {
  return {
    tally: sum(reports.map((report) => report.tally)),
    failures: reports.flatMap((report) => report.failures),
    skips: reports.flatMap((report) => report.skips),
  };
}

/** A run in which nothing was tried has shown nothing: it fails, so that a mistyped path or a lost folder is seen. */
export function refuseEmpty(report: Report): Report {
  const { passed, failed } = report.tally;
  if (passed + failed > 0) return report;
  return merge([report, failure('Nothing was run: no test passed or failed, so this run shows nothing.')]);
}

/** The lines of the whole run; the last one is the sum. */
export function tell(report: Report, seconds: number): string[] {
  return [
    ...report.failures.flatMap((text) => [`FAILED ${text.trimEnd()}`, '']),
    ...report.skips.map((text) => `skipped: ${text}`),
    `${seconds.toFixed(1)} seconds`,
    sumLine(report.tally),
  ];
}
