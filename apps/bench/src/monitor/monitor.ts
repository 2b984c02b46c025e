/**
 * What Azure Monitor, or the simulator's, counted of a run. Azure tells of a minute one to three minutes later, and of a minute that it does
 * not know yet that nothing was in it: so it is asked again until two answers agree, and not for ever.
 */
import type { Clock } from '@spillway/clock';
import type { MonitorView } from '../measure/report.ts';
import { METRICS, type Minute, minutesOf } from './values.ts';

/** A figure that comes later than this is said to be missing. Milliseconds. */
export const WAIT_MS_MAX = 120_000;
/** Between one question and the next. Milliseconds. */
export const ASK_EVERY_MS = 5_000;
/** Minutes that are asked for; of a longer run the last ones. */
export const MINUTES_MAX = 1_440;
const MINUTE_MS = 60_000;
/** Of Azure Resource Manager's metrics. */
const API_VERSION = '2023-10-01';

export interface MonitorAnswer {
  /** 0: none came. */
  readonly status: number;
  /** As JSON; null where it is none. */
  readonly body: unknown;
  /** Azure's code of the error, or the system's; null: none. */
  readonly code: string | null;
}

export interface MonitorAsk {
  /** Of Azure's management, or a simulator's admin port; without a trailing slash. */
  readonly url: string;
  /** `/subscriptions/…/accounts/NAME`. */
  readonly resource: string;
  readonly deployment: string;
}

export interface MonitorParts {
  readonly clock: Clock;
  /** Never throws. */
  readonly get: (url: string) => Promise<MonitorAnswer>;
  readonly onNote: (note: string) => void;
}

export interface Monitor {
  /** Moments in milliseconds since 1970. */
  read(fromMs: number, toMs: number): Promise<MonitorView>;
  /** What has been told by now must do. */
  cancel(): void;
}

export function monitorOf(ask: MonitorAsk, parts: MonitorParts): Monitor {
  const stop = Promise.withResolvers<void>();
  const isStopped = { now: false };
  const cancel = (): void => {
    isStopped.now = true;
    stop.resolve();
  };
  return { read: (fromMs, toMs) => read(ask, parts, { fromMs, toMs, stop: stop.promise, isStopped }), cancel };
}

interface Wanted {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stop: Promise<void>;
  readonly isStopped: { readonly now: boolean };
}

async function read(ask: MonitorAsk, parts: MonitorParts, wanted: Wanted): Promise<MonitorView> {
  const minutes = minutesBetween(wanted.fromMs, wanted.toMs);
  const untilMs = parts.clock.nowMs() + WAIT_MS_MAX;
  let before: readonly Minute[] | null = null;
  parts.onNote(
    `asking Azure Monitor, which may be up to ${WAIT_MS_MAX / 1_000} s behind; Ctrl-C takes what it has told`,
  );
  for (;;) {
    const answer = await parts.get(addressOf(ask, minutes));
    if (answer.status !== 200) return { source: `${hostOf(ask.url)} told nothing: ${whyNot(answer)}`, minutes: [] };
    const told = minutesOf(answer.body, minutes);
    const isSettled = before !== null && isWhole(told) && JSON.stringify(told) === JSON.stringify(before);
    const restMs = untilMs - parts.clock.nowMs();
    if (isSettled || restMs <= 0 || wanted.isStopped.now) return { source: sourceOf(ask), minutes: told };
    before = told;
    await Promise.race([waited(parts.clock, Math.min(ASK_EVERY_MS, restMs)), wanted.stop]);
  }
}

function waited(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** The beginnings of all minutes that the run touched. */
function minutesBetween(fromMs: number, toMs: number): readonly number[] {
  const first = Math.floor(fromMs / MINUTE_MS);
  const last = Math.max(first, Math.ceil(toMs / MINUTE_MS) - 1);
  const count = Math.min(MINUTES_MAX, last - first + 1);
  return Array.from({ length: count }, (_, i) => (last - count + 1 + i) * MINUTE_MS);
}

/** A run begins and ends with calls, so a minute at its ends without any is one that Azure does not know of yet. */
function isWhole(minutes: readonly Minute[]): boolean {
  const ends = [minutes.at(0), minutes.at(-1)];
  return ends.every((minute) => (minute?.calls ?? 0) > 0) && minutes.every(({ promptTokens }) => promptTokens !== null);
}

function addressOf({ url, resource, deployment }: MonitorAsk, minutes: readonly number[]): string {
  const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
  const [from = 0, to = 0] = [minutes.at(0), minutes.at(-1)];
  const query = {
    'api-version': API_VERSION,
    metricnames: METRICS.map(({ name }) => name).join(','),
    timespan: `${iso(from)}/${iso(to + MINUTE_MS)}`,
    interval: 'PT1M',
    aggregation: 'Total,Average',
    $filter: `ModelDeploymentName eq '${deployment.replaceAll("'", "''")}'`,
  };
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${url}${resource}/providers/microsoft.insights/metrics?${parameters.join('&')}`;
}

function sourceOf({ url, resource, deployment }: MonitorAsk): string {
  return `Azure Monitor at ${hostOf(url)} on ${resource.split('/').at(-1) ?? ''}/${deployment}`;
}

function hostOf(url: string): string {
  return /^https?:\/\/([^/?#]*)/.exec(url)?.[1]?.replace(/^[^@]*@/, '') ?? url;
}

const WAYS_OUT: Readonly<Record<number, string>> = {
  0: 'no answer; look at --monitor',
  401: 'it wants a sign-in; az login, or SPILLWAY_ADMIN_KEY for a simulator',
  403: 'whoever is signed in may not read metrics; the role Monitoring Reader does',
  404: 'there is no such resource; look at --monitor-resource',
};

function whyNot({ status, code }: MonitorAnswer): string {
  const what = [status === 0 ? '' : String(status), code ?? ''].filter((text) => text !== '').join(' ');
  const wayOut = WAYS_OUT[status];
  return wayOut === undefined ? what : `${what} (${wayOut})`;
}
