/** What a run of the lab leaves out of what is promised: said wherever its verdict is, so that a short look is not taken for proof. */
import type { LabView } from './view.ts';

/** Seeds that the promises are about. */
export const SEEDS_PROMISED = 20;
/** More names than these are told by their number. */
const NAMES_MAX = 3;

/** One sentence each; none where all that is promised was looked at. */
export function partlyChecked({ seeds, scenarios }: LabView): readonly string[] {
  const promised = scenarios.some(({ promises, unchecked }) => promises.length + unchecked.length > 0);
  if (!promised) return [];
  return [...(seeds < SEEDS_PROMISED ? [fewSeeds(seeds)] : []), ...uncheckedOf(scenarios)];
}

function fewSeeds(seeds: number): string {
  const ran = seeds === 1 ? '1 seed was run' : `${seeds} seeds were run`;
  return `${ran} of the ${SEEDS_PROMISED} that promises are about: a draw of Azure's counting that goes badly may not be among them.`;
}

/** Those that want the same are told together. */
function uncheckedOf(scenarios: LabView['scenarios']): readonly string[] {
  const whereBy = new Map<string, string[]>();
  for (const { name: scenario, unchecked } of scenarios) {
    for (const { promise, name, needs } of unchecked) {
      const what = `${promise}: ${name}, which takes ${needs.join(', ')}`;
      whereBy.set(what, [...(whereBy.get(what) ?? []), scenario]);
    }
  }
  return [...whereBy].map(([what, where]) => `Not checked in ${whereText(where)}: ${what}.`);
}

function whereText(where: readonly string[]): string {
  return where.length > NAMES_MAX + 1
    ? `${where.slice(0, NAMES_MAX).join(', ')} and ${where.length - NAMES_MAX} more`
    : where.join(', ');
}
