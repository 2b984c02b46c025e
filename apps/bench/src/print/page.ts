/** The report of a run as one HTML file: no script, nothing from elsewhere, so that it can be mailed, kept and printed. */
import { createHash } from 'node:crypto';
import {
  type Child,
  documentOf,
  element,
  FIGURE_STYLE,
  figure,
  grouped,
  type Markup,
  PAGE_STYLE,
} from '@spillway/drawing';
import { differences } from '../measure/difference.ts';
import type { RunReport, Spread, TargetSummary } from '../measure/report.ts';
import { distributionPlot } from './distribution-plot.ts';
import { type MinuteFigures, minuteRows, missingOf } from './monitor-rows.ts';
import { pairs, table } from './page-parts.ts';
import { REPORT_STYLE } from './page-style.ts';
import { timePlots } from './time-plots.ts';
import {
  answersOf,
  ENDINGS,
  endedOf,
  failuresText,
  figureText,
  hedgesText,
  kneeText,
  millisecondsText,
  numberText,
  percentText,
  queueText,
  ratioText,
  STOPPED,
  secondsText,
  verdictText,
} from './words.ts';

/** What was demanded of the run. */
export interface Demands {
  /** How many conditions there were. */
  readonly count: number;
  /** Those that did not hold, in words. */
  readonly broken: readonly string[];
}

export function pageOf(report: RunReport, demands: Demands): string {
  const style = FIGURE_STYLE + PAGE_STYLE + REPORT_STYLE;
  const title = `Spillway benchmark: ${report.targets.map(({ name }) => name).join(' and ')}`;
  const body = [header(report, demands, title), main(report)];
  return documentOf({ title, style, styleHash: createHash('sha256').update(style).digest('base64'), body });
}

