/** Flags of the benchmark of `pick`. */
import { parseArgs } from 'node:util';

const PICKS_MIN = 100_000;
const PICKS_MAX = 1_000_000_000;
/** CPU time of one decision. */
const MEDIAN_US_MAX = 5;
/** What is slower than that is no target. */
const MEDIAN_US_MAX_MAX = 1_000;

export interface PickBenchOptions {
  readonly picks: number;
  /** The target: largest median of the CPU time of one. Microseconds. */
  readonly medianUsMax: number;
  readonly json: string | null;
  readonly assert: boolean;
}

export const HELP = `Usage: node bench/pick.ts [flags]

Measures what a decision costs: pick among 32 deployments with forecasts, shared quotas, a cache key, bounds and reasons, in a fleet
that traffic moves all the while; and whether the heap grows with the number of picks.

  --picks N      all together (10000000; ${PICKS_MIN} to ${PICKS_MAX})
  --median-us N  target for the CPU time of one, in microseconds (${MEDIAN_US_MAX}); larger for a slow or a busy machine
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
  const medianUsMax = Number(values['median-us'] ?? MEDIAN_US_MAX);
  if (!(medianUsMax > 0 && medianUsMax <= MEDIAN_US_MAX_MAX)) {
    return `--median-us: ${values['median-us']} is not a number above 0, at most ${MEDIAN_US_MAX_MAX}`;
  }
  return { picks, medianUsMax, json: values.json ?? null, assert: values.assert ?? false };
}

function flagsOf(args: readonly string[]) {
  const options = {
    picks: { type: 'string' },
    'median-us': { type: 'string' },
    json: { type: 'string' },
    assert: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  return parseArgs({ args: [...args], options }).values;
}
