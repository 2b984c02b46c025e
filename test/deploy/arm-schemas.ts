/**
 * Azure's own schemas of resources, closed: theirs let any further property pass, so that a slip of the pen would. They lie outside of the
 * repository: in the folder that VALIDATION_DATA names, else beside the checkout.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import type { Json, JsonObject } from '../../apps/render/src/arm/functions.ts';

const BESIDE = fileURLToPath(new URL('../../../shared/validation-data', import.meta.url));
const FOLDER = process.env.VALIDATION_DATA ?? BESIDE;

/** Why tests that need the schemas are skipped; false where they are there. */
export const NO_SCHEMAS = existsSync(join(FOLDER, 'arm-schemas'))
  ? false
  : `no schemas in ${process.env.VALIDATION_DATA === undefined ? '../shared/validation-data' : 'VALIDATION_DATA'}`;

export const validationFile = (name: string): string => join(FOLDER, name);

/** What stands beside a resource's own properties, in every template. */
const TEMPLATE_KEYS = new Set(['condition', 'copy', 'dependsOn', 'comments', 'scope', '$schema']);

const TEXT = { type: 'string' };
const DESTINATIONS = { type: 'object', properties: { destinations: { type: 'array', items: TEXT } } };

/**
 * A preview whose schema is not among the data: that of a version with the same properties, and what it adds.
 * Source: azure-rest-api-specs, Microsoft.App/ContainerApps/preview/2025-10-02-preview/ManagedEnvironments.json.
 */
const PREVIEW = {
  key: 'Microsoft.App/managedEnvironments@2025-10-02-preview',
  of: '2026-01-01_Microsoft.App.json',
  preview: '2025-10-02-preview',
  definition: 'ManagedEnvironmentProperties',
  adds: {
    appInsightsConfiguration: { type: 'object', properties: { connectionString: TEXT } },
    openTelemetryConfiguration: {
      type: 'object',
      properties: { tracesConfiguration: DESTINATIONS, logsConfiguration: DESTINATIONS },
    },
  },
};

/** `Microsoft.App/containerApps@2026-01-01` to its schema. */
export class ArmSchemas {
  /** Made when one is asked for: some take long. */
  readonly #validators = new Map<string, () => ValidateFunction>();

  constructor() {
    for (const file of readdirSync(join(FOLDER, 'arm-schemas'))) {
      const [, version, provider] = /^(\d.*?)_(.*)\.json$/.exec(file) ?? [];
      if (version !== undefined && provider !== undefined)
        this.#read(join(FOLDER, 'arm-schemas', file), version, provider);
    }
    this.#readPreview();
  }

  has(type: string, apiVersion: string): boolean {
    return this.#validators.has(`${type}@${apiVersion}`);
  }

  /** @returns what is wrong, in words; nothing where it is good. */
  problems(resource: JsonObject): readonly string[] {
    const key = `${String(resource.type)}@${String(resource.apiVersion)}`;
    const validate = this.#validators.get(key)?.();
    if (validate === undefined) return [`no schema of ${key}`];
    const own = Object.fromEntries(Object.entries(resource).filter(([name]) => !TEMPLATE_KEYS.has(name)));
    return validate(own) ? [] : said(validate.errors ?? []);
  }

  #readPreview(): void {
    const text = readFileSync(join(FOLDER, 'arm-schemas', PREVIEW.of), 'utf8');
    const version = PREVIEW.of.split('_')[0] ?? '';
    const source = asObject(JSON.parse(text.replaceAll(`"${version}"`, `"${PREVIEW.preview}"`)));
    const definitions = asObject(source.definitions ?? {});
    const old = asObject(definitions[PREVIEW.definition] ?? {});
    const properties = { ...asObject(old.properties ?? {}), ...PREVIEW.adds };
    const all = closed({ ...definitions, [PREVIEW.definition]: { ...old, properties } });
    const declared = asObject(source.resourceDefinitions ?? {}).managedEnvironments ?? {};
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    const compiled = once(() => ajv.compile({ ...asObject(closed(declared)), definitions: all }));
    this.#validators.set(PREVIEW.key, compiled);
  }

  #read(file: string, version: string, provider: string): void {
    const source = asObject(JSON.parse(readFileSync(file, 'utf8')));
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    const definitions = closed(source.definitions ?? {});
    for (const declared of Object.values(asObject(source.resourceDefinitions ?? {}))) {
      const type = asObject(asObject(asObject(declared).properties ?? {}).type ?? {}).enum;
      const name = Array.isArray(type) ? String(type[0]) : '';
      if (!name.startsWith(provider)) continue;
      const compiled = once(() => ajv.compile({ ...asObject(closed(declared)), definitions }));
      this.#validators.set(`${name}@${version}`, compiled);
    }
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A choice between a value and an expression fails in both: that about the expression says nothing. */
function said(errors: NonNullable<ValidateFunction['errors']>): readonly string[] {
  return errors
    .filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'pattern')
    .map(({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`);
}

const EXPRESSION = { type: 'string', pattern: '^\\[([^\\[].*)?\\]$' };

/** From draft 4, open, to draft 7, closed. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const from = asObject(schema);
  if (typeof from.$ref === 'string' && from.$ref.startsWith('http')) {
    return from.$ref.endsWith('/expression') ? EXPRESSION : {};
  }
  const kept = Object.entries(from).filter(([key, value]) => key !== 'id' || typeof value !== 'string');
  const inner = Object.fromEntries(kept.map(([key, value]) => [key, closed(value)] as const));
  // Their files say integer of every number, also of a share of a processor.
  if (from.type === 'integer') return { ...inner, type: 'number' };
  const isOpen = isSchemaOfObject(from) && from.additionalProperties === undefined && from.allOf === undefined;
  return isOpen ? { ...inner, additionalProperties: false } : inner;
}

/** A property may itself be called `properties`: what is closed is a schema, which says what type it is. */
function isSchemaOfObject({ type, properties }: JsonObject): boolean {
  return type === 'object' && typeof properties === 'object' && properties !== null && !Array.isArray(properties);
}

export function asObject(value: Json): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  // Array.isArray does not narrow lists that are read-only.
  return Object.fromEntries(Object.entries(value));
}

/** azd's own schema, without the ones that it points to elsewhere. */
export function azureYamlProblems(value: unknown): readonly string[] {
  const schema: Json = JSON.parse(readFileSync(validationFile('azure.yaml.schema.json'), 'utf8'));
  const validate = new Ajv2019({ strict: false, allErrors: true, logger: false }).compile(asObject(withoutFar(schema)));
  return validate(value) ? [] : said(validate.errors ?? []);
}

function withoutFar(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutFar);
  if (typeof schema !== 'object' || schema === null) return schema;
  const from = asObject(schema);
  if (typeof from.$ref === 'string' && from.$ref.startsWith('http')) return {};
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, withoutFar(value)] as const));
}
