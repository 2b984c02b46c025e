/** A tracer for tests that keeps what it is told, with ids that count up. */
import type { Facts, OpenSpan, SpanLink, SpanStart, Tracer } from '@spillway/tracing';

export interface KeptSpan {
  readonly link: SpanLink;
  name: string;
  readonly kind: SpanStart['kind'];
  readonly parentId: string | null;
  readonly startedMs: number | undefined;
  facts: Facts;
  readonly events: { readonly name: string; readonly atMs: number; readonly facts: Facts }[];
  error: string | null;
  endedMs: number | null;
}

export class TestTracer implements Tracer {
  /** As they began. */
  readonly spans: KeptSpan[] = [];
  readonly counts = { sent: 0, dropped: 0, failed: 0 };

  begin(name: string, { kind, parent, startedMs, facts = {} }: SpanStart): OpenSpan {
    const above = parent === null ? null : 'link' in parent ? parent.link : parent;
    const number = String(this.spans.length + 1);
    const traceId = above?.traceId ?? number.padStart(32, 'a');
    const flags = above?.flags ?? 1;
    const link = { traceId, spanId: number.padStart(16, '0'), flags, state: above?.state ?? null };
    const parentId = above?.spanId ?? null;
    const kept: KeptSpan = { link, name, kind, parentId, startedMs, facts, events: [], error: null, endedMs: null };
    this.spans.push(kept);
    return {
      link,
      isKept: (flags & 1) === 1,
      name: (later) => {
        kept.name = later;
      },
      set: (more) => {
        kept.facts = { ...kept.facts, ...more };
      },
      event: (what, atMs, more = {}) => kept.events.push({ name: what, atMs, facts: more }),
      fail: (what) => {
        kept.error = what;
      },
      end: (atMs) => {
        kept.endedMs = atMs ?? Number.NaN;
      },
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
