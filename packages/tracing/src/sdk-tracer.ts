/** Spans by OpenTelemetry's SDK, which samples them, gives them ids and writes them down. Loaded only where traces are wanted (open.ts). */
import {
  createTraceState,
  type HrTime,
  ROOT_CONTEXT,
  type Context as SdkContext,
  type Span as SdkSpan,
  type Tracer as SdkSpans,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { systemClock } from '@spillway/clock';
import type { Destination } from './destination.ts';
import { GrpcSender } from './grpc-sender.ts';
import { HttpSender } from './http-sender.ts';
import type { TracerOptions } from './open.ts';
import { queueLimits, SpanQueue } from './queue.ts';
import type { SpanLink } from './trace-context.ts';
import type { Facts, OpenSpan, SpanCounts, SpanStart, Tracer } from './tracer.ts';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;
const SAMPLED = 1;

/** Nothing of it is global: a second app in this process has traces of its own, or none. */
export class SdkTracer implements Tracer {
  readonly #spans: SdkSpans;
  readonly #queue: SpanQueue<ReadableSpan>;

  constructor({ name, version, env, warn, clock = systemClock }: TracerOptions, to: Destination) {
    const own = resourceFromAttributes({ 'service.name': name, 'service.version': version });
    const resource = defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] }));
    const serializer = to.protocol === 'http/json' ? JsonTraceSerializer : ProtobufTraceSerializer;
    const queue = new SpanQueue<ReadableSpan>({
      limits: queueLimits(env),
      sender: to.protocol === 'grpc' ? new GrpcSender(to, clock) : new HttpSender(to, clock),
      clock,
      write: (spans) => serializer.serializeRequest(spans) ?? new Uint8Array(),
      leftOut: (answer) => leftOut(() => serializer.deserializeResponse(answer)),
      warn: (what, reason) => warn(WARNINGS[what], { reason }),
    });
    this.#queue = queue;
    const processor = {
      onStart: () => {},
      onEnd: (span: ReadableSpan) => {
        if ((span.spanContext().traceFlags & SAMPLED) !== 0) queue.add(span);
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    this.#spans = new NodeTracerProvider({ resource, spanProcessors: [processor] }).getTracer(name);
  }

  begin(name: string, { kind, parent, startedMs, facts }: SpanStart): OpenSpan {
    const options = {
      kind: KINDS[kind],
      ...(facts === undefined ? {} : { attributes: copied(facts) }),
      ...(startedMs === undefined ? {} : { startTime: timeOf(startedMs) }),
    };
    return new Open(this.#spans.startSpan(name, options, contextOf(parent)));
  }

  get counts(): SpanCounts {
    return this.#queue.counts;
  }

  close(msMax: number): Promise<void> {
    return this.#queue.close(msMax);
  }
}

class Open implements OpenSpan {
  readonly span: SdkSpan;
  readonly link: SpanLink;
  readonly isKept: boolean;

  constructor(span: SdkSpan) {
    const { traceId, spanId, traceFlags: flags, traceState } = span.spanContext();
    this.span = span;
    this.link = { traceId, spanId, flags, state: traceState?.serialize() ?? null };
    this.isKept = span.isRecording();
  }

  name(name: string): void {
    this.span.updateName(name);
  }

  set(facts: Facts): void {
    if (this.isKept) this.span.setAttributes(copied(facts));
  }

  event(name: string, atMs: number, facts: Facts = {}): void {
    if (this.isKept) this.span.addEvent(name, copied(facts), timeOf(atMs));
  }

  fail(kind: string): void {
    this.span.setAttribute('error.type', kind).setStatus({ code: SpanStatusCode.ERROR });
  }

  end(atMs?: number): void {
    this.span.end(atMs === undefined ? undefined : timeOf(atMs));
  }
}

function contextOf(parent: OpenSpan | SpanLink | null): SdkContext {
  if (parent === null) return ROOT_CONTEXT;
  if (parent instanceof Open) return trace.setSpan(ROOT_CONTEXT, parent.span);
  const { traceId, spanId, flags, state } = 'link' in parent ? parent.link : parent;
  const traceState = state === null ? {} : { traceState: createTraceState(state) };
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: flags, isRemote: true, ...traceState });
}

/** Seconds and nanoseconds: a bare number would be taken for one since the process began where it is small. */
function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1_000) * 1e6))];
}

/** The library's lists can be written to. */
function copied(facts: Facts): Record<string, string | number | boolean | string[]> {
  const copy: Record<string, string | number | boolean | string[]> = {};
  for (const name in facts) {
    const value = facts[name];
    if (value !== undefined) copy[name] = typeof value === 'object' ? [...value] : value;
  }
  return copy;
}

interface Answer {
  readonly partialSuccess?: { readonly rejectedSpans?: number | undefined } | undefined;
}

/** An answer that cannot be read says nothing. */
function leftOut(read: () => Answer): number {
  try {
    return Number(read().partialSuccess?.rejectedSpans ?? 0) || 0;
  } catch {
    return 0;
  }
}

const WARNINGS = {
  unsent:
    'Traces could not be sent, and are dropped; nothing else is affected. Is OTEL_EXPORTER_OTLP_ENDPOINT a collector that speaks OTEL_EXPORTER_OTLP_PROTOCOL? ' +
    'Ports are mostly 4318 for HTTP (http/protobuf, http/json) and 4317 for grpc.',
  full: 'Spans are dropped: the collector takes them slower than they come. Keep fewer (OTEL_TRACES_SAMPLER), or let more wait (OTEL_BSP_MAX_QUEUE_SIZE).',
} as const;
