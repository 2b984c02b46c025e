/** Chat completions that were asked for with `store: true`, as they were answered. Source: OpenAI's API reference, chat completions. */
import { isRecord } from '@spillway/protocol';
import type { KeepAsk } from '../ask/generation.ts';
import { parsedJson } from '../json.ts';
import type { Service, ServiceCall } from '../service.ts';
import { notFound } from '../wire/refusals.ts';
import { Archive, type Found } from './archive.ts';
import { type ListingRules, pageOf } from './listing.ts';
import { metadataOf } from './metadata.ts';
import { fieldsOf, pathService } from './paths.ts';
import { isRefusal } from './refusals.ts';
import { type Item, RESPONSE_RETENTION_MS } from './responses.ts';
import type { Store } from './store.ts';

interface KeptChat {
  /** JSON text. */
  readonly completion: string;
  /** As a JSON list. */
  readonly messages: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Both lists begin with the oldest. Source: the same, `order`. */
const LISTING: ListingRules = { limit: 20, limitMax: 100, order: 'asc' };

export class Chats {
  readonly #archive: Archive<KeptChat>;

  constructor(store: Store) {
    this.#archive = new Archive(store, {
      kind: 'chat.completion',
      retentionMs: RESPONSE_RETENTION_MS,
      read,
      charsOf: ({ completion, messages }) => completion.length + messages.length,
    });
  }

  has(id: string, nowMs: number): boolean {
    return this.#archive.get(id, nowMs) !== null;
  }

  put(id: string, completion: string, { messages, metadata }: Extract<KeepAsk, { kind: 'chat' }>, nowMs: number): void {
    this.#archive.put(id, { completion, messages, metadata }, nowMs);
  }

  /** `metadata[key]` of a list is not looked at. */
  readonly service: Service = pathService({
    'GET chat/completions': ({ query, nowMs }) => {
      const model = query('model');
      const all = [...this.#archive.all(nowMs)].map(shown);
      return pageOf(model === null ? all : all.filter((chat) => chat.model === model), query, LISTING);
    },
    'GET chat/completions/{}': ({ nowMs }, id) => {
      const found = this.#archive.get(id, nowMs);
      return found === null ? notFound('Chat completion', id) : shown(found);
    },
    'POST chat/completions/{}': (call, id) => this.#update(call, id),
    'DELETE chat/completions/{}': (_, id) => {
      if (!this.#archive.remove(id)) return notFound('Chat completion', id);
      return { id, object: 'chat.completion.deleted', deleted: true };
    },
    'GET chat/completions/{}/messages': ({ query, nowMs }, id) => {
      const found = this.#archive.get(id, nowMs);
      return found === null ? notFound('Chat completion', id) : pageOf(messagesOf(found), query, LISTING);
    },
  });

  #update(call: ServiceCall, id: string): object {
    const found = this.#archive.get(id, call.nowMs);
    if (found === null) return notFound('Chat completion', id);
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    const value = { ...found.value, metadata: metadata ?? {} };
    this.#archive.put(id, value, call.nowMs);
    return shown({ ...found, value });
  }
}

function shown({ id, value }: Found<KeptChat>): Item {
  const completion = parsedJson(value.completion);
  return { ...(isRecord(completion) ? completion : {}), id, metadata: value.metadata };
}

function messagesOf({ id, value }: Found<KeptChat>): readonly Item[] {
  const messages = parsedJson(value.messages);
  if (!Array.isArray(messages)) return [];
  const given: readonly unknown[] = messages;
  return given.flatMap((message, i) => (isRecord(message) ? [{ ...message, id: `${id}-${i}` }] : []));
}

function read(value: unknown): KeptChat | null {
  if (!isRecord(value)) return null;
  const { completion, messages, metadata } = value;
  if (typeof completion !== 'string' || typeof messages !== 'string') return null;
  return { completion, messages, metadata: isRecord(metadata) ? metadata : {} };
}
