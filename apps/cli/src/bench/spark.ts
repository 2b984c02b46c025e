/** A row of values as a row of characters: taller for more. */

export interface SparkGlyphs {
  /** From the least to the most. Nothing at all is a blank. */
  readonly levels: readonly string[];
}

export const SPARK_UNICODE: SparkGlyphs = { levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] };
export const SPARK_ASCII: SparkGlyphs = { levels: ['.', ':', '-', '=', '+', '*', '%', '#'] };

/** The last `cells` values; the largest of these is the tallest. null and 0 are blank. */
export function spark(values: ReadonlyArray<number | null>, cells: number, { levels }: SparkGlyphs): string {
  const shown = values.slice(-cells);
  const max = shown.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  return shown.map((value) => glyphOf(value ?? 0, max, levels)).join('');
}

function glyphOf(value: number, max: number, levels: readonly string[]): string {
  if (value <= 0 || max <= 0) return ' ';
  const level = Math.ceil((value / max) * levels.length) - 1;
  return levels[Math.min(levels.length - 1, Math.max(0, level))] ?? ' ';
}
