/** What a fault is: what happens, to which requests, when and how often. Read from JSON by fault-read.ts. */

/**
 * status: answers with a status instead of serving.
 * capacity: answers 429 as the shared pool of Standard deployments does when it has none to spare.
 * delay: serves, after `delayMs`.
 * slow: serves, all times multiplied by `factor`.
 * reset: resets the connection instead of answering.
 * outage: the same, to every request, until its end: the resource is away.
 * hang: never answers.
 * cut: answers, and breaks the connection within the body.
 * cut-before-body: sends the head of the answer, and breaks the connection before the first byte of the body.
 * in-stream-error: a stream begins with status 200, and ends with an error event; what is not streamed gets that error as a status.
 * garbage: answers with bytes that are no Azure answer, see {@link GARBAGE_VARIANTS}.
 */
export const FAULT_KINDS = [
  'status',
  'delay',
  'reset',
  'hang',
  'cut',
  'cut-before-body',
  'outage',
  'slow',
  'in-stream-error',
  'garbage',
  'capacity',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * html: a page of some proxy's, with `status`, instead of serving.
 * truncated-json: a JSON body that ends in its middle, or a stream that ends in the middle of an event; the connection ends properly.
 * not-json: text where JSON should be; in a stream as one event more, after which it goes on.
 * invalid-chunk: the chunks of HTTP itself go wrong: a length that is no number.
 */
export const GARBAGE_VARIANTS = ['truncated-json', 'not-json', 'html', 'invalid-chunk'] as const;
export type GarbageVariant = (typeof GARBAGE_VARIANTS)[number];

/**
 * server_error: the engine failed; outside a stream 500. no_capacity: the shared pool has none to spare; 429. overloaded: the model
 * has too much to do; 503. Source: wire reference §3.2, §3.4, §5.3.
 */
export const STREAM_ERRORS = ['server_error', 'no_capacity', 'overloaded'] as const;
export type StreamError = (typeof STREAM_ERRORS)[number];

export interface FaultSpec {
  /** Name of the resource it hits; null for all. */
  readonly resource: string | null;
  /** Name of the deployment it hits; null for every request. */
  readonly deployment: string | null;
  readonly kind: FaultKind;
  /** From when on it hits, after it was added. Milliseconds; default 0. */
  readonly startMs: number;
  /** How long it hits from then on. Milliseconds; null, the default: no end. */
  readonly lengthMs: number | null;
  /** Requests it hits before it is spent; null: until its end, or until it is deleted. Default 1; null where a length is given. */
  readonly times: number | null;
  /** Of the requests it matches, the share that it hits: above 0, up to 1. Default 1. */
  readonly share: number;
  /** Waited before anything else happens, whatever the kind. Milliseconds; default 0. */
  readonly delayMs: number;
  /** For `status` and `garbage` of variant html: 200 to 599; default 500, and 200 for html. */
  readonly status: number;
  /** For `status`: sent besides the usual ones, and in place of those of the same name. */
  readonly headers: Readonly<Record<string, string>>;
  /** For `status`; null for the body that Azure sends with it. */
  readonly body: string | null;
  /** For `cut`, `in-stream-error` and `garbage`, of a stream: content events that still pass; default 1. */
  readonly afterEvents: number;
  /** For `cut`: bytes of the body that still pass. null: half of a JSON body, and `afterEvents` of a stream. */
  readonly afterBytes: number | null;
  /** For `slow`: how many times as long everything takes. Above 1, up to 1,000; default 10. */
  readonly factor: number;
  /** For `in-stream-error`; default server_error. */
  readonly error: StreamError;
  /** For `garbage`; default truncated-json. */
  readonly variant: GarbageVariant;
  /** For `capacity`: what the answer asks to wait. Whole seconds; default 20. */
  readonly retryAfterSeconds: number;
}
