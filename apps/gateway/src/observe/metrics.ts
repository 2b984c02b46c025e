/**
 * Every metric of the gateway: name, type, unit, labels, meaning, and where its samples come from. The text for Prometheus and
 * docs/metrics.md are both made from this table.
 */
import { type CallerSums, OUTCOME_KINDS } from '@spillway/policy';
import type { BreakerReport, FleetReport } from '@spillway/protocol';
import type { SpanCounts } from '@spillway/tracing';
import { PASSED_OVER_REASONS, TOKEN_KINDS } from './attempt-counters.ts';
import { CALLER_METRICS } from './caller-metrics.ts';
import { COST_METRICS } from './cost-metrics.ts';
import type { Counters, OperationCounters } from './counters.ts';
import type { Histogram } from './histogram.ts';
import type { ProcessReadings } from './process-readings.ts';
import { QUOTA_METRICS } from './quota-metrics.ts';

/** What the samples are read from. */
export interface Readings {
  readonly counters: Counters;
  /** For what is so at the moment. Only the deployments that are to be told apart. */
  readonly fleet: FleetReport;
  readonly process: ProcessReadings;
  readonly callers: readonly CallerSums[];
  /** Of traces; null: there are none. */
  readonly spans: SpanCounts | null;
}

/** Takes one sample; the labels' values in the order of the metric's labels. */
export type TakeSample = (labels: readonly string[], value: number | Histogram) => void;

export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** null where the value is a count of what the name says. */
  readonly unit: string | null;
  readonly labels: readonly string[];
  /** A sentence; Markdown without links. */
  readonly help: string;
  readonly read: (from: Readings, take: TakeSample) => void;
}

type Meaning = Omit<Metric, 'read'>;

const EXCHANGES: readonly Metric[] = [
  byOperation(
    {
      name: 'spillway_exchanges_total',
      type: 'counter',
      unit: null,
      labels: ['operation', 'status'],
      help: 'Exchanges (client requests, all tries included) that have ended, by the status the client got. 499: it left before an answer began.',
    },
    (operation, counters, take) => {
      for (const [status, count] of counters.statuses.entries()) {
        if (count > 0) take([operation, status === 0 ? 'other' : String(status)], count);
      }
    },
  ),
  {
    name: 'spillway_exchanges_in_flight',
    type: 'gauge',
    unit: null,
    labels: [],
    help: 'Exchanges that have begun and not ended.',
    read: ({ counters }, take) => take([], counters.exchanges().inFlight),
  },
  {
    name: 'spillway_exchanges_failed_over_total',
    type: 'counter',
    unit: null,
    labels: [],
    help: 'Exchanges that were answered well after a first try had failed: what failover has hidden from clients.',
    read: ({ counters }, take) => take([], counters.exchanges().failedOver),
  },
  byOperation(
    {
      name: 'spillway_client_throttled_total',
      type: 'counter',
      unit: null,
      labels: ['operation'],
      help: 'Exchanges that ended with 429 for the client.',
    },
    (operation, { statuses }, take) => take([operation], statuses[429] ?? 0),
  ),
  byOperation(
    {
      name: 'spillway_streams_cut_total',
      type: 'counter',
      unit: null,
      labels: ['operation'],
      help: 'Exchanges whose answer broke after it had begun; their status in `spillway_exchanges_total` is the one it began with.',
    },
    (operation, { cut }, take) => take([operation], cut),
  ),
  byOperation(
    {
      name: 'spillway_clients_gone_total',
      type: 'counter',
      unit: null,
      labels: ['operation'],
      help: 'Exchanges whose client left before its answer was whole.',
    },
    (operation, { clientsGone }, take) => take([operation], clientsGone),
  ),
  byOperation(
    {
      name: 'spillway_exchanges_hedged_total',
      type: 'counter',
      unit: null,
      labels: ['operation'],
      help: 'Exchanges in which a second try was made beside a slow first one (`streams.hedge`). The try that was called off is an attempt with the outcome `outpaced`.',
    },
    (operation, { hedged }, take) => take([operation], hedged),
  ),
  byOperation(
    {
      name: 'spillway_exchange_duration_seconds',
      type: 'histogram',
      unit: 'seconds',
      labels: ['operation'],
      help: "From the request's head to the end of the exchange.",
    },
    (operation, { durations }, take) => take([operation], durations),
  ),
  byOperation(
    {
      name: 'spillway_time_to_first_byte_seconds',
      type: 'histogram',
      unit: 'seconds',
      labels: ['operation'],
      help: "From the request's head to the head of the answer; only answers that a deployment gave. An answer in JSON is held until it is whole.",
    },
    (operation, { firstBytes }, take) => take([operation], firstBytes),
  ),
  {
    name: 'spillway_wait_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['class', 'ending'],
    help: 'How long exchanges waited for quota; those that did not wait are missing, those that waited twice are there twice.',
    read: ({ counters }, take) => {
      for (const { class: ofClass, ending, durations } of counters.waits) take([ofClass, ending], durations);
    },
  },
  {
    name: 'spillway_exchanges_waiting',
    type: 'gauge',
    unit: null,
    labels: [],
    help: 'Exchanges that wait for quota at the moment. By pool: `GET /admin/fleet`.',
    read: ({ fleet }, take) => take([], fleet.gateway.waiting),
  },
];

