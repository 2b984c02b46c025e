/** Bodies of a few numbers, such as `{"seconds": 30}`, read with every error at once. */
import { isRecord } from '@spillway/protocol';
import { shown } from './outcome.ts';

/** @property low the least; `above` it where it is not itself allowed. */
export interface NumberRule {
  readonly low: number;
  readonly high: number;
  readonly above?: true;
  readonly whole?: true;
  readonly optional?: true;
}

export type NumbersRead<Name extends string> =
  | { readonly kind: 'numbers'; readonly numbers: Readonly<Partial<Record<Name, number>>> }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

/** @returns none for an optional one that is not there. */
export function readNumbers<Name extends string>(
  body: unknown,
  rules: Readonly<Record<Name, NumberRule>>,
): NumbersRead<Name> {
  const given = body === undefined ? {} : body;
  const names = Object.keys(rules);
  if (!isRecord(given)) return { kind: 'errors', errors: [`body: expected a JSON object with ${names.join(', ')}`] };
  const unknown = Object.keys(given).filter((key) => !names.includes(key));
  const errors = unknown.map((key) => `${key}: is unknown; known are ${names.join(', ')}`);
  const numbers: Partial<Record<Name, number>> = {};
  for (const name in rules) {
    const rule = rules[name];
    const value = given[name] ?? null;
    if (keeps(value, rule)) numbers[name] = value;
    else if (value !== null) errors.push(`${name}: ${shown(given[name])} is not ${ruleText(rule)}`);
    else if (!rule.optional) errors.push(`${name}: is missing; give ${rule.whole ? '' : 'a number '}${ruleText(rule)}`);
  }
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'numbers', numbers };
}

function keeps(value: unknown, { low, high, above, whole }: NumberRule): value is number {
  if (typeof value !== 'number' || (whole && !Number.isInteger(value))) return false;
  return (above ? value > low : value >= low) && value <= high;
}

function ruleText({ low, high, above, whole }: NumberRule): string {
  const range = above ? `above ${low} and at most ${high}` : `from ${low} to ${high}`;
  return whole ? `a whole number ${range}` : range;
}
