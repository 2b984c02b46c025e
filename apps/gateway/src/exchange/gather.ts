/**
 * Lists of what several resources keep, asked of one owner after the other, in the order of the configuration: a client that pages
 * through sees all of them once. The cursor is the sealed id of the last item, which names its owner; so nothing is remembered between
 * pages. Models are one list, whoever has them.
 */
import { isRecord, queryValue } from '@spillway/protocol';
import { IdWriter } from '../home/rewrite.ts';
import type { Seal } from '../home/seal.ts';
import type { Route } from '../route/route.ts';
import { type Attempt, type Head, headerOf } from './attempt.ts';

/** models: one that cannot be asked now is left out. objects: without one the list would be wrong, and is refused. */
export type GatherKind = 'models' | 'objects';

const OBJECT_LISTS: ReadonlySet<string> = new Set([
  'assistants',
  'batches',
  'chat/completions',
  'containers',
  'evals',
  'files',
  'fine_tuning/jobs',
  'vector_stores',
  'video/generations/jobs',
  'videos',
]);

/** @returns null where the request is no list of several owners. */
export function gatherKind(method: string, { target }: Route): GatherKind | null {
  if (method !== 'GET' || target.dialect === 'classic') return null;
  const operation = target.operation.replace(/\/$/, '');
  if (operation === 'models') return 'models';
  return OBJECT_LISTS.has(operation) ? 'objects' : null;
}

interface Page {
  readonly text: Record<string, unknown>;
  readonly items: readonly unknown[];
}

export class Gather {
  readonly kind: GatherKind;
  readonly #owners: readonly string[];
  readonly #query: string;
  readonly #limit: number | null;
  #at: number;
  #first = true;
  readonly #items: unknown[] = [];
  #envelope: Record<string, unknown> = {};
  #hasMore: boolean | null = null;

  /**
   * @param owners names of the backends, in their order.
   * @param from the owner of the cursor; null: the list begins.
   * @param query as the first owner is to get it.
   */
  constructor(kind: GatherKind, owners: readonly string[], from: string | null, query: string) {
    this.kind = kind;
    // A page backwards has one owner: what comes before its first item is another one's last page, which nobody asks for.
    const isBackwards = queryValue(query, 'before') !== null;
    this.#owners = from !== null && isBackwards ? [from] : owners;
    this.#at = from === null ? 0 : Math.max(0, this.#owners.indexOf(from));
    this.#query = query;
    const limit = Number(queryValue(query, 'limit') ?? Number.NaN);
    this.#limit = Number.isInteger(limit) && limit > 0 ? limit : null;
  }

  /** Who is to be asked now. */
  get owner(): string {
    return this.#owners[this.#at] ?? '';
  }

  /** The cursor is the first owner's; the others begin at their beginning, and fill what is left of the page. */
  get query(): string {
    if (this.#first) return this.#query;
    const pairs = this.#query.split('&').filter((pair) => pair !== '' && !/^(?:after|limit)=/i.test(pair));
    if (this.#limit !== null) pairs.push(`limit=${this.#limit - this.#items.length}`);
    return pairs.join('&');
  }

  /** @returns whether another owner is to be asked now; null: it is no page, and goes the way of other answers. */
  answer({ held, deployment }: Pick<Attempt, 'held' | 'deployment'>, head: Head, seal: Seal): 'more' | 'done' | null {
    if (head.status !== 200 || headerOf(head.headers, 'content-encoding') !== undefined) return null;
    const page = Buffer.concat(held);
    const sealed = this.kind === 'models' ? page : new IdWriter(seal, deployment.backend.name, 'all').json(page);
    const more = this.#take(sealed.toString());
    if (more === null) return null;
    return more ? 'more' : 'done';
  }

  /** Where nobody can be asked for the models of one owner, the others' are shown. */
  goesOnWithout(): boolean {
    return this.kind === 'models' && this.#skip();
  }

  /** Whether what there is may be shown though the last owner could not be asked. */
  get isEnough(): boolean {
    return this.kind === 'models' && 'data' in this.#envelope;
  }

  /** @param text a page, its ids sealed. */
  #take(text: string): boolean | null {
    const page = pageOf(text);
    if (page === null) return null;
    this.#items.push(...page.items);
    if (!('data' in this.#envelope)) this.#envelope = page.text;
    const more = page.text.has_more;
    this.#hasMore = typeof more === 'boolean' ? more : this.#hasMore;
    return more === true ? false : this.#skip();
  }

  /** @returns whether another owner is to be asked. */
  #skip(): boolean {
    this.#first = false;
    const isFull = this.#limit !== null && this.#items.length >= this.#limit;
    const isLast = this.#at + 1 >= this.#owners.length;
    if (isFull && !isLast) this.#hasMore = true;
    if (isFull || isLast) return false;
    this.#at++;
    return true;
  }

  whole(): Buffer {
    const data = this.kind === 'models' ? onceEach(this.#items) : this.#items;
    const more = this.#hasMore === null ? {} : { has_more: this.#hasMore };
    const ends = 'last_id' in this.#envelope ? { first_id: idOf(data[0]), last_id: idOf(data.at(-1)) } : {};
    return Buffer.from(JSON.stringify({ ...this.#envelope, data, ...ends, ...more }));
  }
}

function pageOf(text: string): Page | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && Array.isArray(value.data) ? { text: value, items: value.data } : null;
  } catch {
    return null;
  }
}

function idOf(item: unknown): unknown {
  return isRecord(item) ? (item.id ?? null) : null;
}

/** By id, so that the order does not depend on who answered first. */
function onceEach(items: readonly unknown[]): readonly unknown[] {
  const byId = new Map<string, unknown>();
  for (const item of items) {
    const id = String(idOf(item));
    if (!byId.has(id)) byId.set(id, item);
  }
  return [...byId].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
