/** Spans as the app sees them: names and figures, never what was asked or found. Without a collector nothing is measured at all. */
import type { Facts } from '@spillway/tracing';

/** Of a request, by its name in lower case. */
export type Header = (name: string) => string | undefined;

export interface SpanStart {
  /** `server`: what others ask of us; `client`: what we ask of others. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly facts?: Facts;
  /** Requests of this span to that origin tell whom they belong to (W3C Trace Context). */
  readonly origin?: string;
}

export interface Span {
  set(facts: Facts): void;
  /** @param kind one of few words: a message could hold what was asked. */
  fail(kind: string): void;
  /** What is begun within is part of this span. */
  run<T>(work: () => T): T;
  end(): void;
}

export interface Tracing {
  /** What is begun within is part of the trace that the request belongs to, if it says so (W3C Trace Context). */
  continues<T>(header: Header, work: () => T): T;
  /** Below the span that is running. */
  begin(name: string, start: SpanStart): Span;
  /** Sends what was not sent yet, for a bounded time. */
  close(): Promise<void>;
}

const NO_SPAN: Span = { set: () => {}, fail: () => {}, run: (work) => work(), end: () => {} };

export const NO_TRACING: Tracing = {
  continues: (_, work) => work(),
  begin: () => NO_SPAN,
  close: () => Promise.resolve(),
};

/** The span that ends with `work`; whether it failed is for `work` to say. */
export async function within<T>(
  tracing: Tracing,
  name: string,
  start: SpanStart,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = tracing.begin(name, start);
  try {
    return await span.run(() => work(span));
  } finally {
    span.end();
  }
}
