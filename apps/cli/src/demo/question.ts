/** Asks the chat app one question as its page does, and tells what a user would see. */
import type { AnswerEvent } from '@spillway/chat';
import type { ChatSight } from './chat-tally.ts';

export interface Question {
  /** Of the chat app. */
  readonly url: string;
  readonly text: string;
  /** null begins a conversation. */
  readonly conversationId: string | null;
  readonly signal: AbortSignal;
}

export interface Reply {
  /** null where none was begun. */
  readonly conversationId: string | null;
  /** null: it was given up. */
  readonly sight: Exclude<ChatSight, { readonly kind: 'asked' }> | null;
}

/** Of a refusal so much is told. UTF-16 units. */
const REFUSAL_CHARS_MAX = 200;

/** Never throws. */
export async function askQuestion({ url, text, conversationId, signal }: Question): Promise<Reply> {
  try {
    const response = await fetch(`${url}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
      body: JSON.stringify({ question: text, conversationId }),
      signal,
    });
    const told = await response.text();
    if (response.ok) return replyOf(eventsIn(told));
    return { conversationId, sight: failed(`HTTP ${response.status}: ${told.slice(0, REFUSAL_CHARS_MAX)}`) };
  } catch (error) {
    if (signal.aborted) return { conversationId, sight: null };
    return { conversationId, sight: failed(error instanceof Error ? error.message : String(error)) };
  }
}

/** They come from this very program, so they are believed. */
function eventsIn(lines: string): readonly AnswerEvent[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function replyOf(events: readonly AnswerEvent[]): Reply {
  const begun = events.find((event) => event.type === 'begun');
  return { conversationId: begun?.conversationId ?? null, sight: sightOf(events) };
}

function sightOf(events: readonly AnswerEvent[]): Reply['sight'] {
  const error = events.find((event) => event.type === 'error');
  if (error !== undefined) return failed(`${error.kind}: ${error.message}`);
  const has = (type: AnswerEvent['type']) => events.some((event) => event.type === type);
  if (!has('done')) return failed('the answer broke off');
  if (!has('delta')) return failed('the answer was empty');
  const served = events.find((event) => event.type === 'gateway' && event.step === 'answer');
  const servedBy = served?.type === 'gateway' ? served.gateway.deployment : null;
  return { kind: 'answered', servedBy, isCited: has('citation'), waited: has('waiting') };
}

function failed(why: string) {
  return { kind: 'failed' as const, why };
}
