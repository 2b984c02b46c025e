/** The one text of a JSON value: keys in order, no blanks. Two values have the same text where they hold the same. */
import { isRecord } from '@spillway/protocol';

/** @param value as JSON.parse makes it, or what JSON.stringify would write without loss. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}
