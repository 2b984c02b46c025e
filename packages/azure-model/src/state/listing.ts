/**
 * Pages of a list, as the OpenAI API has them: `limit`, `order`, `after`, `before`; `first_id`, `last_id`, `has_more`.
 * Source: OpenAI API reference, lists of assistants, files, vector stores; Azure's v1 specification, the same operations.
 */
import type { ServiceCall } from '../service.ts';
import { type Refusal, refusalOf } from './refusals.ts';
import type { Identified } from './shelf.ts';

export interface ListingRules {
  /** Objects of a page where the client does not say. */
  readonly limit: number;
  readonly limitMax: number;
  readonly order: 'asc' | 'desc';
}

const USUAL_LISTING: ListingRules = { limit: 20, limitMax: 100, order: 'desc' };

export interface Page<Item> {
  readonly object: 'list';
  readonly data: readonly Item[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** @param items oldest first. */
export function pageOf<Item extends Identified>(
  items: readonly Item[],
  query: ServiceCall['query'],
  rules: ListingRules = USUAL_LISTING,
): Page<Item> | Refusal {
  const limit = limitIn(query('limit'), rules);
  if (typeof limit !== 'number') return limit;
  const order = query('order') ?? rules.order;
  if (order !== 'asc' && order !== 'desc') return badOrder(order);
  const ordered = order === 'asc' ? items : items.toReversed();
  const before = query('before');
  const { from, to } = before === null ? after(ordered, query('after'), limit) : until(ordered, before, limit);
  const data = ordered.slice(from, to);
  const hasMore = before === null ? to < ordered.length : from > 0;
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
}

/**
 * A cursor that names no object any more starts at the beginning: clients delete what they list while they list it, and what is left
 * is then what they have not seen.
 */
function after(items: readonly Identified[], cursor: string | null, limit: number): { from: number; to: number } {
  const from = cursor === null ? 0 : items.findIndex(({ id }) => id === cursor) + 1;
  return { from, to: Math.min(items.length, from + limit) };
}

function until(items: readonly Identified[], cursor: string, limit: number): { from: number; to: number } {
  const found = items.findIndex(({ id }) => id === cursor);
  const to = found < 0 ? items.length : found;
  return { from: Math.max(0, to - limit), to };
}

function limitIn(text: string | null, { limit, limitMax }: ListingRules): number | Refusal {
  if (text === null || text === '') return limit;
  const wanted = /^-?\d{1,9}$/.test(text) ? Number(text) : null;
  if (wanted === null) return badLimit(`expected an integer, but got '${text.slice(0, 20)}' instead`, 'invalid_type');
  if (wanted > limitMax) {
    return badLimit(
      `integer above maximum value. Expected a value <= ${limitMax}, but got ${wanted} instead`,
      'integer_above_max_value',
    );
  }
  if (wanted >= 1) return wanted;
  return badLimit(
    `integer below minimum value. Expected a value >= 1, but got ${wanted} instead`,
    'integer_below_min_value',
  );
}

function badLimit(what: string, code: string): Refusal {
  return refusalOf(400, `Invalid 'limit': ${what}.`, { param: 'limit', code });
}

function badOrder(order: string): Refusal {
  const message = `Invalid value: '${order.slice(0, 20)}'. Supported values are: 'asc' and 'desc'.`;
  return refusalOf(400, message, { param: 'order', code: 'invalid_value' });
}
