/** A dated file of prices (YAML), for whoever reckons without a gateway. None ships: prices differ by contract, region and day. */
import type { PriceTable } from '@spillway/policy';
import type { ConfigError } from './config.ts';
import type { FileKind } from './file-kind.ts';
import { checkAgainst } from './issues.ts';
import { jsonSchemaOf } from './schema-json.ts';
import { priceFileSchema, toPriceTable } from './schema-prices.ts';
import { readYaml } from './yaml.ts';

const REFERENCE = 'docs/capacity.md';

const PRICE_FILE: FileKind = {
  jsonSchema: () => jsonSchemaOf(priceFileSchema),
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

export type PricesRead =
  | { readonly kind: 'ok'; readonly table: PriceTable }
  | { readonly kind: 'errors'; readonly errors: readonly ConfigError[] };

/** @param file as errors shall name it. */
export function pricesFromYaml(text: string, file: string): PricesRead {
  const { data, findings } = readYaml(text, file, PRICE_FILE);
  const parsed = data === null ? null : checkAgainst(priceFileSchema, PRICE_FILE, data, findings);
  if (parsed === null || findings.errors.length > 0) return { kind: 'errors', errors: findings.errors };
  return { kind: 'ok', table: toPriceTable(parsed) };
}
