/** Flags of the simulator's benchmark. */
import { parseArgs } from 'node:util';

export const PARTS = ['loads', 'hour', 'admission', 'day'] as const;
export type Part = (typeof PARTS)[number];

const ROUNDS_MAX = 25;
const SECONDS_MAX = 60;

export interface SimulatorBenchOptions {
  readonly parts: readonly Part[];
  readonly rounds: number;
  /** Of one load on one server. */
  readonly seconds: number;
  /** A minute for the hour, and an hour for the day: to see that it runs. */
  readonly quick: boolean;
  readonly json: string | null;
  readonly write: boolean;
  readonly assert: boolean;
}

export const HELP = `Usage: node bench/simulator.ts [flags]

Measures what the simulator costs: CPU for an answer and for an event beside a bare node:http server that sends the same bytes,
an hour of traffic under virtual time, admission by the size of its window, memory over a virtual day. Linux, two CPUs, loopback.

  --parts A,B    of ${PARTS.join(', ')} (all)
  --rounds N     of the loads, of which the median counts (5; 1 to ${ROUNDS_MAX})
  --seconds N    of each load (3; 1 to ${SECONDS_MAX})
  --quick        a minute in place of the hour, two hours in place of the day: to see that it runs
  --json FILE    all figures
  --write        put the table into docs/performance.md
  --assert       exit 1 when a target is missed
`;

/** @returns the options; a text: what is wrong; null: help is asked for. */
export function parseSimulatorOptions(args: readonly string[]): SimulatorBenchOptions | string | null {
  const errors: string[] = [];
  const values = flagsOf(args);
  if (typeof values === 'string') return values;
  if (values.help === true) return null;
  const parts = (values.parts ?? PARTS.join(',')).split(',');
  for (const part of parts) {
    if (!PARTS.some((known) => known === part))
      errors.push(`--parts: "${part}" is unknown; choose of ${PARTS.join(', ')}`);
  }
  const options: SimulatorBenchOptions = {
    parts: PARTS.filter((part) => parts.includes(part)),
    rounds: wholeNumber('--rounds', values.rounds, 5, ROUNDS_MAX, errors),
    seconds: wholeNumber('--seconds', values.seconds, 3, SECONDS_MAX, errors),
    quick: values.quick ?? false,
    json: values.json ?? null,
    write: values.write ?? false,
    assert: values.assert ?? false,
  };
  if (options.write && (options.quick || values.parts !== undefined)) {
    errors.push('--write: docs/performance.md shows the whole table; leave --quick and --parts out');
  }
  return errors.length === 0 ? options : errors.join('\n');
}

function flagsOf(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    parts: text,
    rounds: text,
    seconds: text,
    quick: flag,
    json: text,
    write: flag,
    assert: flag,
    help: flag,
  };
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
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
