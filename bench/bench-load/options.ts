/** Flags of the load generator's own benchmark. */
import { parseArgs } from 'node:util';

const ROUNDS_MAX = 25;
const SECONDS_MAX = 30;

export interface BenchLoadOptions {
  readonly rounds: number;
  /** Of each run. */
  readonly seconds: number;
  readonly json: string | null;
  readonly assert: boolean;
}

export const HELP = `Usage: node bench/bench-load.ts [flags]

What \`spillway bench load\` counts and measures, beside a generator that is independent of it (loadgen.c) on the same server, in turns; what it costs
itself; how much it can send. On loopback. Linux, two CPUs, a C compiler.

  --rounds N     in turns; the median of the rounds counts (5; 1 to ${ROUNDS_MAX})
  --seconds N    of each run (3; 1 to ${SECONDS_MAX})
  --json FILE    all figures
  --assert       exit 1 when a target is missed
`;

/** @returns the options; a text: what is wrong; null: help is asked for. */
export function parseBenchLoadOptions(args: readonly string[]): BenchLoadOptions | string | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { rounds: text, seconds: text, json: text, assert: flag, help: flag };
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    if (values.help === true) return null;
    const errors: string[] = [];
    const rounds = wholeNumber('--rounds', values.rounds, 5, ROUNDS_MAX, errors);
    const seconds = wholeNumber('--seconds', values.seconds, 3, SECONDS_MAX, errors);
    const read = { rounds, seconds, json: values.json ?? null, assert: values.assert ?? false };
    return errors.length === 0 ? read : errors.join('\n');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number, max: number, errors: string[]): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= max) return value;
  errors.push(`${name}: ${text} is not a whole number from 1 to ${max}; leave it out for ${otherwise}`);
  return otherwise;
}
