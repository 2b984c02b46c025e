/** Functions of ARM templates that need nothing but their arguments. Source: Microsoft Learn, "ARM template functions". */
import { createHash } from 'node:crypto';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

type Fn = (...args: readonly Json[]) => Json;

export const FUNCTIONS: Readonly<Record<string, Fn>> = {
  format: (pattern = null, ...args) =>
    textOf(pattern).replace(/\{(\d+)\}/g, (_, at) => textOf(args[Number(at)] ?? missing(`argument ${at} of format`))),
  concat: (...args) => (args.every(isList) ? args.flat() : args.map(textOf).join('')),
  toLower: (text = null) => textOf(text).toLowerCase(),
  take: (from = null, count = null) =>
    isList(from) ? from.slice(0, Number(count)) : textOf(from).slice(0, Number(count)),
  replace: (text = null, old = null, by = null) => textOf(text).replaceAll(textOf(old), textOf(by)),
  split: (text = null, by = null) => textOf(text).split(textOf(by)),
  trim: (text = null) => textOf(text).trim(),
  join: (list = null, by = null) => listOf(list).map(textOf).join(textOf(by)),
  string: (value = null) => (typeof value === 'string' ? value : JSON.stringify(value)),
  json: (text = null) => JSON.parse(textOf(text)),
  int: (value = null) => Math.trunc(Number(value)),
  length: (of = null) =>
    isList(of) ? of.length : typeof of === 'string' ? of.length : Object.keys(objectOf(of)).length,
  empty: (of = null) =>
    of === null || of === '' || (isList(of) ? of.length === 0 : typeof of === 'object' && Object.keys(of).length === 0),
  range: (from = null, count = null) => Array.from({ length: Number(count) }, (_, at) => Number(from) + at),
  flatten: (lists = null) => listOf(lists).flatMap((list) => listOf(list)),
  union: (...args) => (args.every(isList) ? [...new Set(args.flat())] : Object.assign({}, ...args)),
  contains: (of = null, what = null) =>
    isList(of) ? of.includes(what) : typeof of === 'string' ? of.includes(textOf(what)) : textOf(what) in objectOf(of),
  createArray: (...args) => args,
  createObject: (...args) =>
    Object.fromEntries(args.flatMap((key, at) => (at % 2 === 0 ? [[textOf(key), args[at + 1] ?? null] as const] : []))),
  tryGet: (of = null, key = null) => (of === null ? null : (objectOf(of)[textOf(key)] ?? null)),
  coalesce: (...args) => args.find((arg) => arg !== null) ?? null,
  equals: (a = null, b = null) => JSON.stringify(a) === JSON.stringify(b),
  not: (a = null) => a !== true,
  greater: (a = null, b = null) => Number(a) > Number(b),
  less: (a = null, b = null) => Number(a) < Number(b),
  add: (a = null, b = null) => Number(a) + Number(b),
  mod: (a = null, b = null) => Number(a) % Number(b),
  endsWith: (text = null, end = null) => textOf(text).toLowerCase().endsWith(textOf(end).toLowerCase()),
  true: () => true,
  false: () => false,
  null: () => null,
  // Not Azure's own hash, but as long, of the same letters, and the same for the same arguments.
  uniqueString: (...args) => digest(args).slice(0, 13),
  guid: (...args) => digest(args).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
  subscription: () => ({ id: '/subscriptions/sub', subscriptionId: 'sub', tenantId: 'tenant' }),
  tenant: () => ({ tenantId: '00000000-0000-4000-8000-000000000000' }),
};

function digest(args: readonly Json[]): string {
  return createHash('sha256').update(JSON.stringify(args)).digest('hex');
}

export function objectOf(value: Json | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || isList(value)) {
    throw new Error(`not an object: ${JSON.stringify(value)}`);
  }
  return value;
}

export function textOf(value: Json): string {
  if (typeof value === 'object') throw new Error(`not a text: ${JSON.stringify(value)}`);
  return `${value}`;
}

export function listOf(value: Json): readonly Json[] {
  if (!isList(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
