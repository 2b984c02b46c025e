/** What a request to the Responses API goes on with: an earlier response, or a conversation; never both. Source: wire §1.6. */
import { isRecord } from '@spillway/protocol';
import { invalidRequest, invalidValue, notFound, previousResponseNotFound } from '../wire/refusals.ts';
import type { Refused } from './generation.ts';
import type { Held } from './held.ts';

export interface Before {
  /** Oldest first. */
  readonly items: readonly unknown[];
  readonly previous: string | null;
  readonly conversation: string | null;
}

export function conversationBefore(body: Record<string, unknown>, held: Held): Before | Refused {
  const { previous_response_id: previous, conversation } = body;
  if (isAbsent(previous)) return isAbsent(conversation) ? NOTHING : inConversation(conversation, held);
  if (!isAbsent(conversation)) return { kind: 'refused', refusal: BOTH };
  if (typeof previous !== 'string') return wrong('previous_response_id', 'expected a text');
  const items = held.responseItems(previous);
  if (items === null) return { kind: 'refused', refusal: previousResponseNotFound(previous) };
  return { items, previous, conversation: null };
}

const NOTHING: Before = { items: [], previous: null, conversation: null };

/** The sentence is the one that services with this API were seen to answer; `code` is a guess. */
const BOTH = invalidRequest(
  "Mutually exclusive parameters: Ensure you are only providing one of: 'previous_response_id' or 'conversation'.",
  null,
  'mutually_exclusive_parameters',
);

function inConversation(given: unknown, held: Held): Before | Refused {
  const id = isRecord(given) ? given.id : given;
  if (typeof id !== 'string') return wrong('conversation', 'expected an id, or an object with an `id`');
  const items = held.conversationItems(id);
  if (items === null) return { kind: 'refused', refusal: notFound('Conversation', id) };
  return { items, previous: null, conversation: id };
}

function wrong(param: string, rule: string): Refused {
  return { kind: 'refused', refusal: invalidValue(param, rule) };
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
