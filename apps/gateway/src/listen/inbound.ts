/**
 * The seam towards clients: one exchange as the listener hands it on, whatever engine speaks HTTP underneath (design §4.10).
 * Plain callbacks, no promises and no web streams: this is the hot path.
 */

/** Header names and values in turn, names as written. */
export type RawHeaders = readonly string[];

export type BodyRead =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Larger than allowed; what is left of it is not read. */
  | { readonly kind: 'tooLarge' };

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
  header(lowerName: string): string | undefined;
  listen(listener: InboundListener): void;
  /** Calls back once with the whole body, or with `tooLarge`; not at all where the client leaves first. */
  readBody(bytesMax: number, done: (body: BodyRead) => void): void;
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
