/** Spans as the apps see them: names and figures, never what was asked, found or answered. */
import type { SpanLink } from './trace-context.ts';

/** Names of OpenTelemetry's conventions where there are such, else `spillway.…`; values are figures, names and ids. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface SpanStart {
  /** `server`: what others ask of us; `client`: what we ask of others. */
  readonly kind: 'server' | 'client' | 'internal';
  /** null: a trace begins with it. */
  readonly parent: OpenSpan | SpanLink | null;
  /** Milliseconds since 1970; absent: now. */
  readonly startedMs?: number;
  readonly facts?: Facts;
}

export interface OpenSpan {
  readonly link: SpanLink;
  /** False where it is sampled out: nothing that it is told is kept, and others need not be asked for it. */
  readonly isKept: boolean;
  /** In place of the one that it began with: known once it is known what was asked. */
  name(name: string): void;
  set(facts: Facts): void;
  /** Something that happened within. @param atMs milliseconds since 1970. */
  event(name: string, atMs: number, facts?: Facts): void;
  /** @param kind one of few words: a message could hold what was asked. */
  fail(kind: string): void;
  /** @param atMs milliseconds since 1970; absent: now. */
  end(atMs?: number): void;
}

/** Spans that were kept and have ended. */
export interface SpanCounts {
  /** Taken by the collector. */
  readonly sent: number;
  /** The queue was full. */
  readonly dropped: number;
  /** The collector refused them, or could not be reached. */
  readonly failed: number;
}

export interface Tracer {
  begin(name: string, start: SpanStart): OpenSpan;
  readonly counts: SpanCounts;
  /** Sends what was not sent yet, for as long as that; from then on nothing is sent. Milliseconds. */
  close(msMax: number): Promise<void>;
}

/** A collector that does not answer holds up the end no longer than this. Milliseconds. */
export const TRACES_FLUSH_MS_MAX = 5_000;
