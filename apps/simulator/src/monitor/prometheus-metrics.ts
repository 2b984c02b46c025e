/** Every metric of the simulator for Prometheus: name, type, labels, meaning, and where its samples come from. Words as the gateway's. */
import { type Deployment, minuteOf } from '@spillway/azure-model';
import type { Site } from '../site.ts';
import type { Histogram } from './histogram.ts';
import { TOKEN_KINDS, type Total } from './totals.ts';

export interface PrometheusReadings {
  readonly sites: readonly Site[];
  readonly clock: { nowMs(): number; readonly speed: number };
}

/** Takes one sample; the labels' values in the order of the metric's labels. */
export type TakeSample = (labels: readonly string[], value: number | Histogram) => void;

export interface PrometheusMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** A sentence. */
  readonly help: string;
  readonly read: (from: PrometheusReadings, take: TakeSample) => void;
}

type Meaning = Omit<PrometheusMetric, 'read' | 'labels'>;

const MINUTE_MS = 60_000;

export const PROMETHEUS_METRICS: readonly PrometheusMetric[] = [
  byTotal(
    {
      name: 'spillway_simulator_requests_total',
      type: 'counter',
      help: 'Requests that a deployment served or refused, by the status the client got. 499: it left before the end.',
    },
    ['operation', 'status'],
    ({ operation, statuses }, take) => {
      for (const [status, count] of statuses) take([operation, String(status)], count);
    },
  ),
  byTotal(
    {
      name: 'spillway_simulator_throttled_total',
      type: 'counter',
      help: 'Requests answered with 429.',
    },
    ['operation'],
    ({ operation, statuses }, take) => take([operation], statuses.get(429) ?? 0),
  ),
  byTotal(
    {
      name: 'spillway_simulator_spilled_over_total',
      type: 'counter',
      help: 'Requests that a provisioned deployment of the resource had passed on to this one.',
    },
    ['operation'],
    ({ operation, spilledOver }, take) => take([operation], spilledOver),
  ),
  byTotal(
    {
      name: 'spillway_simulator_tokens_total',
      type: 'counter',
      help: 'Tokens of answers that were given. `cached` is part of `prompt`: do not add them up.',
    },
    ['operation', 'kind'],
    ({ operation, tokens }, take) => {
      for (const kind of TOKEN_KINDS) take([operation, kind], tokens[kind]);
    },
  ),
  byTotal(
    {
      name: 'spillway_simulator_request_duration_seconds',
      type: 'histogram',
      help: 'From the arrival of a request to the end of its answer, refusals included. Simulated time.',
    },
    ['operation'],
    ({ operation, durations }, take) => take([operation], durations),
  ),
  byTotal(
    {
      name: 'spillway_simulator_time_to_first_byte_seconds',
      type: 'histogram',
      help: 'To the first content of a stream, or the whole of another answer; answers that were given alone. Simulated time.',
    },
    ['operation'],
    ({ operation, firstBytes }, take) => take([operation], firstBytes),
  ),
  byDeployment('deployment_in_flight', 'Answers being generated.', ({ active }) => active),
  byDeployment(
    'deployment_capacity',
    'As in Azure: units (PTU) of a provisioned deployment, else thousands of tokens per minute.',
    ({ capacity }) => capacity,
  ),
  byDeployment(
    'deployment_utilisation_ratio',
    'Of provisioned deployments: units that answers took up in the last whole minute, by units deployed; above 1 is possible. It may still rise while answers that began then are being generated.',
    ({ name }, { meter }, nowMs) => {
      const fromMs = minuteOf(nowMs) - MINUTE_MS;
      const used = meter.utilisation(fromMs, nowMs).find(({ deployment }) => deployment === name);
      return used === undefined ? null : (used.streaming + used.whole) / used.units;
    },
  ),
  byDeployment(
    'deployment_bucket_ratio',
    'Of provisioned deployments: how full the bucket is now that decides on 429s, estimates of answers under way included; from 1 on requests are refused.',
    ({ quota }, _, nowMs) => (quota.kind === 'provisioned' ? quota.state(nowMs).utilisation : null),
  ),
  byDeployment(
    'deployment_window_tokens_ratio',
    'Of Standard deployments whose tokens are limited: tokens that the present minute has counted, by those it takes.',
    ({ quota }, _, nowMs) => {
      if (quota.kind !== 'standard') return null;
      const { tokensPerMinute } = quota.limitsAt(nowMs);
      return Number.isFinite(tokensPerMinute) ? quota.state(nowMs).tokens / tokensPerMinute : null;
    },
  ),
  byDeployment(
    'deployment_window_requests_ratio',
    'Of Standard deployments whose requests are limited: requests that the present slice of the minute has counted, by those it takes.',
    ({ quota }, _, nowMs) => {
      if (quota.kind !== 'standard') return null;
      const { requestsInSlice, requestsPerSlice } = quota.state(nowMs);
      return Number.isFinite(requestsPerSlice) ? requestsInSlice / requestsPerSlice : null;
    },
  ),
  {
    name: 'spillway_simulator_clock_seconds',
    type: 'gauge',
    labels: [],
    help: 'The simulated time, since 1970.',
    read: ({ clock }, take) => take([], clock.nowMs() / 1000),
  },
  {
    name: 'spillway_simulator_clock_speed',
    type: 'gauge',
    labels: [],
    help: 'Simulated time by time of the machine, while it is not paused.',
    read: ({ clock }, take) => take([], clock.speed),
  },
];

/** Deployments that are gone, and those that are no longer told apart, keep what they had. */
function byTotal(
  meaning: Meaning,
  labels: readonly string[],
  read: (total: Total, take: TakeSample) => void,
): PrometheusMetric {
  return {
    ...meaning,
    labels: ['resource', 'deployment', ...labels],
    read: ({ sites }, take) => {
      for (const { facts, meter } of sites) {
        for (const total of meter.totals.list()) {
          read(total, (values, value) => take([facts.name, total.deployment, ...values], value));
        }
      }
    },
  };
}

/** @param value null where the deployment has none. */
function byDeployment(
  name: string,
  help: string,
  value: (deployment: Deployment, site: Site, nowMs: number) => number | null,
): PrometheusMetric {
  return {
    name: `spillway_simulator_${name}`,
    type: 'gauge',
    labels: ['resource', 'deployment'],
    help,
    read: ({ sites, clock }, take) => {
      const nowMs = clock.nowMs();
      for (const site of sites) {
        for (const deployment of site.resource.deployments.values()) {
          const found = value(deployment, site, nowMs);
          if (found !== null) take([site.facts.name, deployment.name], found);
        }
      }
    },
  };
}
