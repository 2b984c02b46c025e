/** The items that a response consists of: a search, thoughts, a message, calls of functions. */
import type { Call, Choice, TokenLogprob } from '../answer/choice.ts';
import type { GenerationAsk, Searched } from '../ask/generation.ts';
import { hashText, mix32 } from '../text.ts';
import { logprobEntries } from './logprobs.ts';
import type { Rendered } from './renderer.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

interface ItemFacts {
  readonly id: string;
  /** As it is in the end. */
  readonly end: ItemStatus;
}

export type OutputItem = ItemFacts &
  (
    | { readonly kind: 'search'; readonly searched: Searched }
    | { readonly kind: 'reasoning'; readonly encrypted: string | null }
    | {
        readonly kind: 'message';
        readonly tokens: readonly string[];
        readonly logprobs: readonly TokenLogprob[] | null;
        readonly annotations: readonly Annotation[];
      }
    | { readonly kind: 'call'; readonly tokens: readonly string[]; readonly call: Call }
  );

/** That a part of the text comes from a file. */
export interface Annotation {
  readonly type: 'file_citation';
  /** Where in the text, in UTF-16 units. */
  readonly index: number;
  readonly file_id: string;
  readonly filename: string;
}

/** In their order; only the last can have been cut. The same for the same response, however often it is put into bytes. */
export function outputItems(ask: GenerationAsk, { choices, envelope, sealed }: Rendered): readonly OutputItem[] {
  const choice = choices[0];
  if (choice === undefined) return [];
  const items: OutputItem[] = [];
  const facts = (prefix: string): ItemFacts => {
    return { id: itemId(prefix, envelope.id, items.length), end: 'completed' };
  };
  if (ask.searched !== undefined) items.push({ kind: 'search', ...facts('fs_'), searched: ask.searched });
  if (choice.reasoningTokens > 0) {
    const begun = facts('rs_');
    const encrypted = ask.echo?.encryptedReasoning === true ? sealed({ id: begun.id }) : null;
    items.push({ kind: 'reasoning', ...begun, encrypted });
  }
  if (hasMessage(choice)) {
    const { tokens, logprobs } = choice;
    items.push({ kind: 'message', ...facts('msg_'), tokens, logprobs, annotations: annotationsOf(tokens, ask) });
  }
  for (const call of choice.calls) items.push({ kind: 'call', ...facts('fc_'), tokens: call.tokens, call });
  return isCut(choice)
    ? items.map((item, i) => (i === items.length - 1 ? { ...item, end: 'incomplete' } : item))
    : items;
}

/** Of an item's id, behind its prefix, so much comes from its response's: by it an item leads back. Hexadecimal digits. */
const RESPONSE_DIGITS = 40;
const RESPONSE_ID = /^resp_([0-9a-f]{40})[0-9a-f]{8}$/;
const ITEM_ID = /^[a-z]+_([0-9a-f]{40})[0-9a-f]{8}$/;

/** Ids of items are made of their response's, so that a response can be put into bytes again. 48 hexadecimal digits. @param n its place */
export function itemId(prefix: string, responseId: string, n: number): string {
  const digits = responseDigits(responseId) ?? '';
  const own = mix32(hashText(responseId) ^ mix32(n + 1))
    .toString(16)
    .padStart(8, '0');
  return `${prefix}${digits.padEnd(RESPONSE_DIGITS, '0')}${own}`;
}

/** What the ids of a response's items have in common; null where the id is none of this resource's making. */
export function responseDigits(responseId: string): string | null {
  return RESPONSE_ID.exec(responseId)?.[1] ?? null;
}

/** The same, from the id of an item. */
export function responseDigitsOf(itemId: string): string | null {
  return ITEM_ID.exec(itemId)?.[1] ?? null;
}

/** Each file once, at its first mark: `[handbook.md]`. */
function annotationsOf(tokens: readonly string[], { searched }: GenerationAsk): readonly Annotation[] {
  if (searched === undefined || searched.passages.length === 0) return [];
  const text = tokens.join('');
  const found = new Map<string, Annotation>();
  for (const { fileId: file_id, filename } of searched.passages) {
    const index = text.indexOf(`[${filename}]`);
    if (index >= 0 && !found.has(file_id)) found.set(file_id, { type: 'file_citation', index, file_id, filename });
  }
  return [...found.values()];
}

/** A model that ran out of tokens while it thought said nothing. */
function hasMessage({ tokens, calls, reasoningTokens }: Choice): boolean {
  return tokens.length > 0 || (calls.length === 0 && reasoningTokens === 0);
}

function isCut({ finish }: Choice): boolean {
  return finish === 'length' || finish === 'content_filter';
}

/** @param status in_progress: as it is told when it begins, without its contents. */
export function itemJson(item: OutputItem, status: ItemStatus): Record<string, unknown> {
  const { id, kind } = item;
  const begun = status === 'in_progress';
  switch (kind) {
    case 'search': {
      const found = begun ? null : results(item.searched);
      return { id, type: 'file_search_call', status, queries: [item.searched.query], results: found };
    }
    case 'reasoning': {
      const plain = { id, type: 'reasoning', summary: [] };
      return item.encrypted === null ? plain : { ...plain, encrypted_content: item.encrypted };
    }
    case 'message':
      return { id, type: 'message', status, role: 'assistant', content: begun ? [] : [textPart(item)] };
    case 'call': {
      const { id: call_id, name } = item.call;
      return { id, type: 'function_call', status, arguments: begun ? '' : item.tokens.join(''), call_id, name };
    }
  }
}

function results({ shown, passages }: Searched): readonly Record<string, unknown>[] | null {
  if (!shown) return null;
  return passages.map(({ fileId: file_id, filename, score, text, attributes }) => {
    return { attributes, file_id, filename, score, text };
  });
}

export function textPart(message: Extract<OutputItem, { kind: 'message' }>): Record<string, unknown> {
  const { tokens, logprobs, annotations } = message;
  const entries = logprobs === null ? [] : JSON.parse(`[${logprobEntries(tokens, logprobs)}]`);
  return { type: 'output_text', annotations, logprobs: entries, text: tokens.join('') };
}
