/** Spans by OpenTelemetry's SDK, sent to a collector as OTLP over HTTP. Loaded only where one is named (open.ts). */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  ROOT_CONTEXT,
  type Span as SdkSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { type Clock, systemClock } from '@spillway/clock';
import type { Log } from '../server/context.ts';
import type { TracingOptions } from './open.ts';
import type { Facts, Span, SpanStart, Tracing } from './tracing.ts';

/** A collector that does not answer holds up the end no longer than this. Milliseconds. */
export const TRACES_FLUSH_MS_MAX = 5_000;
const NAME = 'spillway-chat';
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** What runs now. */
interface Running {
  readonly span: SdkSpan;
  /** null: its requests tell nothing. */
  readonly origin: string | null;
}

/** Nothing of it is global: a second app in this process has traces of its own, or none. */
export class SdkTracing implements Tracing {
  readonly #running = new AsyncLocalStorage<Running>();
  readonly #provider: NodeTracerProvider;
  readonly #clock: Clock;
  readonly #onRequest = (message: unknown) => this.#mark(message);

  constructor({ version, log, clock = systemClock }: TracingOptions) {
    this.#clock = clock;
    const own = resourceFromAttributes({ 'service.name': NAME, 'service.version': version });
    const resource = defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] }));
    const exporter = telling(new OTLPTraceExporter(), log);
    this.#provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
    subscribe(REQUEST_CREATED, this.#onRequest);
  }

  begin(name: string, { kind, facts = {}, origin }: SpanStart): Span {
    const parent = this.#running.getStore()?.span;
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
    const span = this.#provider
      .getTracer(NAME)
      .startSpan(name, { kind: KINDS[kind], attributes: copied(facts) }, context);
    const running = { span, origin: origin ?? null };
    return {
      set: (more) => span.setAttributes(copied(more)),
      fail: (what) => span.setAttribute('error.type', what).setStatus({ code: SpanStatusCode.ERROR }),
      run: (work) => this.#running.run(running, work),
      end: () => span.end(),
    };
  }

  async close(): Promise<void> {
    unsubscribe(REQUEST_CREATED, this.#onRequest);
    const late = Promise.withResolvers<void>();
    const timer = this.#clock.after(TRACES_FLUSH_MS_MAX, late.resolve);
    await Promise.race([this.#provider.shutdown().catch(() => {}), late.promise]);
    timer.cancel();
  }

  /** Told by Node's `fetch`, within whatever calls it: so model clients need not know of traces. */
  #mark(message: unknown): void {
    const running = this.#running.getStore();
    if (running === undefined || running.origin === null || !isRequestMade(message)) return;
    const { request } = message;
    if (String(request.origin) === running.origin) request.addHeader('traceparent', traceparent(running.span));
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

/** Source: W3C Trace Context, §3.2. */
function traceparent(span: SdkSpan): string {
  const { traceId, spanId, traceFlags }: SpanContext = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function copied(facts: Facts): Record<string, string | number | boolean | string[]> {
  const entries = Object.entries(facts).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]);
  return Object.fromEntries(entries);
}

/** The library is silent where its collector cannot be reached; the operator is told, once until it can be again. */
function telling(exporter: SpanExporter, log: Log): SpanExporter {
  let isDown = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const reason = result.error?.message.slice(0, REASON_CHARS_MAX);
        if (result.error !== undefined && !isDown) log('warn', UNSENT, { reason });
        isDown = result.error !== undefined;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

const REASON_CHARS_MAX = 200;
const UNSENT =
  'Traces could not be sent; questions are answered all the same. Is OTEL_EXPORTER_OTLP_ENDPOINT a collector that takes OTLP over HTTP?';
