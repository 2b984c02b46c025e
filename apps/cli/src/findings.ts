/** What `check --connect` found out, in lines. Pure: only types come from the gateway. */
import type { ConnectFinding, ConnectStep } from '@spillway/gateway';
import { wrap } from './lines.ts';

const COLUMNS = 100;
const VERDICT = 6;

/** Quiet where all is well; where it is not, what was asked, what came back, and the way out. */
export function findingText(finding: ConnectFinding): string {
  const { verdict, deployment, model, durationMs, steps } = finding;
  const head = `${verdict.padEnd(VERDICT)}${deployment}${model === null ? '' : `  ${model}`}  ${Math.round(durationMs)} ms`;
  if (verdict === 'ok') return `${head}\n`;
  const details = [
    ...steps.filter((step) => step.verdict !== 'ok').map(stepText),
    `asked: ${finding.asked}`,
    `answered: ${finding.answered}`,
    ...(finding.wayOut === null ? [] : [`do: ${finding.wayOut}`]),
  ];
  const lines = details.flatMap((detail) => wrap(detail, COLUMNS - VERDICT));
  return [head, ...lines.map((line) => `${' '.repeat(VERDICT)}${line}`), ''].join('\n');
}

function stepText({ name, text }: ConnectStep): string {
  return `${name}: ${text}`;
}

export function findingsText(findings: readonly ConnectFinding[]): string {
  const count = (verdict: ConnectFinding['verdict']) => findings.filter((each) => each.verdict === verdict).length;
  const parts = [`${count('ok')} ok`, `${count('warn')} with a warning`, `${count('fail')} failed`];
  return `${findings.length} asked: ${parts.join(', ')}.\n`;
}
