/** The figures of the simulator's benchmark as rows with targets, for a terminal and for docs/performance.md. Pure. */
import { median, medianRatio } from '../stats.ts';
import type { LoadSample } from './measure.ts';
import { type AdmissionCost, type DayMemory, type HourCost, WINDOW_SIZES } from './pure.ts';

export interface Loads {
  /** By rounds; the two of a round were measured one after the other. */
  readonly answer: { readonly simulator: readonly LoadSample[]; readonly bare: readonly LoadSample[] };
  /** Divided by the events of a stream. */
  readonly event: { readonly simulator: readonly LoadSample[]; readonly bare: readonly LoadSample[] };
}

export interface Figures {
  readonly loads: Loads | null;
  readonly hour: HourCost | null;
  readonly admission: readonly AdmissionCost[] | null;
  readonly day: DayMemory | null;
}

export interface Row {
  readonly measure: string;
  /** Without a figure: not measured, or without one that counts. */
  readonly figure: number | null;
  readonly unit: string;
  /** Largest that is well; null: no target. */
  readonly target: number | null;
  readonly details: string;
}

const CPU_RATIO_MAX = 3;
const HOUR_SECONDS_MAX = 10;
/** Of the largest window to the smallest. */
const ADMISSION_RATIO_MAX = 3;
/** Growth of the heap from the end of the first hour to that of the last. MiB. */
const DAY_GROWTH_MIB_MAX = 1;

export function rowsOf({ loads, hour, admission, day }: Figures): readonly Row[] {
  return [
    ...(loads === null
      ? []
      : [loadRow('CPU, short answer', loads.answer), loadRow('CPU, streamed event', loads.event)]),
    ...(hour === null ? [] : [hourRow(hour)]),
    ...(admission ?? []).map(admissionRow),
    ...(day === null ? [] : [dayRow(day)]),
  ];
}

function loadRow(measure: string, { simulator, bare }: Loads['answer']): Row {
  const cpu = (samples: readonly LoadSample[]): readonly number[] => samples.map(({ cpuUs }) => cpuUs);
  const shown = (samples: readonly LoadSample[]): string => `${(median(cpu(samples)) ?? Number.NaN).toFixed(1)} µs`;
  const share = median(simulator.map(({ coreShare }) => coreShare)) ?? Number.NaN;
  return {
    measure,
    figure: medianRatio(cpu(simulator), cpu(bare)),
    unit: '×',
    target: CPU_RATIO_MAX,
    details: `simulator ${shown(simulator)}, bare ${shown(bare)}, core ${Math.round(share * 100)} %`,
  };
}

function hourRow({ requests, seconds, cpuSeconds }: HourCost): Row {
  const details = `${requests.toLocaleString('en-US')} requests, ${cpuSeconds.toFixed(1)} s of CPU`;
  return {
    measure: 'an hour at 100 requests/s, virtual',
    figure: seconds,
    unit: 's',
    target: HOUR_SECONDS_MAX,
    details,
  };
}

function admissionRow({ name, ns }: AdmissionCost): Row {
  const [least, most] = [ns[0] ?? Number.NaN, ns.at(-1) ?? Number.NaN];
  const sizes = WINDOW_SIZES.map((size) => size.toLocaleString('en-US')).join(' / ');
  return {
    measure: `admission, ${name}`,
    figure: most / least,
    unit: '×',
    target: ADMISSION_RATIO_MAX,
    details: `${ns.map((each) => Math.round(each)).join(' / ')} ns with ${sizes} requests in the minute`,
  };
}

function dayRow({ requests, firstHourMib, lastHourMib }: DayMemory): Row {
  return {
    measure: 'growth of the heap over a day, virtual',
    figure: lastHourMib - firstHourMib,
    unit: 'MiB',
    target: DAY_GROWTH_MIB_MAX,
    details: `${firstHourMib.toFixed(1)} MiB after an hour, ${lastHourMib.toFixed(1)} at the end, ${requests.toLocaleString('en-US')} requests`,
  };
}

export function missed(rows: readonly Row[]): readonly string[] {
  return rows.filter((row) => !met(row)).map(({ measure }) => measure);
}

function met({ figure, target }: Row): boolean {
  return target === null || (figure !== null && figure <= target);
}

/** @param about circumstances: date, machine, Node, rounds. */
export function renderMarkdown(rows: readonly Row[], about: string): string {
  const lines = rows.map((row) => `| ${cellsOf(row).join(' | ')} |`);
  return ['| measure | figure | target | details |', '| --- | ---: | --- | --- |', ...lines, '', `- ${about}`].join(
    '\n',
  );
}

export function renderText(rows: readonly Row[], about: string): string {
  const cells = rows.map(cellsOf);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, '', about, ''].join('\n');
}

function cellsOf(row: Row): readonly string[] {
  const { measure, figure, unit, target, details } = row;
  const limit = target === null ? '' : `≤ ${target} ${unit} ${met(row) ? 'met' : 'missed'}`;
  return [measure, figure === null ? '–' : `${figure.toFixed(2)} ${unit}`, limit, details];
}

export const MARK_BEGIN = '<!-- bench-simulator:begin (written by node bench/simulator.ts --write) -->';
export const MARK_END = '<!-- bench-simulator:end -->';

/** `document` with the table between the marks in place of what stood there; null when it does not have both marks, in order. */
export function withSimulatorTable(document: string, table: string): string | null {
  const begin = document.indexOf(MARK_BEGIN);
  const end = document.indexOf(MARK_END);
  if (begin < 0 || end < begin) return null;
  return `${document.slice(0, begin + MARK_BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}
