/** What a self-test found, as data: one result for each check, and the count of each verdict. Pure. */

/**
 * pass: as expected. differs: answered, but otherwise. not supported: the other side says that it does not have this, or was not
 * asked since no deployment for it was named. failed to run: nothing can be said (no connection, a limit, a 429, a bound of this run).
 */
export const VERDICTS = ['pass', 'differs', 'not supported', 'failed to run'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Finding {
  readonly verdict: Verdict;
  /** What came, for people; never a secret, never longer than {@link CAME_CHARS_MAX}. */
  readonly came: string;
}

export interface CheckResult extends Finding {
  readonly group: string;
  readonly name: string;
  readonly expected: string;
  /** Where the expectation is written: `wire §5.1`. */
  readonly source: string;
}

export interface SelfTestReport {
  /** As asked for, without credentials that stood in it. */
  readonly url: string;
  readonly deployment: string;
  readonly embeddingDeployment: string | null;
  readonly apiVersion: string;
  readonly checks: readonly CheckResult[];
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Requests sent. */
  readonly requests: number;
  readonly durationMs: number;
  readonly summary: string;
  /** 0: nothing differs and something passed. 1: something differs, or nothing could be said. */
  readonly exitCode: 0 | 1;
}

/** Longest text of what came, in UTF-16 units. */
export const CAME_CHARS_MAX = 160;

export type ReportFacts = Omit<SelfTestReport, 'counts' | 'summary' | 'exitCode'>;

export function reportOf(facts: ReportFacts): SelfTestReport {
  const counts = { pass: 0, differs: 0, 'not supported': 0, 'failed to run': 0 };
  for (const { verdict } of facts.checks) counts[verdict]++;
  const exitCode = counts.differs === 0 && counts['failed to run'] === 0 && counts.pass > 0 ? 0 : 1;
  return { ...facts, counts, summary: summaryOf(facts, counts), exitCode };
}

function summaryOf({ checks, requests, durationMs }: ReportFacts, counts: SelfTestReport['counts']): string {
  const shares = VERDICTS.filter((verdict) => verdict === 'pass' || counts[verdict] > 0);
  const said = shares.map((verdict) => `${counts[verdict]} ${verdict}`).join(', ');
  return `${checks.length} checks: ${said} (${requests} requests in ${(durationMs / 1000).toFixed(1)} s)`;
}

/** On one line, without control characters (a server's text must not steer a terminal), and not too long. */
export function shown(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length <= CAME_CHARS_MAX ? line : `${line.slice(0, CAME_CHARS_MAX - 1)}…`;
}
