/**
 * Reads the headers with which Azure says how long to wait. What to make of the value (cap, default) is policy's matter.
 * Source: wire reference §3.4, §4.1, §6.5; RFC 9110 §10.2.3 (retry-after: seconds or a date).
 */

/** Looks up a header by its lower-case name. */
export type HeaderLookup = (lowerName: string) => string | undefined;

export type HintSource = 'retry-after-ms' | 'retry-after' | 'x-ratelimit-reset-requests' | 'x-ratelimit-reset-tokens';

export interface RetryHint {
  /** Milliseconds from now, above 0. */
  readonly waitMs: number;
  readonly source: HintSource;
}

/** A wait longer than this is no statement about a quota window; it is ignored, not capped. A year, in milliseconds. */
export const ABSURD_WAIT_MS = 365 * 24 * 3_600_000;

/** The first usable hint in Azure's order of precedence, or null. Zero, negative, unreadable and absurd values are passed over. */
export function retryHint(header: HeaderLookup, nowMs: number): RetryHint | null {
  return (
    hint('retry-after-ms', numberOf(header('retry-after-ms'))) ??
    hint('retry-after', retryAfterMs(header('retry-after'), nowMs)) ??
    hint('x-ratelimit-reset-requests', durationMs(header('x-ratelimit-reset-requests'))) ??
    hint('x-ratelimit-reset-tokens', durationMs(header('x-ratelimit-reset-tokens')))
  );
}

function hint(source: HintSource, waitMs: number | null): RetryHint | null {
  return waitMs !== null && waitMs > 0 && waitMs <= ABSURD_WAIT_MS ? { waitMs, source } : null;
}

/** Decimal number without sign, exponent or unit; anything else is null. */
function numberOf(text: string | undefined): number | null {
  const trimmed = text?.trim() ?? '';
  return /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(trimmed) ? Number(trimmed) : null;
}

function retryAfterMs(text: string | undefined, nowMs: number): number | null {
  const seconds = numberOf(text);
  if (seconds !== null) return seconds * 1000;
  const date = text === undefined ? null : httpDateMs(text);
  return date === null ? null : date - nowMs;
}

const DURATION = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/** Seconds (`12`, `0.5`) as Azure sends them, or OpenAI's form (`6m0s`, `17ms`, `1h2m3.5s`). */
export function durationMs(text: string | undefined): number | null {
  const seconds = numberOf(text);
  if (seconds !== null) return seconds * 1000;
  const match = DURATION.exec(text?.trim() ?? '');
  if (match === null || match.slice(1).every((part) => part === undefined)) return null;
  const [h, m, s, ms] = match.slice(1).map((part) => Number(part ?? 0));
  return (h ?? 0) * 3_600_000 + (m ?? 0) * 60_000 + (s ?? 0) * 1000 + (ms ?? 0);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const HTTP_DATE = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/i;

/**
 * IMF-fixdate, the one form that senders may produce (RFC 9110 §5.6.7); the two obsolete forms yield null, as does a day or a time that
 * does not exist. The name of the weekday is not held against the date.
 * @returns milliseconds since 1970, or null.
 */
export function httpDateMs(text: string): number | null {
  const match = HTTP_DATE.exec(text.trim());
  if (match === null) return null;
  const month = 1 + MONTHS.indexOf((match[2] ?? '').toLowerCase());
  const [day = 0, year = 0, hour = 0, minute = 0, second = 0] = [1, 3, 4, 5, 6].map((part) => Number(match[part]));
  if (month < 1 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > LEAP_SECOND) return null;
  return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000;
}

/** Allowed by the grammar; it counts as the first second of the next minute. */
const LEAP_SECOND = 60;

function daysInMonth(year: number, month: number): number {
  // A thirteenth month is the next January: months are counted from March on.
  return daysSince1970(year, month + 1, 1) - daysSince1970(year, month, 1);
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar: years counted from March, so that the leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
