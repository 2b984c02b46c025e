/** Flags of the benchmark of `pick`. */
import { parseArgs } from 'node:util';

const PICKS_MIN = 100_000;
const PICKS_MAX = 1_000_000_000;

export interface PickBenchOptions {
  readonly picks: number;
  readonly json: string | null;
  readonly assert: boolean;
}

export const HELP = `Usage: node bench/pick.ts [flags]

Measures what a decision costs: pick among 32 deployments with forecasts, shared quotas, a cache key, bounds and reasons, in a fleet
that traffic moves all the while; and whether the heap grows with the number of picks.

  --picks N      all together (10000000; ${PICKS_MIN} to ${PICKS_MAX})
  --json FILE    all figures
  --assert       exit 1 when a target is missed
`;

/** @returns the options; a text: what is wrong; null: help is asked for. */
export function parsePickOptions(args: readonly string[]): PickBenchOptions | string | null {
  let values: ReturnType<typeof flagsOf>;
  try {
    values = flagsOf(args);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (values.help === true) return null;
  const picks = Number(values.picks ?? 10_000_000);
  if (!Number.isInteger(picks) || picks < PICKS_MIN || picks > PICKS_MAX) {
    return `--picks: ${values.picks} is not a whole number from ${PICKS_MIN} to ${PICKS_MAX}`;
  }
  return { picks, json: values.json ?? null, assert: values.assert ?? false };
}

function flagsOf(args: readonly string[]) {
  const options = {
    picks: { type: 'string' },
    json: { type: 'string' },
    assert: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  return parseArgs({ args: [...args], options }).values;
}
