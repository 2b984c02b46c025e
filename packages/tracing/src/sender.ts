/** One batch of spans on its way to the collector, whatever protocol it speaks. */
import { readFileSync } from 'node:fs';
import type { Destination } from './destination.ts';

export type Delivery =
  /** `body`: what the collector said, which may be that it left some out. */
  | { readonly kind: 'taken'; readonly body: Uint8Array }
  /** @param afterMs when to try again, as the collector said; null: it did not. Milliseconds. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs: number | null }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Sender {
  /** Never rejects, and is over within the destination's time. */
  send(batch: Uint8Array): Promise<Delivery>;
  /** At once. */
  close(): void;
}

/**
 * Of HTTP: the collector, or what stands before it, may take the same batch later. Sources: OpenTelemetry Protocol specification,
 * "Retryable Response Codes"; for gRPC, where an answer has no `grpc-status`: gRPC, "HTTP to gRPC Status Code Mapping" (all four are
 * "unavailable").
 */
export const STATUSES_LATER: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Of the collector's answer; the rest of a longer one is not read. */
export const ANSWER_BYTES_MAX = 64 * 1024;

export interface TlsFiles {
  readonly ca?: Buffer;
  readonly key?: Buffer;
  readonly cert?: Buffer;
}

/** Read once, when the first batch goes out. */
export function tlsFiles({ tls: { ca, key, cert } }: Destination): TlsFiles {
  return {
    ...(ca === null ? {} : { ca: readFileSync(ca) }),
    ...(key === null ? {} : { key: readFileSync(key) }),
    ...(cert === null ? {} : { cert: readFileSync(cert) }),
  };
}

/** Of an error of the network: its code says more, and holds nothing else. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  // A stream of HTTP/2 ends because its connection did, which says why.
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message.slice(0, REASON_CHARS_MAX);
}

const REASON_CHARS_MAX = 200;
