/**
 * A value that fits a JSON schema, for the arguments of a simulated tool call: the required properties, and of the keywords those
 * that models honour (type, enum, const, bounds, items, local $ref, anyOf, oneOf, allOf). Patterns are not looked at.
 */
import { isRecord } from '@spillway/protocol';
import type { Unit } from './prose.ts';

/** Values made for one schema; a schema may refer to itself, and what lies beyond comes out null. */
const VALUES_MAX = 1000;
const DEPTH_MAX = 12;
/** Longest list and string made, whatever `minItems` or `minLength` demand. */
const ITEMS_MAX = 16;
const STRING_CHARS_MAX = 1000;

const WORDS = ['alpha', 'north', 'amber', 'seven', 'river', 'cedar', 'early', 'quiet'];

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-11-21',
  time: '09:30:00Z',
  'date-time': '2026-11-21T09:30:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '7b0041e6-b032-4bbe-8cd0-31efb80be5c2',
};

/** Where the words of free texts come from. */
export interface Wording {
  /** null: nothing fits, and any word will do. */
  textFor(property: string): string | null;
  /** One of the values of an enumeration; undefined where any will do. */
  among(values: readonly unknown[]): unknown;
}

const ANY_WORDING: Wording = { textFor: () => null, among: () => undefined };

/** @param schema as sent in `tools[].function.parameters`; anything else than an object yields `{}`. */
export function sampleOf(schema: unknown, unit: Unit, wording: Wording = ANY_WORDING): unknown {
  return isRecord(schema) ? new Sampler(schema, unit, wording).value(schema, 0, '') : {};
}

class Sampler {
  readonly #root: Record<string, unknown>;
  readonly #unit: Unit;
  readonly #wording: Wording;
  #values = 0;

  constructor(root: Record<string, unknown>, unit: Unit, wording: Wording) {
    this.#root = root;
    this.#unit = unit;
    this.#wording = wording;
  }

  /** @param name of the property that the value is for. */
  value(schema: unknown, depth: number, name: string): unknown {
    if (++this.#values > VALUES_MAX || depth > DEPTH_MAX || !isRecord(schema)) return null;
    if (schema.const !== undefined) return shallow(schema.const);
    if (Array.isArray(schema.enum)) return shallow(this.#wording.among(schema.enum) ?? this.#pick(schema.enum));
    if (typeof schema.$ref === 'string') return this.value(this.#referred(schema.$ref), depth + 1, name);
    const options = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(options)) return this.value(options[0], depth + 1, name);
    if (Array.isArray(schema.allOf)) return this.#all(schema, schema.allOf, depth, name);
    return this.#ofType(schema, depth, name);
  }

  #ofType(schema: Record<string, unknown>, depth: number, name: string): unknown {
    switch (typeOf(schema)) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return this.#array(schema, depth, name);
      case 'integer':
        return Math.round(this.#number(schema, 1));
      case 'number':
        return this.#number(schema, 0.5);
      case 'boolean':
        return this.#unit() < 0.5;
      case 'null':
        return null;
      default:
        return this.#string(schema, name);
    }
  }

  #object(schema: Record<string, unknown>, depth: number): Record<string, unknown> {
    const properties = isRecord(schema.properties) ? schema.properties : {};
    const required = Array.isArray(schema.required) ? schema.required : [];
    const out: Record<string, unknown> = Object.create(null);
    for (const name of required) {
      if (typeof name === 'string')
        out[name] = this.value(Object.hasOwn(properties, name) ? properties[name] : {}, depth + 1, name);
    }
    return out;
  }

  #array(schema: Record<string, unknown>, depth: number, name: string): unknown[] {
    const max = numberOr(schema.maxItems, ITEMS_MAX);
    const length = Math.min(ITEMS_MAX, max, Math.max(1, numberOr(schema.minItems, 1)));
    return Array.from({ length }, () => this.value(schema.items ?? { type: 'string' }, depth + 1, name));
  }

  /** The smallest number allowed and a little more, within the largest; a multiple where one is asked for. */
  #number(schema: Record<string, unknown>, step: number): number {
    const above = numberOr(schema.exclusiveMinimum, Number.NEGATIVE_INFINITY);
    const low = Math.max(numberOr(schema.minimum, Number.NEGATIVE_INFINITY), above + step);
    const below = numberOr(schema.exclusiveMaximum, Number.POSITIVE_INFINITY);
    const high = Math.min(numberOr(schema.maximum, Number.POSITIVE_INFINITY), below - step);
    const from = Number.isFinite(low) ? low : Number.isFinite(high) ? high - 10 : 1;
    const multiple = numberOr(schema.multipleOf, step);
    const wanted = Math.ceil(Math.min(from + this.#unit() * 10, high) / multiple) * multiple;
    return wanted > high ? Math.floor(high / multiple) * multiple : wanted;
  }

  #string(schema: Record<string, unknown>, name: string): string {
    if (typeof schema.format === 'string') {
      const formatted = FORMATS[schema.format];
      if (formatted !== undefined) return formatted;
    }
    const free = schema.pattern === undefined && schema.format === undefined ? this.#wording.textFor(name) : null;
    const word = free ?? String(this.#pick(WORDS));
    const min = Math.min(STRING_CHARS_MAX, numberOr(schema.minLength, 0));
    return word
      .padEnd(min, word)
      .slice(0, Math.max(0, Math.min(STRING_CHARS_MAX, numberOr(schema.maxLength, STRING_CHARS_MAX))));
  }

  /** The parts' properties together; a part that is no object decides alone. */
  #all(schema: Record<string, unknown>, parts: readonly unknown[], depth: number, name: string): unknown {
    const values = parts.map((part) => this.value(part, depth + 1, name));
    const simple = values.find((value) => !isRecord(value));
    return simple !== undefined ? simple : Object.assign(this.#object(schema, depth), ...values);
  }

  /** `#`, `#/$defs/name` and the like; null where nothing is there. */
  #referred(ref: string): unknown {
    if (!ref.startsWith('#')) return null;
    let at: unknown = this.#root;
    for (const key of ref.slice(1).split('/').filter(Boolean)) {
      at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : null;
    }
    return at;
  }

  #pick(from: readonly unknown[]): unknown {
    return from[Math.floor(this.#unit() * from.length)] ?? null;
  }
}

/** A value given by the schema; null for one nested so deeply that it could not be written as JSON. */
function shallow(value: unknown): unknown {
  return isDeeper(value, DEPTH_MAX) ? null : value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** The first type named that is not `null`; without any, what the other keywords suggest. */
function typeOf(schema: Record<string, unknown>): string {
  const type = Array.isArray(schema.type) ? (schema.type.find((name) => name !== 'null') ?? 'null') : schema.type;
  if (typeof type === 'string') return type;
  if (schema.properties !== undefined) return 'object';
  return schema.items === undefined ? 'string' : 'array';
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
