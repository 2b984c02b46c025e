/** A dated file of prices (YAML). None ships: prices differ by contract, region and day. */
import { type ConfigError, checkAgainst, type FileKind, jsonSchemaOf, readYaml } from '@spillway/config';
import * as z from 'zod';
import type { PriceOrigin, Prices } from './cost.ts';
import { PLACES, type Place } from './formulas.ts';

const REFERENCE = 'docs/capacity.md';
const ROWS_MAX = 500;
const PRICE_MAX = 10_000_000;

function price() {
  const error = `is not a price from 0 to ${PRICE_MAX}; write a number without its currency, for example 2.5`;
  return z.number({ error }).min(0, { error }).max(PRICE_MAX, { error }).optional();
}

const row = z.strictObject({
  model: z.string('is not a model; write its name, for example gpt-5.2'),
  type: z.enum(PLACES, `is none of ${PLACES.join(', ')}; leave it out for all of them`).optional(),
  ptuHour: price(),
  ptuMonth: price(),
  ptuYear: price(),
  input: price(),
  cachedInput: price(),
  output: price(),
});

const schema = z.strictObject({
  asOf: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a day; write it as "2026-11-21", in quotes'),
  source: z.string().min(1, 'is empty; say where the prices are from, for example your agreement'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'is not a currency; write three letters, for example EUR'),
  prices: z
    .array(row, 'is not a list; give a row for each model')
    .max(ROWS_MAX, `holds more than ${ROWS_MAX} rows; list fewer`),
});

const PRICE_FILE: FileKind = {
  jsonSchema: () => jsonSchemaOf(schema),
  reference: REFERENCE,
  reader: 'capacity calculator',
  remedies: {
    empty: `write asOf, source, currency and prices; ${REFERENCE} has an example`,
    notAMapping: 'begin with "asOf:"; a key needs a blank after its colon',
  },
  noShape: `is not what belongs here; see ${REFERENCE}`,
  later: new Map(),
  textKind: () => 'literal',
  exampleVariable: () => '',
};

export interface PriceTable {
  readonly origin: PriceOrigin;
  readonly rows: ReadonlyArray<{ readonly model: string; readonly place: Place | null; readonly prices: Prices }>;
}

export type PricesRead =
  | { readonly kind: 'ok'; readonly table: PriceTable }
  | { readonly kind: 'errors'; readonly errors: readonly ConfigError[] };

/** @param file as errors shall name it. */
export function pricesFromYaml(text: string, file: string): PricesRead {
  const { data, findings } = readYaml(text, file, PRICE_FILE);
  const parsed = data === null ? null : checkAgainst(schema, PRICE_FILE, data, findings);
  if (parsed === null || findings.errors.length > 0) return { kind: 'errors', errors: findings.errors };
  const { asOf, source, currency } = parsed;
  const rows = parsed.prices.map(({ model, type = null, ...prices }) => ({
    model,
    place: type,
    prices: known(prices),
  }));
  return { kind: 'ok', table: { origin: { asOf, source, currency }, rows } };
}

/** Without what is not given. */
function known(prices: { readonly [Name in keyof Prices]: Prices[Name] | undefined }): Prices {
  return Object.fromEntries(Object.entries(prices).filter(([, value]) => value !== undefined));
}

/** Of a model and type: the rows for all types first, what is said of the type over them. */
export function pricesIn({ rows }: PriceTable, model: string, place: Place): Prices {
  const own = rows.filter((each) => each.model.toLowerCase() === model.toLowerCase());
  const general = own.filter((each) => each.place === null).map(({ prices }) => prices);
  const special = own.filter((each) => each.place === place).map(({ prices }) => prices);
  return Object.assign({}, ...general, ...special);
}
