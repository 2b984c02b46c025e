/** The schema as JSON Schema: for editors, for the reference, and to know which keys a place has. */
import * as z from 'zod';
import type { JsonSchema } from './file-kind.ts';
import type { Path } from './place.ts';
import { fileSchema } from './schema.ts';

export type { JsonSchema } from './file-kind.ts';

let made: JsonSchema | null = null;

/**
 * Of the file as written, not as filled in: secrets are references there. Draft 7, which editors know best.
 * It checks one value at a time; `spillway check` sees more.
 */
export function jsonSchema(): JsonSchema {
  made ??= jsonSchemaOf(fileSchema);
  return made;
}

/** The same of another kind of file. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-07' });
}

/** The keys that a mapping at this path may have; empty where names are free, or where there is no mapping. */
export function keysAt(path: Path, file: JsonSchema = jsonSchema()): readonly string[] {
  let here: readonly JsonSchema[] = [file];
  for (const step of path) here = here.flatMap((schema) => below(schema, step));
  return here.flatMap((schema) => Object.keys(schema.properties ?? {}));
}

function below(schema: JsonSchema, step: string | number): readonly JsonSchema[] {
  const named = new Map(Object.entries(schema.properties ?? {})).get(String(step));
  const next = typeof step === 'number' ? schema.items : (named ?? schema.additionalProperties);
  return isSchema(next) ? variants(next) : [];
}

/** A value that may have one of several shapes has the keys of all. */
export function variants(schema: JsonSchema): readonly JsonSchema[] {
  return [schema, ...(schema.anyOf ?? [])].filter(isSchema);
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
