/** The schema of prices: those of the gateway's file, and those of a file of their own. One form, so that rows can be copied. */
import { PRICE_PLACES, type Prices, type PriceTable } from '@spillway/policy';
import * as z from 'zod';
import { endOf } from './date.ts';

const ROWS_MAX = 500;
const PRICE_MAX = 10_000_000;
const SOURCE_CHARS_MAX = 500;
const MODEL_CHARS_MAX = 128;

const price = (meaning: string) => {
  const error = `is not a price from 0 to ${PRICE_MAX}; write a number without its currency, for example 2.5`;
  return z.number({ error }).min(0, { error }).max(PRICE_MAX, { error }).optional().describe(meaning);
};

const MODEL_RULE = 'is not a model; write its name, for example gpt-5.2';

const OF_TOKENS = {
  model: z
    .string(MODEL_RULE)
    .min(1, MODEL_RULE)
    .max(MODEL_CHARS_MAX, MODEL_RULE)
    .describe(
      'Name of the model, in any case, as the deployments have it in `model`; of deployments without one, their own name.',
    ),
  type: z
    .enum(PRICE_PLACES, `is none of ${PRICE_PLACES.join(', ')}; leave it out for all of them`)
    .optional()
    .describe('Only for deployments of that kind, over what a row without it says. Absent: for all.'),
  input: price('A million tokens of prompts. In the currency above.'),
  cachedInput: price('A million tokens of prompts that the answer told to be cached. Absent: as `input`.'),
  output: price('A million tokens of answers, reasoning included. Not needed for embeddings.'),
};

const tokenRow = z.strictObject(OF_TOKENS).describe('What the tokens of a model cost.');

/** Units are the calculator's: what they serve costs the gateway's callers nothing more. */
const unitRow = z.strictObject({
  ...OF_TOKENS,
  ptuHour: price('A provisioned unit, by the hour.'),
  ptuMonth: price('One that is reserved for a month.'),
  ptuYear: price('One that is reserved for a year.'),
});

type Refinement = z.core.$RefinementCtx<unknown>;

type Row = { readonly model: string; readonly type?: string | undefined } & Readonly<Record<string, unknown>>;

/** Two figures for one thing: which one holds would be a guess. */
function refuseContradictions(rows: readonly Row[], context: Refinement): void {
  const first = new Map<string, number>();
  for (const [i, { model, type, ...prices }] of rows.entries()) {
    for (const [name, value] of Object.entries(prices)) {
      if (value === undefined) continue;
      const key = `${name} ${type ?? ''} ${model.toLowerCase()}`;
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, i);
      else {
        const message = `is given for this model and type in row ${earlier + 1}, too; keep one of the two`;
        context.addIssue({ code: 'custom', input: value, message, path: [i, name] });
      }
    }
  }
}

const NOT_A_LIST = 'is not a list; give a row for each model';
const TOO_MANY = `holds more than ${ROWS_MAX} rows; list fewer`;

const ORIGIN = {
  asOf: z
    .string()
    .refine(
      (day) => /^\d{4}-\d{2}-\d{2}$/.test(day) && endOf(day) !== null,
      'is not a day; write it as "2026-11-21", in quotes',
    )
    .describe('The day for which they hold, `2026-11-21`. Stands beside each cost.'),
  source: z
    .string()
    .min(1, 'is empty; say where the prices are from, for example your agreement')
    .max(SOURCE_CHARS_MAX, `is longer than ${SOURCE_CHARS_MAX} characters; name the source alone`)
    .describe(
      'Where they are from, in words of your own: an agreement, a page. Shown with the configuration (`GET /admin/config`).',
    ),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is not a currency; write three letters, for example EUR')
    .describe('Three capital letters, for example `EUR`; of all prices here. Nothing is converted.'),
};

export const pricesSetting = z
  .strictObject({
    ...ORIGIN,
    prices: z
      .array(tokenRow, NOT_A_LIST)
      .min(1, 'is an empty list; give a row for each model, or remove the prices')
      .max(ROWS_MAX, TOO_MANY)
      .superRefine(refuseContradictions)
      .describe('A row for each model, and for each kind of deployment that costs otherwise.'),
  })
  .optional()
  .describe(
    'What tokens cost by your contract: no price is known here. With them each decision, the log and `spillway_cost_total` tell what a request cost; streams that do not tell their tokens are estimated (`usage.includeUsage`). Absent: no costs are told. What provisioned units serve costs nothing more, since they are paid for by the hour; their prices are for `spillway plan capacity`, whose file is written like this one.',
  );

/** A file of prices alone. */
export const priceFileSchema = z.strictObject({
  ...ORIGIN,
  prices: z.array(unitRow, NOT_A_LIST).max(ROWS_MAX, TOO_MANY).superRefine(refuseContradictions),
});

type PricesData = z.output<typeof priceFileSchema> | NonNullable<z.output<typeof pricesSetting>>;

export function toPriceTable({ asOf, source, currency, prices }: PricesData): PriceTable {
  const rows = prices.map(({ model, type = null, ...rest }) => ({ model, place: type, prices: known(rest) }));
  return { origin: { asOf, source, currency }, rows };
}

/** Without what is not given. */
function known(prices: { readonly [Name in keyof Prices]: Prices[Name] | undefined }): Prices {
  return Object.fromEntries(Object.entries(prices).filter(([, value]) => value !== undefined));
}
