/** Which time a metrics query is about, and in which steps. Moments are milliseconds since 1970. */

import { minuteOf } from '@spillway/azure-model';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Longest that Azure keeps metrics. */
const RANGE_MS_MAX = 93 * DAY_MS;
/** Steps of one answer: those of Azure's 93 days in five minutes. Its own limit is not published. */
export const STEPS_MAX = 26_784;

export const GRAINS = new Map<string, number>([
  ['PT1M', MINUTE_MS],
  ['PT5M', 5 * MINUTE_MS],
  ['PT15M', 15 * MINUTE_MS],
  ['PT30M', 30 * MINUTE_MS],
  ['PT1H', HOUR_MS],
  ['PT6H', 6 * HOUR_MS],
  ['PT12H', 12 * HOUR_MS],
  ['P1D', DAY_MS],
]);
const DEFAULT_GRAIN = 'PT1M';

export interface TimeRange {
  /** As asked for, to be told back. */
  readonly startMs: number;
  readonly endMs: number;
  /** First minute. */
  readonly fromMs: number;
  /** The minute after the last one. */
  readonly toMs: number;
  /** Steps begin with the first minute, whatever the hour. Milliseconds; that of FULL is the whole range. */
  readonly grainMs: number;
  /** `PT1M`, `FULL`. */
  readonly interval: string;
}

export interface TimesGiven {
  /** `START/END`, or a duration that ends now. */
  readonly timespan: string | null;
  readonly starttime: string | null;
  readonly endtime: string | null;
  readonly interval: string | null;
}

/** grain: the interval is none that Azure knows. */
export type TimeRead =
  | { readonly kind: 'range'; readonly range: TimeRange }
  | { readonly kind: 'problem'; readonly what: 'time' | 'grain'; readonly text: string };

/** Without any, the hour that ends now, in minutes. */
export function readTimes(given: TimesGiven, nowMs: number): TimeRead {
  const span = spanOf(given, nowMs);
  if (typeof span === 'string') return { kind: 'problem', what: 'time', text: span };
  const [startMs, endMs] = span;
  if (!isMoment(startMs) || !isMoment(endMs)) return timeProblem('the time span is beyond all calendars');
  if (!(startMs < endMs)) return timeProblem(`the start, ${iso(startMs)}, is not before the end, ${iso(endMs)}`);
  if (endMs - startMs > RANGE_MS_MAX) return timeProblem('the time span is longer than 93 days');
  const interval = (given.interval ?? DEFAULT_GRAIN).toUpperCase();
  const fromMs = minuteOf(startMs);
  // A minute that has only just begun when the range ends is not in it.
  const toMs = Math.max(minuteOf(endMs), fromMs + MINUTE_MS);
  const grainMs = interval === 'FULL' ? toMs - fromMs : GRAINS.get(interval === 'PT24H' ? 'P1D' : interval);
  if (grainMs === undefined) return { kind: 'problem', what: 'grain', text: interval };
  if ((toMs - fromMs) / grainMs > STEPS_MAX) {
    return timeProblem(`the time span has more than ${STEPS_MAX} steps of ${interval}; ask for a larger interval`);
  }
  return { kind: 'range', range: { startMs, endMs, fromMs, toMs, grainMs, interval } };
}

function spanOf({ timespan, starttime, endtime }: TimesGiven, nowMs: number): readonly [number, number] | string {
  if (timespan !== null) return timespanOf(timespan, nowMs);
  if (starttime === null) {
    return endtime === null ? [nowMs - HOUR_MS, nowMs] : 'starttime is missing; it is required where endtime is given';
  }
  const startMs = Date.parse(starttime);
  const endMs = endtime === null ? nowMs : Date.parse(endtime);
  if (Number.isNaN(startMs)) return `starttime, ${starttime}, is no moment of the form 2026-11-21T10:00:00Z`;
  return Number.isNaN(endMs) ? `endtime, ${endtime}, is no moment of the form 2026-11-21T10:00:00Z` : [startMs, endMs];
}

function timespanOf(text: string, nowMs: number): readonly [number, number] | string {
  const lasting = durationMs(text);
  if (lasting !== null) return [nowMs - lasting, nowMs];
  const [first = '', second = ''] = text.split('/');
  const lastingFirst = durationMs(first);
  const lastingSecond = durationMs(second);
  const startMs = lastingFirst === null ? Date.parse(first) : Date.parse(second) - lastingFirst;
  const endMs = lastingSecond === null ? Date.parse(second) : startMs + lastingSecond;
  if (!Number.isNaN(startMs) && !Number.isNaN(endMs)) return [startMs, endMs];
  return `timespan, ${text}, is none of the forms START/END, START/PT1H, PT1H/END and PT1H`;
}

const DURATION = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/i;

function durationMs(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(days) * DAY_MS + Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1000;
}

/** Whether a date can be made of it. */
function isMoment(ms: number): boolean {
  return !Number.isNaN(new Date(ms).getTime());
}

/** Without a fraction, as Azure Monitor writes moments. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function timeProblem(text: string): TimeRead {
  return { kind: 'problem', what: 'time', text };
}
