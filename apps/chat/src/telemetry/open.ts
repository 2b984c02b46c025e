/** Whether traces are wanted, as OpenTelemetry's own variables say. Its library is loaded only then. */
import type { Clock } from '@spillway/clock';
import type { Log } from '../server/context.ts';
import { NO_TRACING, type Tracing } from './tracing.ts';

export interface TracingOptions {
  /** Asked for whether; endpoint, headers, sampler and all else the library reads from the process by itself. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: Log;
  /** For tests. */
  readonly clock?: Clock;
}

export async function openTracing(options: TracingOptions): Promise<Tracing> {
  if (!isWanted(options)) return NO_TRACING;
  const { SdkTracing } = await import('./sdk.ts');
  return new SdkTracing(options);
}

function isWanted({ env, log }: TracingOptions): boolean {
  const value = (name: string) => env[name]?.trim() ?? '';
  const endpoint = value('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') || value('OTEL_EXPORTER_OTLP_ENDPOINT');
  const isOff = value('OTEL_SDK_DISABLED').toLowerCase() === 'true' || value('OTEL_TRACES_EXPORTER') === 'none';
  if (endpoint === '' || isOff) return false;
  const protocol = value('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') || value('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol === 'grpc') {
    log(
      'warn',
      'OTEL_EXPORTER_OTLP_PROTOCOL is grpc: no traces are sent. Use http/json, on port 4318 of most collectors.',
    );
    return false;
  }
  return true;
}
