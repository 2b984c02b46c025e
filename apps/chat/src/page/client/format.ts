/** Numbers, times and sizes as people read them. Pure: the language and the time of day are arguments. */

/** Texts such as "Page {page}"; a name that nothing is given for stays as it is. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => `${values[name] ?? whole}`);
}

/** The first of the wishes that there is, its region left out: de-AT is de. */
export function languageFor<Name extends string>(
  wishes: readonly string[],
  isKnown: (name: string) => name is Name,
): Name | null {
  for (const wish of wishes) {
    const name = wish.split('-')[0]?.toLowerCase() ?? '';
    if (isKnown(name)) return name;
  }
  return null;
}

/** 1,234 */
export function countText(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** 1.2 MB; a MB is 1,000,000 bytes. */
export function bytesText(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = bytes < 1_000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const style = {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat(locale, style).format(bytes / 1_000 ** power);
}

/** 340 ms, 2.4 s */
export function durationText(ms: number, locale: string): string {
  const [value, unit] = ms < 1_000 ? [Math.round(ms), 'millisecond'] : [ms / 1_000, 'second'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(
    value,
  );
}

/** Whole seconds that are left, upwards: the last second is told as 1. Never below 0. */
export function secondsLeft(untilMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((untilMs - nowMs) / 1_000));
}

/** 14:03:10 */
export function timeText(ms: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms);
}

/** 21 Nov 2026 */
export function dateText(ms: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(ms);
}

export type Age = 'today' | 'yesterday' | 'week' | 'older';

/** By days of the calendar, where the reader is. */
export function ageOf(ms: number, nowMs: number): Age {
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0);
  const days = Math.ceil((midnight - ms) / 86_400_000);
  if (days <= 0) return 'today';
  if (days === 1) return 'yesterday';
  return days <= 7 ? 'week' : 'older';
}

/** "3", "3–4" */
export function pagesText(from: number, to: number | null): string {
  return to === null || to === from ? `${from}` : `${from}–${to}`;
}

/** 21 Nov 2026, 14:03 */
export function momentText(ms: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}
