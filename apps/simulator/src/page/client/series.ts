/** Utilisation by the minute as a chart needs it. Pure. */
import type { MinuteView } from './shapes.ts';

const MINUTE_MS = 60_000;
/** Minutes that the chart shows, the present one included. */
export const WINDOW_MINUTES = 30;
/** The least that the axis reaches to: the line of 100 % is never at its edge. */
const TOP_MIN = 1.5;
/** Highest level that the axis follows; what is above is cut there, and told as a number. */
const TOP_MAX = 10;

export interface Column {
  /** When the minute began. */
  readonly fromMs: number;
  /** 1 is 100 %; 0 where nothing ended in it. */
  readonly utilisation: number;
}

/** One column for each of the last minutes, oldest first, the present one last. Minutes in which nothing ended are not told, and are 0. */
export function columnsOf(minutes: readonly MinuteView[], nowMs: number): readonly Column[] {
  const lastMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const known = new Map(minutes.map(({ fromMs, utilisation }) => [fromMs, utilisation]));
  return Array.from({ length: WINDOW_MINUTES }, (_, index) => {
    const fromMs = lastMs - (WINDOW_MINUTES - 1 - index) * MINUTE_MS;
    return { fromMs, utilisation: known.get(fromMs) ?? 0 };
  });
}

/** Where the axis ends, in halves, so that it stands still while columns grow. */
export function topOf(columns: readonly Column[]): number {
  const highest = Math.max(0, ...columns.map(({ utilisation }) => utilisation));
  return Math.min(TOP_MAX, Math.max(TOP_MIN, Math.ceil(highest * 2) / 2));
}

export interface Summary {
  readonly highest: Column | null;
  /** Of the minute that is under way: not all of it has ended. */
  readonly present: number;
  /** Minutes above 100 %. */
  readonly over: number;
}

/** @property highest null where nothing ended in all the minutes. */
export function summaryOf(columns: readonly Column[]): Summary {
  const highest = columns.reduce<Column | null>(
    (best, column) => (column.utilisation > (best?.utilisation ?? 0) ? column : best),
    null,
  );
  return {
    highest,
    present: columns.at(-1)?.utilisation ?? 0,
    over: columns.filter(({ utilisation }) => utilisation > 1).length,
  };
}

/** @returns what of a bar is filled: 0 to 1; nothing of one without a limit. */
export function shareOf(value: number, limit: number | null): number {
  if (limit === null) return 0;
  if (limit <= 0) return value > 0 ? 1 : 0;
  return Math.min(1, Math.max(0, value / limit));
}
