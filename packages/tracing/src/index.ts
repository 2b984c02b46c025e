/** Traces by OpenTelemetry: who called whom, and how long it took. What is in a span is for the apps to say. */
export { openTracer, type TracerOptions } from './open.ts';
export { parseTraceparent, type SpanLink, traceparentOf } from './trace-context.ts';
export {
  type Facts,
  type OpenSpan,
  type SpanCounts,
  type SpanStart,
  TRACES_FLUSH_MS_MAX,
  type Tracer,
} from './tracer.ts';
