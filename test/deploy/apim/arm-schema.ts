/** Resources of a template against Microsoft's schemas, closed: as published they let any misspelt property pass. */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { dataFile } from './data.ts';
import type { JsonObject } from './json.ts';

/** By provider and version; types of others have no schema here. */
const FILES: Readonly<Record<string, string>> = {
  'Microsoft.ApiManagement@2024-05-01': '2024-05-01_Microsoft.ApiManagement.json',
  'Microsoft.ApiManagement@2025-09-01-preview': '2025-09-01-preview_Microsoft.ApiManagement.json',
  'Microsoft.CognitiveServices@2025-09-01': '2025-09-01_Microsoft.CognitiveServices.json',
  'Microsoft.ManagedIdentity@2024-11-30': '2024-11-30_Microsoft.ManagedIdentity.json',
};

const EXPRESSION = { type: 'string', pattern: '^\\[([^\\[].*)?\\]$' };
/** What a template says of a resource besides the resource. */
const OF_THE_TEMPLATE = ['condition', 'copy', 'dependsOn', 'comments', 'scope'];

const compiled = new Map<string, ValidateFunction | null>();

/** @returns what is wrong; null: there is no schema of its type. */
export function resourceProblems(resource: JsonObject): readonly string[] | null {
  const type = String(resource.type);
  const validate = validatorOf(type, String(resource.apiVersion));
  if (validate === null) return null;
  const bare = Object.fromEntries(Object.entries(resource).filter(([key]) => !OF_THE_TEMPLATE.includes(key)));
  if (validate(bare)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${type} ${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function validatorOf(type: string, apiVersion: string): ValidateFunction | null {
  const key = `${type}@${apiVersion}`;
  const found = compiled.get(key);
  if (found !== undefined) return found;
  const [provider = '', ...names] = type.split('/');
  const file = FILES[`${provider}@${apiVersion}`];
  const made = file === undefined ? null : compile(file, names.join('_'));
  compiled.set(key, made);
  return made;
}

function compile(file: string, definition: string): ValidateFunction {
  const {
    id: _id,
    $schema: _schema,
    ...schema
  } = JSON.parse(readFileSync(dataFile('arm-schemas', file), 'utf8'), closed);
  if (schema.resourceDefinitions[definition] === undefined) throw new Error(`${file} has no ${definition}`);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  return ajv.compile({ ...schema, $ref: `#/resourceDefinitions/${definition}` });
}

/** For every value of a schema file: objects are closed, and texts with rules may also be expressions. */
function closed(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('$ref' in value && String(value.$ref).endsWith('#/definitions/expression')) return EXPRESSION;
  if ('properties' in value && 'type' in value && value.type === 'object' && !('additionalProperties' in value)) {
    return { ...value, additionalProperties: false };
  }
  if (
    'type' in value &&
    value.type === 'string' &&
    !('enum' in value) &&
    ('pattern' in value || 'maxLength' in value)
  ) {
    return { anyOf: [value, EXPRESSION] };
  }
  // An expression of its own and a text with rules both fit an expression: one of them is enough.
  if ('oneOf' in value) {
    const { oneOf, ...rest } = value;
    return { ...rest, anyOf: oneOf };
  }
  return value;
}
