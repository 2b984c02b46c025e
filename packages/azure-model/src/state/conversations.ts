/**
 * Conversations: items in their order, that requests to the Responses API go on with, and that their answers are added to.
 * Source: OpenAI's API reference, conversations; wire §1.4, §1.6.
 */
import { isRecord } from '@spillway/protocol';
import type { Ids } from '../ids.ts';
import { parsedJson } from '../json.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { invalidValue, notFound } from '../wire/refusals.ts';
import { Archive, type Found } from './archive.ts';
import { secondsAt } from './expiry.ts';
import { pageOf } from './listing.ts';
import { metadataOf } from './metadata.ts';
import { fieldsOf, pathService } from './paths.ts';
import { isRefusal, type Refusal } from './refusals.ts';
import { type Item, itemOf } from './responses.ts';

/** Items that may be added at once. Source: OpenAI's API reference, create items. */
const ITEMS_ADDED_MAX = 20;
/** Items of one conversation, beyond which the oldest are forgotten. Azure publishes none. */
export const CONVERSATION_ITEMS_MAX = 2000;

/** Of all items of one conversation together, beyond which the oldest are forgotten too. UTF-16 units. */
export const CONVERSATION_CHARS_MAX = 16 * 1024 * 1024;

interface KeptItem {
  readonly id: string;
  /** JSON. */
  readonly text: string;
}

interface Conversation {
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Oldest first. */
  readonly items: readonly KeptItem[];
}

export class Conversations {
  readonly #archive: Archive<Conversation>;
  readonly #ids: Ids;

  constructor({ store, ids }: Pick<Premises, 'store' | 'ids'>) {
    // They have no time to live; the oldest makes room where there are too many.
    this.#archive = new Archive(store, {
      kind: 'conversation',
      retentionMs: Number.POSITIVE_INFINITY,
      read,
      charsOf: ({ items }) => charsIn(items),
    });
    this.#ids = ids;
  }

  /** Oldest first; null for one that is not kept here. */
  items(id: string, nowMs: number): readonly Item[] | null {
    const found = this.#archive.get(id, nowMs);
    return found === null ? null : found.value.items.flatMap(itemIn);
  }

  /** @param given each an object. @returns what was added, with its ids; null for a conversation that is not kept here. */
  add(id: string, given: readonly unknown[], nowMs: number): readonly Item[] | null {
    const found = this.#archive.get(id, nowMs);
    if (found === null) return null;
    const { added, kept } = this.#named(given, found.value.items);
    const items = newest([...found.value.items, ...kept]);
    this.#archive.put(id, { ...found.value, items }, nowMs);
    return added;
  }

  /** Each with an id that none of the others has: after a restart the same seed draws the same ids again. */
  #named(given: readonly unknown[], there: readonly KeptItem[]): { added: readonly Item[]; kept: readonly KeptItem[] } {
    const taken = new Set(there.map(({ id }) => id));
    const added = given.flatMap((item) =>
      isRecord(item) ? [itemOf(item, (prefix) => this.#fresh(prefix, taken))] : [],
    );
    return { added, kept: added.map((item) => ({ id: item.id, text: JSON.stringify(item) })) };
  }

  #fresh(prefix: string, taken: Set<string>): string {
    let id = this.#ids.object(prefix);
    while (taken.has(id)) id = this.#ids.object(prefix);
    taken.add(id);
    return id;
  }

  readonly service: Service = pathService({
    'POST conversations': (call) => this.#create(call),
    'GET conversations/{}': ({ nowMs }, id) => this.#shown(id, nowMs),
    'POST conversations/{}': (call, id) => this.#update(call, id),
    'DELETE conversations/{}': (_, id) => {
      return this.#archive.remove(id) ? { id, object: 'conversation.deleted', deleted: true } : unknown(id);
    },
    'GET conversations/{}/items': ({ query, nowMs }, id) => {
      const items = this.items(id, nowMs);
      return items === null ? unknown(id) : pageOf(items, query);
    },
    'POST conversations/{}/items': (call, id) => this.#addAsked(call, id),
    'GET conversations/{}/items/{}': ({ nowMs }, id, itemId) => {
      const item = this.items(id, nowMs)?.find((each) => each.id === itemId);
      return item ?? notFound('Item', itemId);
    },
    'DELETE conversations/{}/items/{}': ({ nowMs }, id, itemId) => this.#removeItem(id, itemId, nowMs),
  });

  #create(call: ServiceCall): object {
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const items = itemsOf(fields.items ?? []);
    if ('statusText' in items) return items;
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    let id = this.#ids.object('conv_');
    while (this.#archive.get(id, call.nowMs) !== null) id = this.#ids.object('conv_');
    const { kept } = this.#named(items, []);
    this.#archive.put(id, { metadata: metadata ?? {}, items: kept }, call.nowMs);
    return this.#shown(id, call.nowMs);
  }

  #update(call: ServiceCall, id: string): object {
    const found = this.#archive.get(id, call.nowMs);
    if (found === null) return unknown(id);
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    this.#archive.put(id, { ...found.value, metadata: metadata ?? {} }, call.nowMs);
    return this.#shown(id, call.nowMs);
  }

  #addAsked(call: ServiceCall, id: string): object {
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const items = itemsOf(fields.items);
    if ('statusText' in items) return items;
    const added = this.add(id, items, call.nowMs);
    return added === null ? unknown(id) : pageOf(added, (name) => (name === 'limit' ? '100' : null), ADDED);
  }

  /** @returns the conversation without it. */
  #removeItem(id: string, itemId: string, nowMs: number): object {
    const found = this.#archive.get(id, nowMs);
    if (found === null) return unknown(id);
    const items = found.value.items.filter((item) => item.id !== itemId);
    if (items.length === found.value.items.length) return notFound('Item', itemId);
    this.#archive.put(id, { ...found.value, items }, nowMs);
    return this.#shown(id, nowMs);
  }

  #shown(id: string, nowMs: number): object {
    const found = this.#archive.get(id, nowMs);
    return found === null ? unknown(id) : shownConversation(found);
  }
}

