/** Numbers as a record holds them: JSON has no word for some of them, and a choice made again must see the very same bits. */

/** A number, or the name of one that JSON would lose. */
export type Figure = number | 'NaN' | 'Infinity' | '-Infinity' | '-0';

export function figureOf(value: number): Figure {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
  return Object.is(value, -0) ? '-0' : value;
}

export function figureOrNull(value: number | null): Figure | null {
  return value === null ? null : figureOf(value);
}

export function numberOf(figure: Figure): number {
  return typeof figure === 'number' ? figure : Number(figure);
}

export function numberOrNull(figure: Figure | null): number | null {
  return figure === null ? null : numberOf(figure);
}
