/**
 * The responses that a resource keeps: as they were answered, with what was asked. One leads to the one before it, so that a
 * conversation of many is kept once. Source: wire §1.6 (kept 30 days).
 */
import { isRecord } from '@spillway/protocol';
import { parsedJson } from '../json.ts';
import { itemId, responseDigits, responseDigitsOf } from '../wire/response-items.ts';
import { failedResponse } from '../wire/responses.ts';
import { Archive, type Found } from './archive.ts';
import type { Store } from './store.ts';

/** Azure keeps them so long. */
export const RESPONSE_RETENTION_MS = 30 * 24 * 3600 * 1000;
/** Responses of one conversation that are read again; those before are forgotten. */
export const CHAIN_MAX = 1000;
/** Ids of a response's input are told from those of its output. */
const INPUT_IDS_FROM = 1_000_000;

export interface KeptResponse {
  /** JSON text. */
  readonly response: string;
  /** Items of the request alone, as a JSON list. */
  readonly input: string;
  readonly previous: string | null;
  /** Items of a conversation that the request went on with, as a JSON list; null where there was none. */
  readonly history: string | null;
  readonly background: boolean;
  readonly stream: boolean;
  /** It is still being answered. */
  readonly pending: boolean;
}

export type Item = Readonly<Record<string, unknown>> & { readonly id: string };

export class Responses {
  readonly #archive: Archive<KeptResponse>;
  /** By what the ids of its items begin with. */
  readonly #byDigits = new Map<string, string>();

  constructor(store: Store) {
    this.#archive = new Archive(store, {
      kind: 'response',
      retentionMs: RESPONSE_RETENTION_MS,
      read,
      charsOf,
      gone: (id) => this.#byDigits.delete(responseDigits(id) ?? ''),
    });
    const interrupted: Found<KeptResponse>[] = [];
    for (const found of this.#archive.all(0)) {
      this.#remember(found.id);
      if (found.value.pending) interrupted.push(found);
    }
    for (const found of interrupted) this.#fail(found, 'The simulator was stopped before this response was ready.');
  }

  get(id: string, nowMs: number): Found<KeptResponse> | null {
    return this.#archive.get(id, nowMs);
  }

  put(id: string, kept: KeptResponse, nowMs: number): void {
    this.#remember(id);
    this.#archive.put(id, kept, nowMs);
  }

  remove(id: string): boolean {
    return this.#archive.remove(id);
  }

  /** All that a following request goes on with; null where there is no such response. */
  items(id: string, nowMs: number): readonly Item[] | null {
    const chain = this.#chain(id, nowMs);
    const last = chain.at(-1);
    return last === undefined ? null : [...inputOf(chain), ...outputOf(last)];
  }

  /** What the model was asked, the conversation before included, oldest first. */
  inputItems(id: string, nowMs: number): readonly Item[] | null {
    const chain = this.#chain(id, nowMs);
    return chain.length === 0 ? null : inputOf(chain);
  }

  item(id: string, nowMs: number): Item | null {
    const owner = this.#byDigits.get(responseDigitsOf(id) ?? '');
    const found = owner === undefined ? null : this.#archive.get(owner, nowMs);
    if (found === null) return null;
    return [...ownInput(found), ...outputOf(found)].find((item) => item.id === id) ?? null;
  }

  /** Oldest first. Where one in between is gone, the conversation begins behind it. */
  #chain(id: string, nowMs: number): readonly Found<KeptResponse>[] {
    const chain: Found<KeptResponse>[] = [];
    let next: string | null = id;
    while (next !== null && chain.length < CHAIN_MAX) {
      const found: Found<KeptResponse> | null = this.#archive.get(next, nowMs);
      if (found === null) break;
      chain.push(found);
      next = found.value.previous;
    }
    return chain.reverse();
  }

  /** Whoever was to make its answer is gone with the process before. */
  #fail({ id, value, createdMs }: Found<KeptResponse>, message: string): void {
    const response = parsedJson(value.response);
    if (!isRecord(response)) return;
    this.#archive.put(id, { ...value, pending: false, response: failedResponse(response, message) }, createdMs);
  }

  #remember(id: string): void {
    const digits = responseDigits(id);
    if (digits !== null) this.#byDigits.set(digits, id);
  }
}

function inputOf(chain: readonly Found<KeptResponse>[]): readonly Item[] {
  return chain.flatMap((found, i) => [
    ...ownInput(found),
    // The last one's answer is no input of its own.
    ...(i === chain.length - 1 ? [] : outputOf(found)),
  ]);
}

/** With the conversation that it went on with, each item with an id, and messages in the one form in which they are told. */
function ownInput({ id, value }: Found<KeptResponse>): readonly Item[] {
  const history = value.history === null ? [] : identified(parsedJson(value.history), id, 2 * INPUT_IDS_FROM);
  return [...history, ...identified(parsedJson(value.input), id, INPUT_IDS_FROM)];
}

function outputOf({ id, value }: Found<KeptResponse>): readonly Item[] {
  const response = parsedJson(value.response);
  return isRecord(response) ? identified(response.output, id, 0) : [];
}

function identified(items: unknown, responseId: string, from: number): readonly Item[] {
  if (!Array.isArray(items)) return [];
  const given: readonly unknown[] = items;
  return given.flatMap((item, n) =>
    isRecord(item) ? [itemOf(item, (prefix) => itemId(prefix, responseId, from + n))] : [],
  );
}

/** What ids begin with, by the kind of item. */
const PREFIXES = new Map([
  ['message', 'msg_'],
  ['function_call', 'fc_'],
  ['function_call_output', 'fco_'],
  ['reasoning', 'rs_'],
  ['file_search_call', 'fs_'],
  ['compaction', 'cmp_'],
]);

/** An item as the API tells it. @param newId of one that the client gave none. */
export function itemOf(item: Record<string, unknown>, newId: (prefix: string) => string): Item {
  const type = typeof item.type === 'string' ? item.type : 'message';
  const id = typeof item.id === 'string' ? item.id : newId(PREFIXES.get(type) ?? 'item_');
  if (type !== 'message') return { ...item, id, type };
  const { content } = item;
  const kind = item.role === 'assistant' ? 'output_text' : 'input_text';
  const parts = typeof content === 'string' ? [{ type: kind, text: content }] : content;
  return { status: 'completed', ...item, id, type, content: parts };
}

function charsOf({ response, input, history }: KeptResponse): number {
  return response.length + input.length + (history?.length ?? 0);
}

function read(value: unknown): KeptResponse | null {
  if (!isRecord(value)) return null;
  const { response, input, previous, history, background, stream, pending } = value;
  if (typeof response !== 'string' || typeof input !== 'string') return null;
  return {
    response,
    input,
    previous: typeof previous === 'string' ? previous : null,
    history: typeof history === 'string' ? history : null,
    background: background === true,
    stream: stream === true,
    pending: pending === true,
  };
}
