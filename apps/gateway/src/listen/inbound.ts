/**
 * The seam towards clients: one exchange as the listener hands it on, whatever engine speaks HTTP underneath (design §4.10).
 * Plain callbacks, no promises and no web streams: this is the hot path.
 */

import type { Limits } from '@spillway/config';
import type { Body } from '../body/body.ts';
import type { Spool } from '../body/spool.ts';

/** Header names and values in turn, names as written. */
export type RawHeaders = readonly string[];

export type BodyRead =
  /** As long as the exchange: where it is in a file, that goes with the end of the answer. */
  | { readonly kind: 'whole'; readonly body: Body }
  /** Larger than allowed; what is left of it is not read. */
  | { readonly kind: 'tooLarge'; readonly setting: string; readonly bytesMax: number }
  /** It cannot be kept now. */
  | { readonly kind: 'noRoom'; readonly reason: string };

export type BodyLimits = Pick<Limits, 'bodyBytesMax' | 'memoryBodyBytesMax' | 'spoolFolder' | 'spoolBytesMax'>;

/** What the exchange wants to hear of its client. */
export interface InboundListener {
  /** The whole answer, ended by `end`, has been handed to the network. This or `onClientGone`, once; neither after `destroy`. */
  onSent(): void;
  /** The client left before that. */
  onClientGone(): void;
  /** After a `write` that returned false: the client can take more. */
  onDrain(): void;
}

export interface Inbound {
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly target: string;
  readonly rawHeaders: RawHeaders;
  /** Address of the connection; '' where it is gone. */
  readonly peer: string;
  header(lowerName: string): string | undefined;
  listen(listener: InboundListener): void;
  /** Calls back once with the whole body, or why there is none; not at all where the client leaves first. */
  readBody(limits: BodyLimits, spool: Spool, done: (body: BodyRead) => void): void;
  /** Takes the list over: the caller makes a new one for each answer. */
  writeHead(status: number, reason: string, headers: string[]): void;
  /** @returns false where the client takes no more for now: wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  end(chunk: Buffer | null): void;
  /** Breaks the connection: the client must see that its answer is not whole. */
  destroy(): void;
}

/** Headers that `connection` names are hop-by-hop too (RFC 9110 §7.6.1); null where it names none, as nearly always. */
export function connectionOptions(raw: RawHeaders): readonly string[] | null {
  let options: string[] | null = null;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i];
    if (name === undefined || name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = raw[i + 1] ?? '';
    if (/^(keep-alive|close)$/i.test(value)) continue;
    options = [...(options ?? []), ...value.split(',').map((option) => option.trim().toLowerCase())];
  }
  return options;
}
