/**
 * The seam towards backends: one HTTP request and its answer, whatever engine speaks HTTP underneath (design §4.10).
 */
import type { BodyUp } from '../body/body.ts';
import type { RawHeaders } from '../listen/inbound.ts';

export interface UpstreamRequest {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Without `host`, `content-length` and hop-by-hop headers: the engine sets those. */
  readonly headers: RawHeaders;
  readonly body: BodyUp | null;
}

export interface UpstreamFailure {
  /** unsent: no byte of the request went out (DNS, connect, TLS). broken: afterwards. malformed: the request's head cannot be sent as HTTP. */
  readonly kind: 'unsent' | 'broken' | 'malformed';
  /** For logs and metrics, for example `ECONNREFUSED`. */
  readonly code: string;
  readonly message: string;
}

/** Called in the order onConnected, onHead, onData*, then onEnd or onFailure; after `cancel` nothing more. */
export interface Receiver {
  /** A connection stands, the request goes out; of a body from a file, told again with each piece. */
  onConnected(): void;
  onHead(status: number, reason: string, rawHeaders: RawHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFailure(failure: UpstreamFailure): void;
}

export interface UpstreamCall {
  /** Ends the request at once, so that the backend stops working on it. */
  cancel(): void;
  /** Stops reading from the backend until `resume`. */
  pause(): void;
  resume(): void;
}

export interface Upstream {
  send(request: UpstreamRequest, receiver: Receiver): UpstreamCall;
  /** Closes every connection; calls under way fail. */
  close(): Promise<void>;
}
