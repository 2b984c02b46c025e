/**
 * What flags may hold, and their twins in the environment: SPILLWAY_PORT for --port. The flag wins.
 * commander's own `env()` is not used: it takes SPILLWAY_ONCE=false for true, and an empty variable for a value.
 */
import { InvalidArgumentError, type Option } from 'commander';

export type Environment = Readonly<Record<string, string | undefined>>;

const PORT_MAX = 65_535;

export function port(text: string): number {
  return wholeNumber(text, PORT_MAX, `0 takes a free one`);
}

/** Seeds are 32 bits wide. */
const SEED_MAX = 4_294_967_295;

export function seed(text: string): number {
  return wholeNumber(text, SEED_MAX, 'the same seed gives the same run');
}

function wholeNumber(text: string, max: number, hint: string): number {
  const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new InvalidArgumentError(`It is not a whole number from 0 to ${max}; ${hint}.`);
}

export function notEmpty(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It is empty; give a value, or leave the flag out.');
}

export function twinOf(option: Option): string {
  return `SPILLWAY_${option.name().toUpperCase().replaceAll('-', '_')}`;
}

/** What Kubernetes sets by itself, SPILLWAY_PORT among it, for a service called `spillway` (its "service links"). */
const SERVICE_LINK = /^(?:tcp|udp|sctp):\/\//;

/**
 * The value that the twin gives the option; undefined where it is not set, blank, or not meant for us.
 * @throws InvalidArgumentError
 */
export function twinValue(option: Option, env: Environment): unknown {
  const text = env[twinOf(option)]?.trim() ?? '';
  if (text === '' || SERVICE_LINK.test(text)) return undefined;
  if (option.isBoolean()) return yesOrNo(text);
  if (option.negate) return !yesOrNo(text);
  return option.parseArg === undefined ? text : option.parseArg(text, undefined);
}

function yesOrNo(text: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  if (/^(?:0|false|no|off)$/i.test(text)) return false;
  throw new InvalidArgumentError('It is neither true nor false; write one of them, or leave it out.');
}
