/** Lines and figures as people read them: 80 columns, the ancestor's names, seconds. */
import { differences } from '../measure/difference.ts';
import type { Line, RunReport, Spread, TargetSummary } from '../measure/report.ts';
import { comparisonLines } from './comparison.ts';
import { minuteRows, missingOf } from './monitor-rows.ts';
import {
  answersOf,
  failuresText,
  hedgesText,
  kneeText,
  numberText,
  percentText,
  queueText,
  STOPPED,
  secondsText,
} from './words.ts';

/** As azure-openai-benchmark printed it: name and value in columns. */
export function lineText(line: Line): string {
  const { tpm, e2e, ttft, tbt, util } = line;
  return [
    field('time', line.timestamp.slice(11, 19), 8),
    field('rpm', line.rpm, 7),
    field('processing', line.processing, 4),
    field('completed', line.completed, 6),
    field('failures', line.failures, 5),
    field('throttled', line.throttled, 5),
    field('tpm', tpm.total, 9),
    field('ttft_avg', ttft.avg, 6),
    field('ttft_95th', ttft['95th'], 6),
    field('tbt_avg', tbt.avg, 6),
    field('e2e_avg', e2e.avg, 6),
    field('e2e_95th', e2e['95th'], 6),
    field('util_avg', util.avg, 6),
  ].join(' ');
}

function field(name: string, value: string | number | null, width: number): string {
  return `${name}: ${String(value ?? 'n/a').padEnd(width)}`;
}

/** The whole report, for the end of a run. */
export function reportText(report: RunReport): string {
  const { targets, warnings, stopped, steady, sender, cost } = report;
  const lines = [...targets.flatMap((target) => targetLines(target)), ...sideBySide(targets), ...monitorLines(report)];
  lines.push('', steady.isSteady ? `steady from ${steady.sinceSeconds} s on` : `not steady: ${steady.why}`);
  const knee = kneeText(report);
  if (knee !== null) lines.push(knee);
  if (cost !== null) lines.push(`cost ${cost.amount.toFixed(4)} ${cost.currency} (prices as of ${cost.asOf})`);
  lines.push(
    `this program: ${(sender.cpuMs / 1_000).toFixed(1)} s of CPU, sends at most ${Math.round(sender.lagMsMax)} ms late${queueText(sender)}`,
  );
  if (stopped !== 'ended') lines.push(`ended early: ${STOPPED[stopped]}`);
  for (const warning of warnings) lines.push(`warning: ${warning}`);
  if (!report.isValid) lines.push('INVALID: the sender was late');
  return `${lines.join('\n')}\n`;
}

function sideBySide([a, b]: RunReport['targets']): readonly string[] {
  return a === undefined || b === undefined ? [] : ['', ...comparisonLines([a.name, b.name], differences(a, b))];
}

/** The run as a whole: minute by minute it stands in the report. */
function monitorLines(report: RunReport): readonly string[] {
  const { monitor } = report;
  if (monitor === null) return [];
  const rows = minuteRows(report);
  const total = (side: 'ours' | 'theirs', name: 'calls' | 'promptTokens' | 'completionTokens') =>
    numberText(rows.reduce((sum, row) => sum + (row[side][name] ?? 0), 0));
  const figures = (side: 'ours' | 'theirs') =>
    `${total(side, 'calls')} calls, ${total(side, 'promptTokens')} prompt tokens, ${total(side, 'completionTokens')} generated tokens`;
  if (rows.length === 0) return ['', monitor.source];
  const missing = missingOf(monitor.minutes);
  return [
    '',
    `${monitor.source}: ${figures('theirs')}`,
    `counted here: ${figures('ours')}`,
    ...(missing.length === 0 ? [] : [`not told until the end: ${missing.join(', ')}`]),
  ];
}

const COLUMNS = ['avg', 'p50', 'p90', 'p95', 'p99', 'max'] as const;

function targetLines(target: TargetSummary): string[] {
  const { tokens } = target;
  return [
    '',
    target.name,
    `  ${numberText(answersOf(target))} answers in ${numberText(target.seconds)} s: ${numberText(target.rpm)} per minute, ${numberText(Math.round(target.tpm.total))} tokens per minute`,
    `  ${numberText(tokens.prompt)} prompt tokens (${numberText(tokens.cached)} cached), ${numberText(tokens.completion)} answer tokens`,
    `  ${failuresText(target)}; ${numberText(target.attempts)} attempts, ${numberText(target.attempts429)} of them refused with 429${hedgesText(target)}`,
    ...servedLines(target),
    '',
    `  ${'seconds'.padEnd(26)}${COLUMNS.map((name) => name.padStart(8)).join('')}`,
    row('first word', target.ttft),
    row('  from intended moment', target.ttftIntended),
    row('end', target.e2e),
    row('  from intended moment', target.e2eIntended),
    row('between chunks', target.gap),
    ...networkRows(target),
    ...(target.utilisation.count > 0 ? [row('utilisation, percent', target.utilisation, 100)] : []),
  ];
}

/** Backends that a terminal names; the report has all. */
const BACKENDS_SHOWN = 6;

/** Who answered, where gateway or Azure say it, and how much went beyond a provisioned deployment. */
function servedLines(target: TargetSummary): readonly string[] {
  const { servedBy, spilledOver } = target;
  const answered = Object.values(servedBy).reduce((sum, count) => sum + count, 0);
  const backends = Object.entries(servedBy).toSorted(([, a], [, b]) => b - a);
  const shown = backends.slice(0, BACKENDS_SHOWN).map(([name, count]) => `  ${name}: ${shareText(count, answered)}`);
  const more = backends.length - shown.length;
  return [
    ...(shown.length === 0 ? [] : [`  ${numberText(answered)} answers by:`, ...shown.map((line) => `  ${line}`)]),
    ...(more > 0 ? [`    and ${numberText(more)} more, in the report`] : []),
    ...(spilledOver === 0
      ? []
      : [`  spilled over to another deployment: ${shareText(spilledOver, answersOf(target))}`]),
  ];
}

function shareText(count: number, of: number): string {
  return `${numberText(count)} (${percentText(count / Math.max(1, of))})`;
}

/** What of it is the network's, and, where that was asked for, what is left without it. */
function networkRows({ network, adjusted }: TargetSummary): readonly string[] {
  const { to, connect, tls } = network;
  if (connect.count === 0) return [];
  return [
    row('network, round trip, ms', connect, 1_000),
    ...(tls.count > 0 ? [row('network, TLS, ms', tls, 1_000)] : []),
    `  (to ${to} and no further, ${numberText(connect.count)} times)`,
    ...(adjusted.ttft.count > 0 ? [row('first word, adjusted', adjusted.ttft)] : []),
    ...(adjusted.e2e.count > 0
      ? [row('end, adjusted', adjusted.e2e), '  (adjusted: less the median round trip, never below 0)']
      : []),
  ];
}

function row(name: string, spread: Spread, times = 1): string {
  const cells = COLUMNS.map((column) => {
    const value = spread[column];
    return secondsText(value === null ? null : value * times).padStart(8);
  });
  return `  ${name.padEnd(26)}${cells.join('')}`;
}
