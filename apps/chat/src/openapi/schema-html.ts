/** A shape for people: its fields with their types, one below the other. */
import { escaped } from '../page/page.ts';
import type { JsonSchema } from './components.ts';

export function linkTo(name: string): string {
  return `<a href="#${escaped(name)}">${escaped(name)}</a>`;
}

/** In one line; what is within an object is told by {@link fieldsOf}. */
export function typeOf(schema: JsonSchema): string {
  const { $ref, const: value, enum: values, items, anyOf, oneOf } = schema;
  if ($ref !== undefined) return `${linkTo($ref.split('/').at(-1) ?? '')}${boundsOf(schema)}`;
  if (value !== undefined) return code(value);
  if (values !== undefined) return `${values.map(code).join(' | ')}${boundsOf(schema)}`;
  const some = anyOf ?? oneOf;
  if (some !== undefined) return [...new Set(some.map(typeOf))].join(' | ');
  if (schema.type === 'array') return `list of ${isSchema(items) ? typeOf(items) : 'anything'}${boundsOf(schema)}`;
  const named = [schema.type ?? 'anything'].flat().join(' | ');
  return `${named}${schema.format === undefined ? '' : ` (${escaped(schema.format)})`}${boundsOf(schema)}`;
}

function isSchema(given: unknown): given is JsonSchema {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function code(value: unknown): string {
  return `<code>${escaped(JSON.stringify(value))}</code>`;
}

/** Names as people say them, in the order that they are told in. */
const BOUNDS = {
  minimum: 'from',
  maximum: 'to',
  minLength: 'characters from',
  maxLength: 'characters to',
  minItems: 'items from',
  maxItems: 'items to',
} as const;

function boundsOf(schema: JsonSchema): string {
  const told = Object.entries(BOUNDS).flatMap(([name, says]) => {
    const bound = schema[name];
    return typeof bound === 'number' ? [`${says} ${bound.toLocaleString('en')}`] : [];
  });
  if (schema.default !== undefined) told.push(`default ${code(schema.default)}`);
  return told.length === 0 ? '' : `, ${told.join(', ')}`;
}

/** Of an object its fields, of a choice each of them; empty where the type says all. */
export function fieldsOf(schema: JsonSchema): string {
  const { properties, anyOf, oneOf, items } = schema;
  const some = (anyOf ?? oneOf ?? []).filter((each) => fieldsOf(each) !== '');
  if (some.length > 0) return `<ol class="choice">${some.map(choiceOf).join('')}</ol>`;
  if (isSchema(items)) return fieldsOf(items);
  if (properties === undefined) return '';
  const required = new Set(schema.required);
  const rows = Object.entries(properties).flatMap(([name, each]) =>
    isSchema(each) ? [fieldOf(name, each, required.has(name))] : [],
  );
  return rows.length === 0 ? '' : `<dl class="fields">${rows.join('')}</dl>`;
}

function choiceOf(schema: JsonSchema): string {
  const says = schema.description === undefined ? '' : `<p>${escaped(schema.description)}</p>`;
  return `<li>${says}${fieldsOf(schema)}</li>`;
}

function fieldOf(name: string, schema: JsonSchema, isRequired: boolean): string {
  const may = isRequired ? '' : ' <span class="soft">optional</span>';
  const says = schema.description === undefined ? '' : `<br>${escaped(schema.description)}`;
  return `<dt><code>${escaped(name)}</code></dt><dd>${typeOf(schema)}${may}${says}${fieldsOf(schema)}</dd>`;
}
