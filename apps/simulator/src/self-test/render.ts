/** A self-test's report for people, and for scripts. Pure. */
import type { CheckResult, SelfTestReport, Verdict } from './report.ts';

const MARKS: Readonly<Record<Verdict, string>> = {
  pass: 'pass         ',
  differs: 'DIFFERS      ',
  'not supported': 'not supported',
  'failed to run': 'FAILED TO RUN',
};

/** A line for each check; below it, unless it passed, what was expected, what came, and where that is written. */
export function renderSelfTest(report: SelfTestReport): string {
  const { url, deployment, embeddingDeployment, apiVersion, checks, summary } = report;
  const embedding = embeddingDeployment ?? 'none given';
  const lines = [`${url}  deployment ${deployment}, embeddings ${embedding}, api-version ${apiVersion}`];
  let group = '';
  for (const check of checks) {
    if (check.group !== group) lines.push('', check.group);
    group = check.group;
    lines.push(...linesOf(check));
  }
  return [...lines, '', summary, ''].join('\n');
}

function linesOf({ name, verdict, expected, came, source }: CheckResult): readonly string[] {
  const head = `  ${MARKS[verdict]}  ${name}`;
  if (verdict === 'pass') return [head];
  if (verdict !== 'differs') return [head, `      ${came}`];
  return [head, `      expected: ${expected} (${source})`, `      came:     ${came}`];
}

/** All that the table says, and more. */
export function selfTestJson(report: SelfTestReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
