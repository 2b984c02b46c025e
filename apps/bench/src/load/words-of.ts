/** Numbers, choices and arrivals as people write them on a command line; what is wrong is collected, so that all of it is told at once. */
import type { Arrivals, Step } from '../spec.ts';

export class Problems {
  readonly #list: string[] = [];

  add(problem: string): void {
    this.#list.push(problem);
  }

  get list(): readonly string[] {
    return this.#list;
  }
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

/** @returns the least allowed where it is none, and has been told. */
export function readNumber(
  problems: Problems,
  name: string,
  text: string,
  { min, max, isWhole = false }: Range,
): number {
  const value = /^-?\d+(?:\.\d+)?(?:e\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
  problems.add(`${name} ${text}: is no ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`);
  return min;
}

/** @returns the first of them where it is none, and has been told. */
export function oneOf<const Values extends readonly string[]>(
  problems: Problems,
  name: string,
  text: string,
  values: Values,
): Values[number] {
  const found = values.find((value) => value === text);
  if (found === undefined) problems.add(`${name} ${text}: is none of ${values.join(', ')}`);
  return found ?? values[0] ?? text;
}

/** @param given true: the flag alone. @returns false where it is neither, and has been told. */
export function yesOrNo(problems: Problems, name: string, given: string | boolean): boolean {
  const text = String(given);
  if (/^(?:true|yes|t|y|1)$/i.test(text)) return true;
  if (!/^(?:false|no|f|n|0)$/i.test(text)) problems.add(`${name} ${text}: is neither true nor false`);
  return false;
}

const FORMS = 'constant, poisson, ramp:FROM-TO:SECONDS, steps:RATExSECONDS,…, sweep:FROM:FACTOR:SECONDS, trace';
const RATE_MAX = 1e8;
const SECONDS_MAX = 7 * 86_400;

/**
 * `constant` and `poisson` take their rate from --rate; `ramp:60-600:120`, `steps:60x30,120x30`, `sweep:60:1.5:20` bring it along.
 * @param traced makes the arrivals of a recording.
 */
export function arrivalsOf(
  problems: Problems,
  text: string,
  rate: number,
  traced: () => Arrivals | null,
): Arrivals | null {
  const [kind = '', ...parts] = text.split(':');
  if (kind === 'trace') return traced();
  if (kind === 'constant' || kind === 'poisson') return plain(problems, kind, rate);
  if (rate > 0) problems.add(`--rate: --arrivals ${kind} brings its own; leave --rate out`);
  if (kind === 'ramp') return ramp(problems, parts);
  if (kind === 'steps') return steps(problems, parts);
  if (kind === 'sweep') return sweep(problems, parts);
  problems.add(`--arrivals ${text}: is none of ${FORMS}`);
  return null;
}

function plain(problems: Problems, kind: 'constant' | 'poisson', perMinute: number): Arrivals | null {
  if (perMinute > 0) return { kind, perMinute };
  problems.add(`--arrivals ${kind}: needs --rate REQUESTS-PER-MINUTE`);
  return null;
}

function ramp(problems: Problems, [range = '', seconds = '']: readonly string[]): Arrivals {
  const [from = '', to = ''] = range.split('-');
  return {
    kind: 'ramp',
    fromPerMinute: rateOf(problems, 'ramp', from, 0),
    toPerMinute: rateOf(problems, 'ramp', to),
    overMs: secondsOf(problems, 'ramp', seconds),
  };
}

function steps(problems: Problems, [list = '']: readonly string[]): Arrivals {
  const made = list.split(',').map((step): Step => {
    const [rate = '', seconds = ''] = step.split('x');
    return { perMinute: rateOf(problems, 'steps', rate), forMs: secondsOf(problems, 'steps', seconds) };
  });
  return { kind: 'steps', steps: made };
}

function sweep(problems: Problems, [from = '60', factor = '1.5', seconds = '60']: readonly string[]): Arrivals {
  return {
    kind: 'sweep',
    fromPerMinute: rateOf(problems, 'sweep', from),
    factor: readNumber(problems, '--arrivals sweep: factor', factor, { min: 1.01, max: 10 }),
    stepMs: secondsOf(problems, 'sweep', seconds),
  };
}

function rateOf(problems: Problems, kind: string, text: string, min = 0.001): number {
  return readNumber(problems, `--arrivals ${kind}: rate`, text, { min, max: RATE_MAX });
}

function secondsOf(problems: Problems, kind: string, text: string): number {
  return 1_000 * readNumber(problems, `--arrivals ${kind}: seconds`, text, { min: 0.1, max: SECONDS_MAX });
}
