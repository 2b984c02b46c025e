/** Two runs, or two targets of one, beside each other as lines of 80 columns; and whether the second is worse by more than may be. */
import { CHANCE, type Difference } from '../measure/difference.ts';
import { figureText, percentText, ratioText, verdictText } from './words.ts';

const NAME = 41;
const CELL = 12;

/** @param names of the two: the first is what the second is held against. */
export function comparisonLines(
  names: readonly [string, string],
  differences: readonly Difference[],
): readonly string[] {
  const [before, after] = names;
  const known = differences.filter((one) => one.before !== null || one.after !== null);
  return [
    `A ${before}`,
    `B ${after}`,
    `${''.padEnd(NAME)}${'A'.padStart(CELL)}${'B'.padStart(CELL)}${'B to A'.padStart(9)}`,
    ...known.map(({ figure, unit, ...one }) => {
      const cells = [one.before, one.after].map((value) => figureText(value, unit).padStart(CELL)).join('');
      return `${figure.padEnd(NAME)}${cells}${ratioText(one.ratio).padStart(9)} ${verdictText(one)}`.trimEnd();
    }),
    `differences up to ${percentText(CHANCE)} are taken for chance`,
  ];
}

/** @param share by which a figure may be worse. @returns each figure that is worse by more, as it is told. */
export function worseBy(share: number, differences: readonly Difference[]): readonly string[] {
  return differences.flatMap(({ figure, unit, before, after, ratio, isBetter }) => {
    if (isBetter !== false || before === null || after === null) return [];
    // From nothing to something is worse by more than any share.
    if (ratio !== null && Math.abs(ratio - 1) <= share) return [];
    return [`${figure}: ${figureText(before, unit)} before, ${figureText(after, unit)} after (${ratioText(ratio)})`];
  });
}
