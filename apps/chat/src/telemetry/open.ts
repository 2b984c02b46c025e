/** Whether traces are wanted, as OpenTelemetry's own variables say. Its library is loaded only then. */
import type { Clock } from '@spillway/clock';
import { type Facts, openTracer } from '@spillway/tracing';
import type { Log } from '../server/context.ts';
import { SdkTracing } from './sdk.ts';
import { NO_TRACING, type Tracing } from './tracing.ts';

export interface TracingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: Log;
  /** For tests. */
  readonly clock?: Clock;
}

export async function openTracing({ env, version, log, clock }: TracingOptions): Promise<Tracing> {
  const warn = (message: string, facts: Facts) => log('warn', message, facts);
  const timed = clock === undefined ? {} : { clock };
  const tracer = await openTracer({ name: 'spillway-chat', version, env, warn, ...timed });
  return tracer === null ? NO_TRACING : new SdkTracing(tracer);
}