const ATTEMPTS: readonly Metric[] = [
  {
    name: 'spillway_attempts_total',
    type: 'counter',
    unit: null,
    labels: ['deployment', 'backend', 'outcome'],
    help: 'Attempts (single tries on one deployment) that have ended, by how.',
    read: ({ counters }, take) => {
      for (const { deployment, backend, attempts } of counters.deployments) {
        const { byOutcome } = attempts.attempts();
        for (const outcome of OUTCOME_KINDS) {
          const count = byOutcome[outcome];
          if (count !== undefined) take([deployment, backend, outcome], count);
        }
      }
    },
  },
  {
    name: 'spillway_throttled_total',
    type: 'counter',
    unit: null,
    labels: ['deployment', 'backend'],
    help: '429s (and their likes inside a 424 or a stream) that Azure answered; failover may have hidden them from clients.',
    read: ({ counters }, take) => {
      for (const { deployment, backend, attempts } of counters.deployments) {
        take([deployment, backend], attempts.throttled);
      }
    },
  },
  {
    name: 'spillway_passed_over_total',
    type: 'counter',
    unit: null,
    labels: ['deployment', 'backend', 'reason'],
    help: 'How often a deployment was not the one chosen, by why. Once for each attempt on another one, and once where nobody was chosen.',
    read: ({ counters }, take) => {
      for (const { deployment, backend, attempts } of counters.deployments) {
        const counts = attempts.passedOverCounts;
        for (const [i, reason] of PASSED_OVER_REASONS.entries()) {
          const count = counts[i] ?? 0;
          if (count > 0) take([deployment, backend, reason], count);
        }
      }
    },
  },
  {
    name: 'spillway_attempt_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['deployment', 'backend'],
    help: 'From the beginning of an attempt to its end, failed ones included.',
    read: ({ counters }, take) => {
      for (const { deployment, backend, attempts } of counters.deployments) {
        take([deployment, backend], attempts.durations);
      }
    },
  },
  {
    name: 'spillway_tokens_total',
    type: 'counter',
    unit: 'tokens',
    labels: ['deployment', 'backend', 'kind'],
    help: 'Tokens that answers reported as used; answers without usage are missing. `cached` is part of `prompt`, `reasoning` of `completion`: do not add them up.',
    read: ({ counters }, take) => {
      for (const { deployment, backend, attempts } of counters.deployments) {
        const tokens = attempts.tokens();
        for (const kind of TOKEN_KINDS) take([deployment, backend, kind], tokens[kind]);
      }
    },
  },
];

const BREAKER_VALUES: Readonly<Record<BreakerReport['state'], number>> = { closed: 0, halfOpen: 1, open: 2 };

