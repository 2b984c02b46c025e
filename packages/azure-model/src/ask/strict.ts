/** What `strict: true` demands of a JSON schema: every object closed, every property required. Source: OpenAI's guide to structured outputs; the sentences are the service's. */
import { isRecord } from '@spillway/protocol';

/** Schemas looked at, and how deep; what lies beyond is taken as it is. */
const SCHEMAS_MAX = 2000;
const DEPTH_MAX = 20;

/** @returns what is wrong, as the service says it: `In context=(), …`; null where nothing is. */
export function strictProblem(schema: unknown): string | null {
  return new StrictCheck().of(schema, [], 0);
}

class StrictCheck {
  #schemas = 0;

  of(schema: unknown, path: readonly string[], depth: number): string | null {
    if (!isRecord(schema) || depth > DEPTH_MAX || ++this.#schemas > SCHEMAS_MAX) return null;
    const own = schema.type === 'object' || schema.properties !== undefined ? objectProblem(schema, path) : null;
    if (own !== null) return own;
    for (const [name, part] of partsOf(schema)) {
      const problem = this.of(part, [...path, ...name], depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  }
}

function objectProblem(schema: Record<string, unknown>, path: readonly string[]): string | null {
  if (schema.additionalProperties !== false) {
    return `In context=${contextOf(path)}, 'additionalProperties' is required to be supplied and to be false.`;
  }
  const names = isRecord(schema.properties) ? Object.keys(schema.properties) : [];
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const given = new Set(required);
  const missing = names.find((name) => !given.has(name));
  if (missing === undefined) return null;
  return `In context=${contextOf(path)}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

/** As Python writes a tuple, since the service does. */
function contextOf(path: readonly string[]): string {
  const quoted = path.map((name) => `'${name}'`);
  return quoted.length === 1 ? `(${quoted[0]},)` : `(${quoted.join(', ')})`;
}

function partsOf(schema: Record<string, unknown>): Array<readonly [readonly string[], unknown]> {
  const parts: Array<readonly [readonly string[], unknown]> = [];
  for (const key of ['properties', '$defs', 'definitions']) {
    const named = schema[key];
    if (isRecord(named)) for (const [name, part] of Object.entries(named)) parts.push([[key, name], part]);
  }
  if (schema.items !== undefined) parts.push([['items'], schema.items]);
  if (Array.isArray(schema.anyOf)) schema.anyOf.forEach((part, i) => void parts.push([['anyOf', String(i)], part]));
  return parts;
}
