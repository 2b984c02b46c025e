/** Attributes of files in a vector store, and filters on them. Source: OpenAI API reference, `attributes`, `filters`. */
import { isRecord } from '@spillway/protocol';
import { METADATA_KEY_CHARS_MAX, METADATA_PAIRS_MAX, METADATA_VALUE_CHARS_MAX } from './metadata.ts';
import { type Refusal, wrongField } from './refusals.ts';

export type Attributes = Readonly<Record<string, string | number | boolean>>;
export type Filter = (attributes: Attributes) => boolean;

/** Filters within one another. */
export const FILTER_DEPTH_MAX = 10;

export function attributesOf(given: unknown): Attributes | null | Refusal {
  if (given === undefined || given === null) return null;
  if (!isRecord(given)) return wrongField('attributes', 'it must be an object');
  const entries = Object.entries(given);
  if (entries.length > METADATA_PAIRS_MAX)
    return wrongField('attributes', `it has at most ${METADATA_PAIRS_MAX} pairs`);
  const attributes: Record<string, string | number | boolean> = {};
  for (const [key, value] of entries) {
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (!isPlain || key.length > METADATA_KEY_CHARS_MAX || String(value).length > METADATA_VALUE_CHARS_MAX) {
      const rule = `a key has at most ${METADATA_KEY_CHARS_MAX} characters, its value is a number, a boolean or a text of at most ${METADATA_VALUE_CHARS_MAX}`;
      return wrongField(`attributes.${key.slice(0, METADATA_KEY_CHARS_MAX)}`, rule);
    }
    attributes[key] = value;
  }
  return attributes;
}

/** @returns a filter that lets everything pass where none is given. */
export function filterOf(given: unknown): Filter | Refusal {
  if (given === undefined || given === null) return () => true;
  return (
    filterIn(given, 1) ??
    wrongField('filters', `it must be made of comparisons, 'and' and 'or', ${FILTER_DEPTH_MAX} deep at most`)
  );
}

function filterIn(given: unknown, depth: number): Filter | null {
  if (!isRecord(given) || depth > FILTER_DEPTH_MAX) return null;
  const { type, key, value, filters } = given;
  if (type === 'and' || type === 'or') return compound(type, filters, depth);
  return typeof key === 'string' && typeof type === 'string' ? comparison(type, key, value) : null;
}

function compound(type: 'and' | 'or', given: unknown, depth: number): Filter | null {
  if (!Array.isArray(given)) return null;
  const parts = given.map((part: unknown) => filterIn(part, depth + 1));
  const filters = parts.filter((part) => part !== null);
  if (filters.length < parts.length) return null;
  return type === 'and'
    ? (attributes) => filters.every((filter) => filter(attributes))
    : (attributes) => filters.some((filter) => filter(attributes));
}

/** What has no such attribute is not equal to anything, and not less or greater either. */
function comparison(type: string, key: string, value: unknown): Filter | null {
  const among: readonly unknown[] = Array.isArray(value) ? value : [value];
  switch (type) {
    case 'eq':
      return (attributes) => attributes[key] === value;
    case 'ne':
      return (attributes) => attributes[key] !== value;
    case 'in':
      return (attributes) => among.includes(attributes[key]);
    case 'nin':
      return (attributes) => !among.includes(attributes[key]);
    default:
      return typeof value === 'number' ? ordering(type, key, value) : null;
  }
}

function ordering(type: string, key: string, value: number): Filter | null {
  const number = (attributes: Attributes): number => {
    const own = attributes[key];
    return typeof own === 'number' ? own : Number.NaN;
  };
  switch (type) {
    case 'gt':
      return (attributes) => number(attributes) > value;
    case 'gte':
      return (attributes) => number(attributes) >= value;
    case 'lt':
      return (attributes) => number(attributes) < value;
    case 'lte':
      return (attributes) => number(attributes) <= value;
    default:
      return null;
  }
}
