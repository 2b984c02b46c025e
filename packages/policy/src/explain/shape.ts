/** What a JSON value must look like, and what is wrong with one that does not. */
import { isRecord } from '@spillway/protocol';

/** @returns what is wrong, beginning with the place; null where nothing is. */
export type Shape = (value: unknown, place: string) => string | null;

/** Of a value that is shown in a message. */
const SHOWN_CHARS_MAX = 60;

/** @param rule what it must be: `a text`. */
export function is(rule: string, holds: (value: unknown) => boolean): Shape {
  return (value, place) => (holds(value) ? null : `${place}: ${shown(value)} is not ${rule}`);
}

/** What would steer a terminal, or turn a line around, has no place in a record: it is printed. */
const STEERS = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;
const anyText = is('a text', (value) => typeof value === 'string');
const plainText = is('a text without control characters', (value) => typeof value === 'string' && !STEERS.test(value));
export const text: Shape = (value, place) => anyText(value, place) ?? plainText(value, place);
export const yesOrNo = is('true or false', (value) => typeof value === 'boolean');
export const finite = is('a number', (value) => typeof value === 'number');

export function oneOf(names: readonly unknown[]): Shape {
  return is(`one of ${names.map((name) => JSON.stringify(name)).join(', ')}`, (value) => names.includes(value));
}

export function orNull(shape: Shape): Shape {
  return (value, place) => (value === null ? null : shape(value, place));
}

export function orAbsent(shape: Shape): Shape {
  return (value, place) => (value === undefined ? null : shape(value, place));
}

export function listOf(shape: Shape): Shape {
  return (value, place) => {
    if (!Array.isArray(value)) return `${place}: ${shown(value)} is not a list`;
    for (const [i, item] of value.entries()) {
      const problem = shape(item, `${place}[${i}]`);
      if (problem !== null) return problem;
    }
    return null;
  };
}

/** Fields beyond these are let pass. */
export function objectOf<T>(fields: { readonly [K in keyof T]-?: Shape }): Shape {
  const entries = Object.entries<Shape>(fields);
  return (value, place) => {
    if (!isRecord(value) || Array.isArray(value)) return `${place}: ${shown(value)} is not an object`;
    for (const [key, shape] of entries) {
      const problem = shape(value[key], place === '' ? key : `${place}.${key}`);
      if (problem !== null) return problem;
    }
    return null;
  };
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = (JSON.stringify(value) ?? 'nothing').replace(/\p{C}/gu, '?');
  return json.length > SHOWN_CHARS_MAX ? `${json.slice(0, SHOWN_CHARS_MAX)}…` : json;
}
