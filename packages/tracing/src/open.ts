/** Whether traces are wanted, as OpenTelemetry's own variables say. Its library is loaded only then. */
import type { Clock } from '@spillway/clock';
import { type Variables, wantedOf } from './destination.ts';
import type { Facts, Tracer } from './tracer.ts';

export interface TracerOptions {
  /** Of the service, unless `OTEL_SERVICE_NAME` names it. */
  readonly name: string;
  readonly version: string;
  /** Where traces go, and how they wait. Sampler, limits of a span and resource the library reads from the process by itself. */
  readonly env: Variables;
  /** Told what an operator can mend; nothing of it is secret. */
  readonly warn: (message: string, facts: Facts) => void;
  /** For the queue and its limits; default: the system's. */
  readonly clock?: Clock;
}

/** @returns null where no traces are wanted. */
export async function openTracer(options: TracerOptions): Promise<Tracer | null> {
  const wanted = wantedOf(options.env);
  if (wanted.kind === 'problem') options.warn(wanted.message, {});
  if (wanted.kind !== 'traces') return null;
  const { SdkTracer } = await import('./sdk-tracer.ts');
  return new SdkTracer(options, wanted.to);
}
