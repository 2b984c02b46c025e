/** One request through the upstream seam, bounded in time and size, as a promise: this is not the hot path. */
import type { Clock } from '@spillway/clock';
import type { Upstream, UpstreamFailure, UpstreamRequest } from '../forward/upstream.ts';
import type { RawHeaders } from '../listen/inbound.ts';

/** What is read of an answer; the rest of a longer one is not waited for. Bytes. */
export const ANSWER_BYTES_MAX = 256 * 1024;

export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: RawHeaders;
      readonly text: string;
      /** Whether `text` is all of it. */
      readonly whole: boolean;
    }
  | { readonly kind: 'failed'; readonly failure: UpstreamFailure }
  /** Time was up: before a connection stood, or before the answer was whole. */
  | { readonly kind: 'late'; readonly connected: boolean }
  | { readonly kind: 'cancelled' };

export interface PendingCall {
  readonly reply: Promise<Reply>;
  cancel(): void;
}

export function call(upstream: Upstream, request: UpstreamRequest, clock: Clock, waitMs: number): PendingCall {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  let connected = false;
  let head: { readonly status: number; readonly headers: RawHeaders } | null = null;
  const answer = (whole: boolean): Reply | null =>
    head && { kind: 'answer', ...head, text: Buffer.concat(chunks).toString('utf8'), whole };
  const end = (reply: Reply): void => {
    timer.cancel();
    resolve(reply);
  };
  const stop = (reply: Reply): void => {
    end(reply);
    pending.cancel();
  };
  const timer = clock.after(waitMs, () => stop({ kind: 'late', connected }));
  const pending = upstream.send(request, {
    onConnected: () => {
      connected = true;
    },
    onHead: (status, _reason, headers) => {
      head = { status, headers };
    },
    onData: (chunk) => {
      bytes += chunk.length;
      chunks.push(chunk);
      const begun = bytes > ANSWER_BYTES_MAX ? answer(false) : null;
      if (begun !== null) stop(begun);
    },
    onEnd: () => end(answer(true) ?? NO_HEAD),
    onFailure: (failure) => end({ kind: 'failed', failure }),
  });
  return { reply: promise, cancel: () => stop({ kind: 'cancelled' }) };
}

const NO_HEAD: Reply = {
  kind: 'failed',
  failure: { kind: 'broken', code: 'noHead', message: 'an end without a head' },
};
