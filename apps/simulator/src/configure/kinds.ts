/** Kinds of values that the schema is made of, each with its rule and the way out. A message reads `rule; remedy`. */
import { KEY_CHARS_MAX, VISIBLE_ASCII, whole } from '@spillway/config';
import * as z from 'zod';

/** What may stand in a path, a header and a JSON text as it is. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_RULE = 'is not a name; use up to 64 letters, digits, ".", "_" and "-", a letter or digit first';
const PLAIN_LINE = /^[\x20-\x7e]{1,100}$/;
const HOST = /^[A-Za-z0-9.:_-]{1,253}$/;
const DAY = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TEXT_CHARS_MAX = 100_000;

export const name = () => z.string().regex(NAME, NAME_RULE);
/** For people, and in headers: `East US`. */
export const line = () =>
  z.string().regex(PLAIN_LINE, 'is not plain ASCII of 1 to 100 characters; write it as Azure does');
export const host = () => z.string().regex(HOST, 'is not an address; give for example 127.0.0.1');
export const day = () => z.string().regex(DAY, 'is not a day; write it as 2027-04-14');
export const text = () =>
  z.string().max(TEXT_CHARS_MAX, `is longer than ${TEXT_CHARS_MAX} characters; a shorter one serves as well`);
export const flag = () => z.boolean();
export const key = () =>
  z
    .string()
    .regex(VISIBLE_ASCII, 'is empty, or holds blanks or characters beyond ASCII; a key is visible ASCII')
    .max(KEY_CHARS_MAX, `is longer than ${KEY_CHARS_MAX} characters; a shorter one serves as well`);

export function count(range: { readonly min: number; readonly max: number }, example: number) {
  return whole({ ...range, remedy: `give for example ${example}` });
}

/** Above 0. */
export function amount(max: number, example: number) {
  const error = `is not a number above 0 and up to ${max}; give for example ${example}`;
  return z.number({ error }).gt(0, { error }).max(max, { error });
}

/** 0 or more. */
export function quantity(max: number, example: number) {
  const error = `is not a number from 0 to ${max}; give for example ${example}`;
  return z.number({ error }).min(0, { error }).max(max, { error });
}

export function list<Item extends z.ZodType>(item: Item, max: number, what: string) {
  return z.array(item).max(max, `holds more than ${max} ${what}; list fewer`);
}

/** Keys of options as the schema has them: each must be there, and no other. */
export type Shape<Options> = Readonly<Record<keyof Options, z.ZodType>>;
