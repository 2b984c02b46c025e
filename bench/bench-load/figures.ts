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
  readonly fast: OurRun;
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

export function rowsOf({
  open,
  openTheirs,
  closed,
  closedTheirs,
  streams,
  fast,
  fastPerSecond,
}: Found): readonly Row[] {
  const row = (
    measure: string,
    figure: number | null,
    digits: number,
    unit = '',
    target: Row['target'] = null,
  ): Row => {
    return { measure, figure, digits, unit, target };
  };
  const none = { from: 0, to: 0 };
  const ours = [...open, ...closed, ...streams, fast];
  const p50 = (runs: readonly Run[]): readonly number[] => runs.map(({ p50Ms }) => p50Ms);
  const calls = (runs: readonly Run[]): readonly number[] => runs.map((run) => run.calls);
  return [
    row(
      'calls that the server counted otherwise',
      missed(ours, ({ seen, calls: own }) => seen - own),
      0,
      '',
      none,
    ),
    row(
      'calls of an open loop that were not made',
      missed(open, ({ wanted, calls: own }) => wanted - own),
      0,
      '',
      none,
    ),
    row(
      'words of streams that were counted otherwise',
      missed(streams, (run) => run.chunksSent - run.chunks),
      0,
      '',
      none,
    ),
    row('open loop: calls, of those of loadgen', medianRatio(calls(open), calls(openTheirs)), 3, '', {
      from: 0.98,
      to: 1.02,
    }),
    row('open loop: p50', median(p50(open)), 2, ' ms'),
    row('open loop: p50 of loadgen', median(p50(openTheirs)), 2, ' ms'),
    row('open loop: p50, of that of loadgen', medianRatio(p50(open), p50(openTheirs)), 3, '', NEAR),
    row('closed loop: calls, of those of loadgen', medianRatio(calls(closed), calls(closedTheirs)), 3, '', NEAR),
    row('closed loop: p50, of that of loadgen', medianRatio(p50(closed), p50(closedTheirs)), 3, '', NEAR),
    row('CPU of a call', median(closed.map((run) => (run.cpuMs * 1_000) / run.calls)), 0, ' µs'),
    row('CPU of a word of a stream', median(streams.map((run) => (run.cpuMs * 1_000) / run.chunks)), 0, ' µs'),
    row(`at ${fastPerSecond} a second, 4 workers: calls not made`, fast.wanted - fast.calls, 0, '', none),
    row(`at ${fastPerSecond} a second: cores of CPU`, fast.cpuMs / ((fast.calls / fastPerSecond) * 1_000), 2),
    row(`at ${fastPerSecond} a second: latest send`, fast.lagMsMax, 0, ' ms'),
    row(`at ${fastPerSecond} a second: p50`, fast.p50Ms, 2, ' ms'),
  ];
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
