/** From the samples of all rounds to the rows of the table, with targets. Pure. */
import { LOADS } from './loads.ts';
import type { Sample } from './sample.ts';
import { median, medianRatio, span } from './stats.ts';
import type { SubjectName } from './subjects.ts';

/** Samples by load and subject; the index is the round. */
export type Results = ReadonlyMap<string, ReadonlyMap<SubjectName, readonly Sample[]>>;

export type Target =
  /** Median of gateway / nginx, at most. */
  | { readonly kind: 'timesNginx'; readonly max: number }
  /** The gateway's median in the row's unit, at most. */
  | { readonly kind: 'absolute'; readonly max: number };

interface Measure {
  readonly key: string;
  readonly title: string;
  readonly unit: 'µs' | 'kB';
  readonly load: string;
  /** Whose samples stand in the gateway's column. */
  readonly gateway: 'gateway' | 'gateway-logged';
  readonly figure: (sample: Sample, direct: Sample | undefined) => number | null;
  readonly target: Target | null;
}

export interface Row {
  readonly key: string;
  readonly title: string;
  readonly unit: 'µs' | 'kB';
  readonly load: string;
  readonly target: Target | null;
  /** null: not measured, or nothing to hold it to. */
  readonly met: boolean | null;
  readonly cells: Readonly<Record<ColumnName, Cell>>;
}

export const COLUMNS = ['nginx', 'undici', 'gateway'] as const;
export type ColumnName = (typeof COLUMNS)[number];

/** One proxy's figures in a row; each null when there is none. */
export interface Cell {
  /** Median of the rounds that count. */
  readonly figure: number | null;
  readonly span: readonly [number, number] | null;
  readonly rounds: number;
  /** Median of the rounds' ratios to nginx. */
  readonly timesNginx: number | null;
  /** Median of the share of its core. */
  readonly coreShare: number | null;
}

const cpu = (sample: Sample): number | null => sample.cpuUsPerOperation;
const FIRST_ENGINE = { request: 3.6, loggedRequest: 5, event: 2.8, kbPerStream: 60 };

/** The table, from top to bottom. The targets are those of the first engine (node:http and undici). */
export const MEASURES: readonly Measure[] = [
  {
    key: 'cpuPerRequest',
    title: 'CPU, 2 kB request',
    unit: 'µs',
    load: 'json2k',
    gateway: 'gateway',
    figure: cpu,
    target: { kind: 'timesNginx', max: FIRST_ENGINE.request },
  },
  {
    key: 'cpuPerLoggedRequest',
    title: 'CPU, 2 kB request, log',
    unit: 'µs',
    load: 'json2k',
    gateway: 'gateway-logged',
    figure: cpu,
    target: { kind: 'timesNginx', max: FIRST_ENGINE.loggedRequest },
  },
  {
    key: 'cpuPerBigRequest',
    title: 'CPU, 50 kB request',
    unit: 'µs',
    load: 'json50k',
    gateway: 'gateway',
    figure: cpu,
    target: null,
  },
  {
    key: 'cpuPerEvent4k',
    title: 'CPU, event at 4,000/s',
    unit: 'µs',
    load: 'events4k',
    gateway: 'gateway',
    figure: cpu,
    target: { kind: 'timesNginx', max: FIRST_ENGINE.event },
  },
  {
    key: 'cpuPerEvent20k',
    title: 'CPU, event at 20,000/s',
    unit: 'µs',
    load: 'events20k',
    gateway: 'gateway',
    figure: cpu,
    target: { kind: 'timesNginx', max: FIRST_ENGINE.event },
  },
  {
    key: 'addedP50',
    title: 'added p50 at 1,000/s',
    unit: 'µs',
    load: 'open1000',
    gateway: 'gateway',
    figure: (sample, direct) => (direct === undefined ? null : sample.report.latencyP50Us - direct.report.latencyP50Us),
    target: null,
  },
  {
    key: 'memoryPerStream',
    title: 'memory per open stream',
    unit: 'kB',
    load: 'memory',
    gateway: 'gateway',
    figure: (sample) => sample.kbPerStream,
    target: { kind: 'absolute', max: FIRST_ENGINE.kbPerStream },
  },
];

/** The rows of all loads that were measured. */
export function tableOf(results: Results): readonly Row[] {
  return MEASURES.filter((measure) => results.has(measure.load)).map((measure) => rowOf(measure, results));
}

function rowOf(measure: Measure, results: Results): Row {
  const samples = results.get(measure.load) ?? new Map<SubjectName, readonly Sample[]>();
  const direct = samples.get('direct') ?? [];
  const figures = (subject: SubjectName): readonly (number | null)[] =>
    (samples.get(subject) ?? []).map((sample, round) =>
      sample.fault === null ? measure.figure(sample, direct[round]) : null,
    );
  const cell = (column: ColumnName, subject: SubjectName): Cell => {
    const own = figures(subject);
    const shares = (samples.get(subject) ?? []).map((sample) => sample.coreShare);
    return {
      figure: median(own),
      span: span(own),
      rounds: own.filter((value) => value !== null).length,
      timesNginx: column === 'nginx' ? null : medianRatio(own, figures('nginx')),
      coreShare: median(shares),
    };
  };
  // The library yardstick has no log: beside the gateway's logged row it would say nothing.
  const undici = measure.gateway === 'gateway' ? cell('undici', 'undici') : NO_CELL;
  const cells = { nginx: cell('nginx', 'nginx'), undici, gateway: cell('gateway', measure.gateway) };
  const { key, title, unit, load, target } = measure;
  return { key, title, unit, load, target, met: target === null ? null : meets(target, cells.gateway), cells };
}

const NO_CELL: Cell = { figure: null, span: null, rounds: 0, timesNginx: null, coreShare: null };

function meets(target: Target, gateway: Cell): boolean | null {
  const value = target.kind === 'timesNginx' ? gateway.timesNginx : gateway.figure;
  return value === null ? null : value <= target.max;
}

/** Below this share of its core at saturation other work was in the way, and ratios worsen for JavaScript, whose caches suffer more. */
const QUIET_CORE_SHARE_MIN = 0.9;

/** What a reader must know before believing the table: rounds that do not count, and a machine that was busy. */
export function remarksOn(results: Results): readonly string[] {
  const remarks: string[] = [];
  for (const [load, subjects] of results) {
    for (const [subject, samples] of subjects) {
      const faults = samples.map(({ fault }) => fault).filter((fault) => fault !== null);
      if (faults[0] !== undefined) {
        remarks.push(`${load}, ${subject}: ${faults.length} of ${samples.length} rounds do not count: ${faults[0]}`);
      }
      const share = LOADS[load]?.perSecond === null ? median(samples.map((sample) => sample.coreShare)) : null;
      if (share !== null && share < QUIET_CORE_SHARE_MIN) {
        remarks.push(`${load}, ${subject}: had only ${Math.round(share * 100)} % of its core; the machine was busy`);
      }
    }
  }
  return remarks;
}

/** Titles of the rows whose target was missed or, for want of figures, not shown to be met. */
export function missedOf(rows: readonly Row[]): readonly string[] {
  return rows.filter((row) => row.target !== null && row.met !== true).map((row) => row.title);
}
