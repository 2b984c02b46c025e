/** Dates as a configuration writes them. By hand: a pure package has no Date. */

const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?Z)?$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * @param text a day, of which all of it is meant, or a moment; both in UTC: `2026-12-31`, `2026-12-31T18:00:00Z`.
 * @returns when it is over, in milliseconds since 1970; null for what is no such date.
 */
export function endOf(text: string): number | null {
  const parts = DATE.exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0] = parts.slice(1, 4).map(Number);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  const startMs = daysSince1970(year, month, day) * DAY_MS;
  if (parts[4] === undefined) return startMs + DAY_MS;
  const [hour = 0, minute = 0, second = 0] = parts.slice(4).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return null;
  return startMs + ((hour * 60 + minute) * 60 + second) * 1_000;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysIn(year: number, month: number): number {
  return (MONTH_DAYS[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0);
}

function daysSince1970(year: number, month: number, day: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  let days = (year - 1970) * 365 + leapDays - 477 + day - 1;
  for (let each = 1; each < month; each++) days += daysIn(year, each);
  return days;
}
