/** The items that a response consists of: thoughts, a message, calls of functions. */
import type { Call, Choice, TokenLogprob } from '../answer/choice.ts';
import type { GenerationAsk } from '../ask/generation.ts';
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
    | { readonly kind: 'reasoning'; readonly encrypted: string | null }
    | {
        readonly kind: 'message';
        readonly tokens: readonly string[];
        readonly logprobs: readonly TokenLogprob[] | null;
      }
    | { readonly kind: 'call'; readonly tokens: readonly string[]; readonly call: Call }
  );

/** In their order; only the last can have been cut. Draws their ids. */
export function outputItems(ask: GenerationAsk, { choices, ids }: Rendered): readonly OutputItem[] {
  const choice = choices[0];
  if (choice === undefined) return [];
  const whole = { end: 'completed' } as const;
  const items: OutputItem[] = [];
  if (choice.reasoningTokens > 0) {
    const encrypted = ask.echo?.encryptedReasoning === true ? ids.object('gAAAAAB') : null;
    items.push({ kind: 'reasoning', id: ids.object('rs_'), encrypted, ...whole });
  }
  if (hasMessage(choice)) {
    const { tokens, logprobs } = choice;
    items.push({ kind: 'message', id: ids.object('msg_'), tokens, logprobs, ...whole });
  }
  for (const call of choice.calls) {
    items.push({ kind: 'call', id: ids.object('fc_'), tokens: call.tokens, call, ...whole });
  }
  return isCut(choice)
    ? items.map((item, i) => (i === items.length - 1 ? { ...item, end: 'incomplete' } : item))
    : items;
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

export function textPart({ tokens, logprobs }: Extract<OutputItem, { kind: 'message' }>): Record<string, unknown> {
  const entries = logprobs === null ? [] : JSON.parse(`[${logprobEntries(tokens, logprobs)}]`);
  return { type: 'output_text', annotations: [], logprobs: entries, text: tokens.join('') };
}
