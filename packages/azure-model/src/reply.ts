/** What a resource answers, for an app to send: what to wait, which head, which body, and where to break off. */
import type { ChatEvents } from './chat-wire.ts';
import type { FaultKind } from './faults.ts';
import type { FlatHeaders } from './headers.ts';
import type { Latency } from './latency.ts';

export type ReplyBody =
  /** Whole, with its length told in the head. */
  | { readonly kind: 'text'; readonly text: string }
  /** Server-sent events in the pace of their generation, counted from the sending of the head. */
  | { readonly kind: 'events'; readonly events: ChatEvents; readonly pace: Latency };

/** Where the connection breaks: right after the head, or within the body. */
export type Cut =
  | { readonly kind: 'beforeBody' }
  /** @property afterBytes null: half of a text, and `afterEvents` content events of a stream. */
  | { readonly kind: 'inBody'; readonly afterEvents: number; readonly afterBytes: number | null };

interface ReplyFacts {
  /** Before anything is sent. Milliseconds. */
  readonly waitMs: number;
  /** Name of the deployment asked for, whether or not it exists; null where none was named. */
  readonly deployment: string | null;
  readonly fault: FaultKind | null;
}

export interface Answer extends ReplyFacts {
  readonly kind: 'answer';
  readonly status: number;
  /** Reason phrase, where it is not the usual one. */
  readonly statusText: string | null;
  readonly headers: FlatHeaders;
  readonly body: ReplyBody;
  readonly cut: Cut | null;
}

/** reset: the connection is reset. hang: nothing is ever sent. */
export interface NoAnswer extends ReplyFacts {
  readonly kind: 'reset' | 'hang';
}

export type Reply = Answer | NoAnswer;
