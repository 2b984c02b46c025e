/** Numbers as people read them. The same on every machine, whatever its language. */

/** 12345.6 → `12,346`. */
export function grouped(value: number, digits = 0): string {
  const [whole = '', rest] = value.toFixed(digits).split('.');
  const marked = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return rest === undefined ? marked : `${marked}.${rest}`;
}

/** For the marks of an axis: 300000 → `300K`, 0.5 → `0.5`. */
export function short(value: number): string {
  if (value >= 1_000_000) return `${trimmed(value / 1_000_000)}M`;
  if (value >= 1_000) return `${trimmed(value / 1_000)}K`;
  return trimmed(value);
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** 150 → `2:30`. */
export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;
}
