/** Spans of the app, sent to a collector. Made only where one is named (open.ts). */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type OpenSpan,
  parseTraceparent,
  type SpanLink,
  TRACES_FLUSH_MS_MAX,
  type Tracer,
  traceparentOf,
} from '@spillway/tracing';
import type { Header, Span, SpanStart, Tracing } from './tracing.ts';

/** What runs now. */
interface Running {
  readonly span: OpenSpan | SpanLink;
  /** null: its requests tell nothing. */
  readonly origin: string | null;
}

/** Nothing of it is global: a second app in this process has traces of its own, or none. */
export class SdkTracing implements Tracing {
  readonly #running = new AsyncLocalStorage<Running>();
  readonly #tracer: Tracer;
  readonly #onRequest = (message: unknown) => this.#mark(message);

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
    subscribe(REQUEST_CREATED, this.#onRequest);
  }

  continues<T>(header: Header, work: () => T): T {
    const told = header('traceparent');
    const span = told === undefined ? null : parseTraceparent(told, header('tracestate') ?? null);
    return span === null ? work() : this.#running.run({ span, origin: null }, work);
  }

  begin(name: string, { kind, facts = {}, origin }: SpanStart): Span {
    const parent = this.#running.getStore()?.span ?? null;
    const span = this.#tracer.begin(name, { kind, parent, facts });
    const running = { span, origin: origin ?? null };
    return {
      set: (more) => span.set(more),
      fail: (what) => span.fail(what),
      run: (work) => this.#running.run(running, work),
      end: () => span.end(),
    };
  }

  async close(): Promise<void> {
    unsubscribe(REQUEST_CREATED, this.#onRequest);
    await this.#tracer.close(TRACES_FLUSH_MS_MAX);
  }

  /** Told by Node's `fetch`, within whatever calls it: so model clients need not know of traces. */
  #mark(message: unknown): void {
    const running = this.#running.getStore();
    if (running === undefined || running.origin === null || !isRequestMade(message)) return;
    const { request } = message;
    if (String(request.origin) !== running.origin) return;
    const link = 'link' in running.span ? running.span.link : running.span;
    request.addHeader('traceparent', traceparentOf(link));
    if (link.state !== null) request.addHeader('tracestate', link.state);
  }
}

/** Of undici, which is Node's `fetch`: a request that has not been sent yet. Source: undici, docs/api/DiagnosticsChannel.md. */
const REQUEST_CREATED = 'undici:request:create';

interface RequestMade {
  readonly request: { readonly origin: unknown; readonly addHeader: (name: string, value: string) => void };
}

function isRequestMade(message: unknown): message is RequestMade {
  const request = typeof message === 'object' && message !== null && 'request' in message ? message.request : null;
  return typeof request === 'object' && request !== null && 'origin' in request && 'addHeader' in request;
}
