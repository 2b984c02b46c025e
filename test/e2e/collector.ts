/** A collector of traces on this machine: OTLP over HTTP, as JSON. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { TestContext } from 'node:test';
import { httpCollector } from '../../packages/tracing/src/testing/collectors.ts';

type Value = string | number | boolean | readonly string[];

export interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** 2: server, 3: client. */
  readonly kind: number;
  /** 2: it failed. */
  readonly status: number;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly facts: Readonly<Record<string, Value>>;
  readonly events: readonly string[];
}

export interface Collector {
  /** What the variables of OpenTelemetry say of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly spans: Span[];
  /** So many requests have come. */
  readonly received: (requests: number) => Promise<void>;
}

/** @param status what it answers; `silent`: nothing. */
export async function collector(t: TestContext, status: number | 'silent' = 200): Promise<Collector> {
  const spans: Span[] = [];
  const came = new EventEmitter();
  let requests = 0;
  const port = await httpCollector(t, async (request, response) => {
    let text = '';
    for await (const piece of request.setEncoding('utf8')) text += piece;
    assert.equal(request.url, '/v1/traces');
    spans.push(...spansOf(text));
    requests++;
    came.emit('one');
    if (status !== 'silent') response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  };
  const received = async (count: number) => {
    while (requests < count) await once(came, 'one');
  };
  return { env, spans, received };
}

interface RawAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface RawSpan extends Omit<Span, 'service' | 'parentSpanId' | 'status' | 'facts' | 'events'> {
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly RawAttribute[];
  readonly events: readonly { readonly name: string }[];
}

interface RawResource {
  readonly resource: { readonly attributes: readonly RawAttribute[] };
  readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
}

function spansOf(text: string): readonly Span[] {
  const read: { readonly resourceSpans: readonly RawResource[] } = JSON.parse(text);
  return read.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(factsOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(service, span)));
  });
}

function spanOf(service: string, raw: RawSpan): Span {
  const { name, traceId, spanId, parentSpanId = null, kind } = raw;
  return {
    service,
    name,
    traceId,
    spanId,
    parentSpanId,
    kind,
    status: raw.status.code ?? 0,
    startedMs: Number(raw.startTimeUnixNano) / 1e6,
    endedMs: Number(raw.endTimeUnixNano) / 1e6,
    facts: factsOf(raw.attributes),
    events: raw.events.map((event) => event.name),
  };
}

/** A value of OTLP says its type: `{"intValue":3}`, `{"arrayValue":{"values":[…]}}`. */
function factsOf(attributes: readonly RawAttribute[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: Readonly<Record<string, unknown>>): Value {
  const [inner] = Object.values(value);
  if (typeof inner === 'object' && inner !== null && 'values' in inner && Array.isArray(inner.values))
    return inner.values.map((one) => String(plain(one)));
  return typeof inner === 'number' || typeof inner === 'boolean' ? inner : String(inner);
}

/** `service: parent > name` of each, in the order of the alphabet; the root of a trace has `-`, or whoever else's id it is. */
export function treeOf(spans: readonly Span[]): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const parent = ({ parentSpanId }: Span) =>
    parentSpanId === null ? '-' : (byId.get(parentSpanId)?.name ?? parentSpanId);
  return spans.map((span) => `${span.service}: ${parent(span)} > ${span.name}`).toSorted();
}
