/** The benchmark's command line. */
import { parseArgs } from 'node:util';
import { LOADS } from './loads.ts';
import { isSubjectName, SUBJECT_NAMES, type SubjectName } from './subjects.ts';

/** More rounds than this tell nothing new and take hours. */
const ROUNDS_MAX = 25;
const DEFAULT_ROUNDS = 5;

export interface Options {
  readonly rounds: number;
  readonly subjects: readonly SubjectName[];
  /** Keys of LOADS. */
  readonly loads: readonly string[];
  /** File for all figures, or null. */
  readonly json: string | null;
  /** Put the table into docs/performance.md. */
  readonly write: boolean;
  /** Exit 1 when a target is missed. */
  readonly assert: boolean;
  readonly proxyCpu: number;
  readonly loadCpu: number;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly errors: readonly string[] };

export const HELP = `Usage: npm run bench -- [flags]

Measures the gateway next to nginx and to a bare node:http + undici proxy, on loopback, with a fake Azure OpenAI resource.

  --rounds N        interleaved rounds, of which the median counts (${DEFAULT_ROUNDS}; 1 to ${ROUNDS_MAX})
  --subjects A,B    of ${SUBJECT_NAMES.join(', ')} (all)
  --loads A,B       of ${Object.keys(LOADS).join(', ')} (all)
  --json FILE       all figures, of each round too
  --write           put the table into docs/performance.md
  --assert          exit 1 when a target is missed
  --proxy-cpu N     the CPU of the proxies (0)
  --load-cpu N      the CPU of backend, load generator and this driver (1)

Example: npm run bench -- --rounds 1 --subjects nginx,undici --loads json2k
`;

const FLAGS = {
  rounds: { type: 'string' },
  subjects: { type: 'string' },
  loads: { type: 'string' },
  json: { type: 'string' },
  write: { type: 'boolean' },
  assert: { type: 'boolean' },
  'proxy-cpu': { type: 'string' },
  'load-cpu': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @param args what follows the script's name. @param cpus how many CPUs there are. */
export function parseOptions(args: readonly string[], cpus: number): Parsed {
  const read = readFlags(args);
  if (typeof read === 'string') return { kind: 'wrong', errors: [read] };
  if (read.help === true) return { kind: 'help' };
  const errors: string[] = [];
  const options: Options = {
    rounds: wholeNumber('--rounds', read.rounds, DEFAULT_ROUNDS, 1, ROUNDS_MAX, errors),
    subjects: chosen('--subjects', read.subjects, SUBJECT_NAMES, errors).filter(isSubjectName),
    loads: chosen('--loads', read.loads, Object.keys(LOADS), errors),
    json: read.json ?? null,
    write: read.write ?? false,
    assert: read.assert ?? false,
    proxyCpu: wholeNumber('--proxy-cpu', read['proxy-cpu'], 0, 0, cpus - 1, errors),
    loadCpu: wholeNumber('--load-cpu', read['load-cpu'], 1, 0, cpus - 1, errors),
  };
  if (options.proxyCpu === options.loadCpu) {
    errors.push(`--load-cpu: ${options.loadCpu} is also --proxy-cpu; they need a CPU each (this machine has ${cpus})`);
  }
  if (options.write && (read.subjects !== undefined || read.loads !== undefined)) {
    errors.push('--write: docs/performance.md shows the whole table; leave --subjects and --loads out');
  }
  if (options.assert && !(options.subjects.includes('gateway') && options.subjects.includes('nginx'))) {
    errors.push('--assert: the targets compare gateway and nginx; name both in --subjects, or leave it out');
  }
  return errors.length === 0 ? { kind: 'run', options } : { kind: 'wrong', errors };
}

/** The flags as typed, or what is wrong with them. */
function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wholeNumber(
  flag: string,
  text: string | undefined,
  otherwise: number,
  min: number,
  max: number,
  errors: string[],
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  errors.push(`${flag}: ${text} is not a whole number from ${min} to ${max}; leave it out for ${otherwise}`);
  return otherwise;
}

function chosen(flag: string, text: string | undefined, known: readonly string[], errors: string[]): readonly string[] {
  if (text === undefined) return known;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!known.includes(name)) errors.push(`${flag}: "${name}" is unknown; choose of ${known.join(', ')}`);
  }
  return known.filter((name) => names.includes(name));
}
