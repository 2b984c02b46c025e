/**
 * A log as azure-openai-benchmark's fork wrote it, so that what reads those reads these: its file name, the arguments by its names, a line of
 * JSON each second, and the marks of drain and end (simulator reference B-25, B-85). Unlike the lines on standard output a missing value is
 * `n/a` here: the ancestor's own tools take anything else for a value.
 */

import type { Line } from '../measure/report.ts';
import type { LoadFlags } from '../options.ts';
import { withoutSecrets } from './words.ts';

/** Its tools look for these. */
export const ARGS_MARK = 'Load test args: ';
export const DRAIN_MARK = 'requests to drain';
export const STOP_MARK = 'got terminate signal';
const END_MARK = 'finished load test';

/** Of a part of the name that comes from the command line. */
const NAME_PART_MAX = 60;

/** `2026-11-21-16-04-05_chat_shape=balanced_clients=20_rate=60.log`. @param startedAtMs since 1970; the time is UTC. */
export function logName(flags: LoadFlags, clients: number, startedAtMs: number): string {
  const time = new Date(startedAtMs).toISOString().slice(0, 19).replace(/[T:]/g, '-');
  const what =
    flags.contextGenerationMethod === 'replay'
      ? `replay=${part(baseOf(flags.replayPath ?? ''))}`
      : `shape=${part(flags.shapeProfile)}`;
  const rate = flags.rate ?? flags.arrivals ?? 'none';
  return `${time}_${part(flags.deployment ?? '')}_${what}_clients=${clients}_rate=${part(rate)}.log`;
}

/** Nothing in it leads out of the folder. */
function part(text: string): string {
  return text.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, NAME_PART_MAX) || 'none';
}

function baseOf(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? '').replace(/\.jsonl?$/, '');
}

/** The arguments of a run by the ancestor's names, and ours that it had not. Numbers as numbers. */
export function argumentsOf(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => {
      if (name === 'endpoint') return ['api_base_endpoint', withoutSecrets(String(value))];
      return [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), plainValue(value)];
    }),
  );
}

function plainValue(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  if (value === 'true' || value === 'false') return value === 'true';
  return withoutSecrets(value);
}

/** The lines of a log, as they come. */
export class AncestorLog {
  readonly #write: (text: string) => void;
  #drains = false;

  /** @param args as {@link argumentsOf} has them. */
  constructor(write: (text: string) => void, args: Readonly<Record<string, unknown>>) {
    this.#write = write;
    write(`${ARGS_MARK}${JSON.stringify(args)}\n`);
  }

  line(line: Line, isDrain: boolean): void {
    if (isDrain && !this.#drains) {
      this.#drains = true;
      this.#write(`waiting for ${line.processing} ${DRAIN_MARK}\n`);
    }
    this.#write(`${JSON.stringify(line, (_, value) => (value === null ? 'n/a' : value))}\n`);
  }

  /** Somebody ended the run. */
  interrupted(): void {
    this.#write(`${STOP_MARK}, draining. signal again to exit.\n`);
  }

  end(): void {
    this.#write(`${END_MARK}\n`);
  }
}