const ADDED = { limit: 20, limitMax: 100, order: 'asc' } as const;

/** Those that have room. */
function newest(items: readonly KeptItem[]): readonly KeptItem[] {
  let from = Math.max(0, items.length - CONVERSATION_ITEMS_MAX);
  let chars = charsIn(items.slice(from));
  for (; chars > CONVERSATION_CHARS_MAX; from++) chars -= items[from]?.text.length ?? 0;
  return items.slice(from);
}

function charsIn(items: readonly KeptItem[]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0);
}

function shownConversation({ id, value, createdMs }: Found<Conversation>): object {
  return { id, object: 'conversation', created_at: secondsAt(createdMs), metadata: value.metadata };
}

function unknown(id: string): Refusal {
  return notFound('Conversation', id);
}

function itemsOf(given: unknown): readonly unknown[] | Refusal {
  if (!Array.isArray(given)) return invalidValue('items', 'expected a list');
  const items: readonly unknown[] = given;
  if (items.length > ITEMS_ADDED_MAX) return invalidValue('items', `expected at most ${ITEMS_ADDED_MAX} of them`);
  return items.every(isRecord) ? items : invalidValue('items', 'expected objects');
}

function itemIn({ id, text }: KeptItem): readonly Item[] {
  const item = parsedJson(text);
  return isRecord(item) ? [{ ...item, id }] : [];
}

function read(value: unknown): Conversation | null {
  if (!isRecord(value) || !Array.isArray(value.items)) return null;
  const given: readonly unknown[] = value.items;
  const items = given.flatMap((item) => {
    if (!isRecord(item) || typeof item.id !== 'string' || typeof item.text !== 'string') return [];
    return [{ id: item.id, text: item.text }];
  });
  return { items, metadata: isRecord(value.metadata) ? value.metadata : {} };
}