const FLEET: readonly Metric[] = [
  byDeployment('spillway_deployment_in_flight', null, 'Attempts that have begun and not ended.', (one) => one.inFlight),
  byDeployment(
    'spillway_deployment_throttled_until_seconds',
    'seconds since 1970',
    'The deployment is left alone until then, because of its last 429; 0 when it never was throttled, past when it is no longer.',
    (one) => (one.throttledUntilMs ?? 0) / 1000,
  ),
  byDeployment(
    'spillway_deployment_breaker_state',
    null,
    'Breaker of the deployment. 0: closed, it is used. 1: half open, one attempt at a time finds out. 2: open, nothing is sent.',
    (one) => BREAKER_VALUES[one.breaker.state],
  ),
  byDeployment('spillway_deployment_paused', null, '1 while an operator has paused it.', (one) => (one.paused ? 1 : 0)),
  {
    name: 'spillway_backend_breaker_state',
    type: 'gauge',
    unit: null,
    labels: ['backend'],
    help: 'Breaker of the backend, for failures that its deployments share: network, TLS, credential. Values as for a deployment.',
    read: ({ fleet }, take) => {
      for (const { name, breaker } of fleet.backends) take([name], BREAKER_VALUES[breaker.state]);
    },
  },
];

const PROCESS: readonly Metric[] = [
  {
    name: 'spillway_build_info',
    type: 'gauge',
    unit: null,
    labels: ['version', 'node'],
    help: 'Always 1; its labels name the versions of Spillway and Node.',
    read: ({ fleet }, take) => take([fleet.version, process.versions.node], 1),
  },
  ofProcess(
    'process_cpu_seconds_total',
    'counter',
    'seconds',
    'CPU time, in user mode and in the kernel.',
    (p) => p.cpuSeconds,
  ),
  ofProcess('process_resident_memory_bytes', 'gauge', 'bytes', 'Memory in RAM.', (p) => p.residentBytes),
  ofProcess(
    'spillway_heap_used_bytes',
    'gauge',
    'bytes',
    'Memory that JavaScript objects take.',
    (p) => p.heapUsedBytes,
  ),
  ofProcess(
    'process_start_time_seconds',
    'gauge',
    'seconds since 1970',
    'When the process began.',
    (p) => p.startedSeconds,
  ),
  {
    name: 'spillway_event_loop_lag_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['quantile'],
    help: 'How late timers ran since the scrape before this one; quantile 1 is the worst. Absent from the first scrape, which begins the watch.',
    read: ({ process: { loopLag } }, take) => {
      if (loopLag === null) return;
      take(['0.5'], loopLag.p50);
      take(['0.99'], loopLag.p99);
      take(['1'], loopLag.max);
    },
  },
];

const TRACES: readonly Metric[] = [
  {
    name: 'spillway_trace_spans_total',
    type: 'counter',
    unit: null,
    labels: ['fate'],
    help: 'Spans of traces that have ended. sent: the collector took them. dropped: they came faster than it takes them, and the queue was full. failed: it refused them, or could not be reached. Absent where nothing is traced.',
    read: ({ spans }, take) => {
      for (const fate of SPAN_FATES) if (spans !== null) take([fate], spans[fate]);
    },
  },
];

const SPAN_FATES = ['sent', 'dropped', 'failed'] as const;

export const METRICS: readonly Metric[] = [
  ...EXCHANGES,
  ...ATTEMPTS,
  ...FLEET,
  ...QUOTA_METRICS,
  ...CALLER_METRICS,
  ...COST_METRICS,
  ...TRACES,
  ...PROCESS,
];

function byOperation(
  meaning: Meaning,
  read: (operation: string, counters: OperationCounters, take: TakeSample) => void,
): Metric {
  return {
    ...meaning,
    read: ({ counters }, take) => {
      for (const [operation, each] of counters.operations) read(operation, each, take);
    },
  };
}

function byDeployment(
  name: string,
  unit: string | null,
  help: string,
  value: (deployment: FleetReport['deployments'][number]) => number,
): Metric {
  return {
    name,
    type: 'gauge',
    unit,
    labels: ['deployment', 'backend'],
    help,
    read: ({ fleet }, take) => {
      for (const one of fleet.deployments) take([one.id, one.backend], value(one));
    },
  };
}

function ofProcess(
  name: string,
  type: 'counter' | 'gauge',
  unit: string,
  help: string,
  value: (readings: ProcessReadings) => number,
): Metric {
  return { name, type, unit, labels: [], help, read: (from, take) => take([], value(from.process)) };
}
