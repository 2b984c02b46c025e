/** Prices as somebody has written them down, by model: none is known here. What is made of them is in cost.ts. */
import { type DeploymentType, placeOf } from '@spillway/protocol';

/** Money for a million tokens; absent: not given. */
export interface TokenPrices {
  readonly input?: number;
  /** Absent: as `input`. */
  readonly cachedInput?: number;
  readonly output?: number;
}

/** Of one model, in one currency. */
export interface Prices extends TokenPrices {
  /** Of one provisioned unit. */
  readonly ptuHour?: number;
  /** Of one unit that is reserved for a month. */
  readonly ptuMonth?: number;
  /** Of one unit that is reserved for a year. */
  readonly ptuYear?: number;
}

/** Where a model is offered at a price of its own: the kinds of deployment, without how it is paid for. */
export const PRICE_PLACES = ['global', 'dataZone', 'regional'] as const;
export type PricePlace = (typeof PRICE_PLACES)[number];

export interface PriceRow {
  readonly model: string;
  /** null: all of them. */
  readonly place: PricePlace | null;
  readonly prices: Prices;
}

export interface PriceTable {
  readonly origin: {
    /** Day, `2026-11-21`. */
    readonly asOf: string;
    readonly source: string;
    /** Three letters, `EUR`. */
    readonly currency: string;
  };
  readonly rows: readonly PriceRow[];
}

/** Of a model in any case: the rows for all places first, what is said of the place over them. @param place null: not known. */
export function pricesIn({ rows }: Pick<PriceTable, 'rows'>, model: string, place: PricePlace | null): Prices {
  const own = rows.filter((each) => each.model.toLowerCase() === model.toLowerCase());
  const general = own.filter((each) => each.place === null);
  const special = place === null ? [] : own.filter((each) => each.place === place);
  return Object.assign({}, ...[...general, ...special].map(({ prices }) => prices));
}

/** What a million tokens cost, each kind; `output` null: not given, as for embeddings. */
export interface PerMillion {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number | null;
}

type OfPlaces = ReadonlyMap<PricePlace | null, PerMillion>;

/** The prices of tokens, made ready to be looked up once for each exchange. */
export class PriceBook {
  readonly table: PriceTable;
  /** By model in small letters. */
  readonly #models = new Map<string, OfPlaces>();

  constructor(table: PriceTable) {
    this.table = table;
    for (const { model } of table.rows) this.#models.set(model.toLowerCase(), ofPlaces(table, model));
  }

  /** @returns null where the model has no price of tokens for such a deployment. */
  perMillion(model: string, type: DeploymentType | null): PerMillion | null {
    return this.#models.get(model.toLowerCase())?.get(type === null ? null : PLACE_OF[placeOf(type)]) ?? null;
  }
}

const PLACE_OF = { region: 'regional', dataZone: 'dataZone', global: 'global' } as const;

function ofPlaces(table: PriceTable, model: string): OfPlaces {
  const found = new Map<PricePlace | null, PerMillion>();
  for (const place of [null, ...PRICE_PLACES]) {
    const { input, cachedInput = input, output = null } = pricesIn(table, model, place);
    if (input !== undefined && cachedInput !== undefined) found.set(place, { input, cachedInput, output });
  }
  return found;
}
