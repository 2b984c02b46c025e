/** What a check of the tree says. A check that looked at nothing fails, however little it found. */
import assert from 'node:assert/strict';

export interface Verdict {
  /** Things looked at: files, links, entries. */
  readonly seen: number;
  /** One line each: place, what is wrong, the rule, the way out. */
  readonly findings: readonly string[];
}

export function verdict(seen: number, findings: readonly string[]): Verdict {
  return { seen, findings };
}

/** @param seenMin well below what the tree holds today, well above what a broken search would find. */
export function assertTidy({ seen, findings }: Verdict, seenMin: number): void {
  const blind = seen < seenMin ? [`looked at ${seen} things, expected ${seenMin} or more: is the search broken?`] : [];
  const problems = [...findings, ...blind];
  if (problems.length > 0) assert.fail(`\n${problems.join('\n')}\n`);
}

/** For the test that shows a check can fail: findings and patterns pair up, in order. */
export function assertFindings({ findings }: Verdict, patterns: readonly RegExp[]): void {
  if (findings.length !== patterns.length)
    assert.fail(`expected ${patterns.length} findings:\n${findings.join('\n')}\n`);
  for (const [index, pattern] of patterns.entries()) assert.match(findings[index] ?? '', pattern);
}

/** Exceptions to a rule, each with its reason. One that is no longer needed is a finding: a stale list hides the next breach. */
export type Exceptions = Readonly<Record<string, string>>;

export function staleExceptions(table: string, exceptions: Exceptions, used: ReadonlySet<string>): string[] {
  return Object.keys(exceptions)
    .filter((key) => !used.has(key))
    .map((key) => `${table}: ${key} needs no exception any more; take it out of the table`);
}