function header(report: RunReport, demands: Demands, title: string): Markup {
  const { mode, startedAt, madeBy, warnings, stopped, steady } = report;
  const knee = kneeText(report);
  const notes = [
    ...(knee === null ? [] : [knee]),
    ...(stopped === 'ended' ? [] : [`ended early: ${STOPPED[stopped]}`]),
    ...demands.broken.map((text) => `--fail-if ${text}`),
    ...warnings,
  ];
  const state = steady.isSteady
    ? `Steady from ${numberText(steady.sinceSeconds ?? 0)} s on.`
    : `Not steady: ${steady.why}.`;
  return element(
    'header',
    {},
    element('p', { class: 'mode' }, sentence(mode)),
    element('h1', {}, title),
    verdict(report, demands),
    notes.length === 0
      ? null
      : element(
          'ul',
          { class: 'warnings' },
          notes.map((text) => element('li', {}, text)),
        ),
    element('p', { class: 'soft' }, `${startedAt.replace('T', ' ').slice(0, 19)} UTC, ${madeBy}. ${state}`),
  );
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function verdict({ isValid, targets }: RunReport, { count, broken }: Demands): Markup {
  const bad = (text: string) => element('p', { class: 'verdict missed' }, `✗ ${text}`);
  if (!isValid) return bad('The sender itself was late: the figures say nothing of the server.');
  const silent = targets.find((target) => answersOf(target) === 0);
  if (silent !== undefined) return bad(`${silent.name} answered nothing: ${failuresText(silent)}.`);
  if (broken.length > 0)
    return bad(count === 1 ? 'The demand is missed.' : `${broken.length} of ${count} demands are missed.`);
  const held = count === 0 ? '' : ` ${count === 1 ? 'The demand holds.' : `All ${count} demands hold.`}`;
  const texts = targets.map((target) => (targets.length > 1 ? `${target.name}: ` : '') + outcomeText(target));
  // Refusals may be just what was looked for: without demands they are neither good nor bad.
  const isGood = count > 0 || targets.every((target) => endedOf(target) === answersOf(target));
  return element(
    'p',
    { class: isGood ? 'verdict holds' : 'verdict' },
    `${isGood ? '✓ ' : ''}${texts.join('; ')}.${held}`,
  );
}

/** `95 of 375 calls were answered, 280 refused with 429`. */
function outcomeText(target: TargetSummary): string {
  const [answers, ended] = [answersOf(target), endedOf(target)];
  if (answers === ended) return `all ${grouped(ended)} calls were answered`;
  return `${grouped(answers)} of ${grouped(ended)} calls were answered, ${failuresText(target)}`;
}

function main(report: RunReport): Markup {
  const { targets } = report;
  return element(
    'main',
    {},
    sideBySide(targets),
    targets.map((target, index) => targetSection(report, target, index)),
    monitorSection(report),
    costSection(report),
    element('h2', {}, 'How it was called'),
    pairs(
      'run',
      Object.entries(report.run).map(([name, value]) => [flagOf(name), told(value)]),
    ),
    senderLine(report),
    element(
      'footer',
      { class: 'soft' },
      'Made by spillway bench load. report.json holds every figure, calls.csv every call.',
    ),
  );
}

/** `maxTokens` → `--max-tokens`, as it was written. */
function flagOf(name: string): string {
  return name === 'endpoint' ? name : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function told(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function targetSection({ series }: RunReport, target: TargetSummary, index: number): Markup {
  const plots = timePlots(
    series.filter((point) => point.target === index),
    target.name,
  );
  const spread = distributionPlot(target);
  return element(
    'section',
    {},
    element('h2', {}, target.name),
    tiles(target),
    element(
      'div',
      { class: 'beside' },
      element(
        'div',
        {},
        element('h3', {}, 'Latency'),
        latencyTable(target),
        networkNote(target),
        element('h3', {}, 'Calls'),
        callsTable(target),
      ),
      spread === null ? null : figure(spread, `${target.name}: how latency is spread`),
    ),
    shares(target),
    element('h3', {}, 'Over time'),
    element(
      'p',
      { class: 'soft' },
      'Shaded: the warm-up, which is in no figure above, and the end, when nothing was sent any more.',
    ),
    plots.length === 0 ? element('p', {}, 'Nothing was sent.') : element('div', { class: 'figures' }, plots),
  );
}

function tiles(target: TargetSummary): Markup {
  const { rpm, tpm, ttft, e2eIntended, utilisation, calls } = target;
  const ended = endedOf(target);
  const value = (text: string, unit: string): Child => [text, ' ', element('span', { class: 'unit' }, unit)];
  const rows: ReadonlyArray<readonly [string, Child]> = [
    ['answers', value(numberText(rpm), 'per minute')],
    ['tokens', value(numberText(Math.round(tpm.total)), 'per minute')],
    ['first word, p95', value(secondsText(ttft.p95), 's')],
    ['end, p95, from intended moment', value(secondsText(e2eIntended.p95), 's')],
    ['refused with 429', value(ended === 0 ? '–' : percentText(calls.throttled / ended), `of ${grouped(ended)} calls`)],
    ...(utilisation.count === 0
      ? []
      : [['utilisation, p95', value(secondsTextOf(utilisation.p95, 100), '%')] as const]),
  ];
  return pairs('tiles', rows);
}

function timesOf(value: number | null, times: number): number | null {
  return value === null ? null : value * times;
}

function secondsTextOf(value: number | null, times: number): string {
  return value === null ? '–' : (value * times).toFixed(1);
}

const COLUMNS = ['avg', 'min', 'p50', 'p90', 'p95', 'p99', 'max'] as const;

function latencyTable(target: TargetSummary): Markup {
  const rows: ReadonlyArray<readonly [name: string, Spread, times?: number]> = [
    ['first word, from the send', target.ttft],
    ['first word, from intended moment', target.ttftIntended],
    ['end, from the send', target.e2e],
    ['end, from intended moment', target.e2eIntended],
    ["answer's head", target.head],
    ['between chunks', target.gap],
    ['network, round trip, in ms', target.network.connect, 1_000],
    ['network, TLS handshake, in ms', target.network.tls, 1_000],
    ['first word, adjusted', target.adjusted.ttft],
    ['first word, from intended moment, adjusted', target.adjusted.ttftIntended],
    ['end, adjusted', target.adjusted.e2e],
    ['end, from intended moment, adjusted', target.adjusted.e2eIntended],
  ];
  const known = rows.filter(([, { count }]) => count > 0);
  if (target.e2e.count === 0) return element('p', {}, 'No answer, so there is no latency.');
  return table({
    label: `Latency of ${target.name}`,
    heads: ['seconds', ...COLUMNS, 'measured'],
    rows: known.map(([name, spread, times = 1]) => [
      name,
      ...COLUMNS.map((column) => secondsText(timesOf(spread[column], times))),
      grouped(spread.count),
    ]),
  });
}

/** How far the measured network reaches, and what was done with it. */
function networkNote({ network, adjusted }: TargetSummary): Child {
  const { to, connect, failed } = network;
  if (connect.count === 0) return null;
  const lost = failed === 0 ? '' : ` ${grouped(failed)} more tries to connect failed.`;
  const less =
    adjusted.e2e.count === 0
      ? 'Nothing is taken off the latencies.'
      : `Adjusted figures are those above them less the median round trip, ${millisecondsText(connect.p50)}, never below 0; all else is as it was measured.`;
  const text = `The network’s round trip is the time of a TCP connect to ${to}, and no further: what lies behind a gateway or a proxy is not in it.${lost} ${less}`;
  return element('p', { class: 'soft' }, text);
}

function callsTable(target: TargetSummary): Markup {
  const { calls, attempts, attempts429, tokens, cachedShare, retryWaitSeconds, contextTokens, genTokens } = target;
  const failed = Object.entries(ENDINGS).flatMap(([name, text]) => {
    const count = calls[name as keyof typeof ENDINGS];
    return count > 0 ? [[text, grouped(count)] as const] : [];
  });
  const average = (spread: Spread) => (spread.avg === null ? '' : `, ${numberText(spread.avg)} per answer`);
  const rows: ReadonlyArray<readonly [string, Child]> = [
    ['answered', grouped(answersOf(target))],
    ...(calls.length > 0 ? [['of these cut by their bound of tokens', grouped(calls.length)] as const] : []),
    ...failed,
    ['attempts', `${grouped(attempts)}, of them ${grouped(attempts429)} refused with 429${hedgesText(target)}`],
    ...(retryWaitSeconds > 0 ? [['waited between attempts', `${numberText(retryWaitSeconds)} s`] as const] : []),
    ['prompt tokens', `${grouped(tokens.prompt)}${average(contextTokens)}`],
    ['of these from the cache', `${grouped(tokens.cached)} (${percentText(cachedShare)})`],
    ['answer tokens', `${grouped(tokens.completion)}${average(genTokens)}`],
    ['tokens told by', tokensFrom(target)],
  ];
  return table({ label: `Calls of ${target.name}`, heads: ['what', 'count'], rows });
}

function tokensFrom({ tokensFrom: from }: TargetSummary): string {
  const parts = Object.entries(from).map(([name, count]) => `${name} ${grouped(count)}`);
  return parts.length === 0 ? '–' : parts.join(', ');
}

function shares({ name, servedBy, spilledOver }: TargetSummary): Child {
  const all = Object.values(servedBy).reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  const rows = Object.entries(servedBy)
    .toSorted(([, a], [, b]) => b - a)
    .map(([who, count]) => [who, grouped(count), percentText(count / all)]);
  const spill =
    spilledOver === 0
      ? []
      : [['spilled over to another deployment', grouped(spilledOver), percentText(spilledOver / all)]];
  return [
    element('h3', {}, 'Where answers came from'),
    table({
      label: `Where answers of ${name} came from`,
      heads: ['deployment or region, as they say', 'calls', 'share'],
      rows: [...rows, ...spill],
    }),
  ];
}

function sideBySide(targets: RunReport['targets']): Child {
  const [a, b] = targets;
  if (a === undefined || b === undefined) return null;
  const rows = differences(a, b)
    .filter(({ before, after }) => before !== null || after !== null)
    .map(({ figure, unit, before, after, ratio, isBetter }) => [
      figure,
      figureText(before, unit),
      figureText(after, unit),
      ratioText(ratio),
      verdictText({ isBetter }),
    ]);
  return element(
    'section',
    {},
    element('h2', {}, 'Side by side'),
    element('p', { class: 'soft' }, `${b.name}, held against ${a.name}. Differences up to 5 % are taken for chance.`),
    table({ label: 'Both targets', heads: ['figure', a.name, b.name, 'difference', 'verdict'], rows, words: [4] }),
  );
}

const MINUTE: ReadonlyArray<readonly [string, keyof MinuteFigures, digits: number]> = [
  ['calls', 'calls', 0],
  ['prompt tokens', 'promptTokens', 0],
  ['generated tokens', 'completionTokens', 0],
  ['utilisation, %', 'utilisationPercent', 1],
];

function monitorSection(report: RunReport): Child {
  const { monitor, targets } = report;
  if (monitor === null) return null;
  const missing = missingOf(monitor.minutes);
  const text = (value: number | null, digits: number) => (value === null ? '–' : grouped(value, digits));
  const rows = minuteRows(report).map(({ minute, ours, theirs }) => [
    minute,
    ...MINUTE.flatMap(([, name, digits]) => [text(theirs[name], digits), text(ours[name], digits)]),
  ]);
  const heads = MINUTE.flatMap(([name]) => [
    [name, element('span', { class: 'unit' }, 'Azure')],
    [name, element('span', { class: 'unit' }, 'here')],
  ]);
  const of = targets.length > 1 ? ` Here: ${targets[0]?.name ?? ''}.` : '';
  return element(
    'section',
    {},
    element('h2', {}, 'What Azure counted'),
    element(
      'p',
      { class: 'soft' },
      `${monitor.source}. Minutes are UTC; Azure counts a call when it came, this program when it ended; Azure’s utilisation is the mean of a whole minute, idle seconds included, the one here is the mean of what answers told.${of}`,
    ),
    missing.length === 0 ? null : element('p', {}, `Not told until the end: ${missing.join(', ')}.`),
    rows.length === 0 ? null : table({ label: 'What Azure counted', heads: ['minute', ...heads], rows }),
  );
}

function costSection({ cost }: RunReport): Child {
  if (cost === null) return null;
  const text = `${cost.amount.toFixed(4)} ${cost.currency} for the measured answers, at the prices that were given as of ${cost.asOf}.`;
  return [element('h2', {}, 'Cost'), element('p', {}, text)];
}

function senderLine({ sender }: RunReport): Markup {
  const text = `The sender took ${numberText(sender.cpuMs / 1_000)} s of CPU; its sends left at most ${grouped(sender.lagMsMax)} ms late${queueText(sender)}.`;
  return element('p', { class: 'soft' }, text);
}
