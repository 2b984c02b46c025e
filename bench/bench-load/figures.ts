/** What the rounds found, as rows with targets. Pure. */
import { median, medianRatio } from '../stats.ts';

/** One run of one generator. */
export interface Run {
  readonly calls: number;
  readonly p50Ms: number;
  readonly cpuMs: number;
}

/** Ours, with what the server saw of it. */
export interface OurRun extends Run {
  /** Calls that were wanted, and that the server counted. */
  readonly wanted: number;
  readonly seen: number;
  /** Chunks with words that we counted, and that the server sent. */
  readonly chunks: number;
  readonly chunksSent: number;
  /** The sender was late: the run would say so. */
  readonly isValid: boolean;
  readonly lagMsMax: number;
}

export interface Found {
  readonly open: readonly OurRun[];
  readonly openTheirs: readonly Run[];
  readonly closed: readonly OurRun[];
  readonly closedTheirs: readonly Run[];
  readonly streams: readonly OurRun[];
  readonly fast: readonly OurRun[];
  readonly fastPerSecond: number;
}

export interface Row {
  readonly measure: string;
  readonly figure: number | null;
  readonly digits: number;
  readonly unit: string;
  /** null: no target. */
  readonly target: { readonly from: number; readonly to: number } | null;
}

const NEAR = { from: 0.9, to: 1.1 };

const NONE = { from: 0, to: 0 };

export function rowsOf(found: Found): readonly Row[] {
  return [...countRows(found), ...besideRows(found), ...costRows(found), ...fastRows(found)];
}

function row(measure: string, figure: number | null, digits: number, unit = '', target: Row['target'] = null): Row {
  return { measure, figure, digits, unit, target };
}

function countRows({ open, closed, streams, fast }: Found): readonly Row[] {
  const ours = [...open, ...closed, ...streams, ...fast];
  const uncounted = missed(ours, ({ seen, calls }) => seen - calls);
  return [
    row('calls that the server counted otherwise', uncounted, 0, '', NONE),
    row('calls of an open loop that were not made', missed(open, unmade), 0, '', NONE),
    row('words of streams that were counted otherwise', missed(streams, unread), 0, '', NONE),
  ];
}

function besideRows({ open, openTheirs, closed, closedTheirs }: Found): readonly Row[] {
  const inTime = { from: 0.98, to: 1.02 };
  return [
    row('open loop: calls, of those of loadgen', medianRatio(calls(open), calls(openTheirs)), 3, '', inTime),
    row('open loop: p50', median(p50(open)), 2, ' ms'),
    row('open loop: p50 of loadgen', median(p50(openTheirs)), 2, ' ms'),
    row('open loop: p50, of that of loadgen', medianRatio(p50(open), p50(openTheirs)), 3, '', NEAR),
    row('closed loop: calls, of those of loadgen', medianRatio(calls(closed), calls(closedTheirs)), 3, '', NEAR),
    row('closed loop: p50, of that of loadgen', medianRatio(p50(closed), p50(closedTheirs)), 3, '', NEAR),
  ];
}

function costRows({ closed, streams }: Found): readonly Row[] {
  return [
    row('CPU of a call', median(closed.map((run) => (run.cpuMs * 1_000) / run.calls)), 0, ' µs'),
    row('CPU of a word of a stream', median(streams.map((run) => (run.cpuMs * 1_000) / run.chunks)), 0, ' µs'),
  ];
}

function fastRows({ fast, fastPerSecond }: Found): readonly Row[] {
  const at = `at ${fastPerSecond} a second`;
  const cores = median(fast.map((run) => run.cpuMs / ((run.calls / fastPerSecond) * 1_000)));
  return [
    row(`${at}, 4 workers: calls not made`, missed(fast, unmade), 0, '', NONE),
    row(`${at}: cores of CPU`, cores, 2),
    row(`${at}: latest send`, median(fast.map(({ lagMsMax }) => lagMsMax)), 0, ' ms'),
    row(`${at}: p50`, median(p50(fast)), 2, ' ms'),
  ];
}

function p50(runs: readonly Run[]): readonly number[] {
  return runs.map(({ p50Ms }) => p50Ms);
}

function calls(runs: readonly Run[]): readonly number[] {
  return runs.map((run) => run.calls);
}

function unmade(run: OurRun): number {
  return run.wanted - run.calls;
}

function unread(run: OurRun): number {
  return run.chunksSent - run.chunks;
}

/** However they are wrong, too many and too few do not make up for each other. */
function missed(runs: readonly OurRun[], of: (run: OurRun) => number): number {
  return runs.reduce((sum, run) => sum + Math.abs(of(run)), 0);
}

/** @returns a line for each target that is missed. A figure that is missing misses. */
export function missedTargets(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ measure, figure, target }) => {
    if (target === null || (figure !== null && figure >= target.from && figure <= target.to)) return [];
    return [`${measure}: ${figure ?? 'nothing was measured'}, not ${target.from} to ${target.to}`];
  });
}

export function renderMarkdown(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const text = row.figure === null ? '–' : `${row.figure.toFixed(row.digits)}${row.unit}`;
    return `| ${row.measure} | ${text} | ${targetText(row)} |`;
  });
  return ['| measure | figure | target |', '| --- | ---: | --- |', ...lines, ''].join('\n');
}

function targetText(row: Row): string {
  if (row.target === null) return '';
  const { from, to } = row.target;
  const verdict = missedTargets([row]).length === 0 ? 'met' : 'missed';
  return `${from === to ? from : `${from} to ${to}`} ${verdict}`;
}
