/** The loads that are put on every proxy: what loadgen is told, for how long, and what must come of it for the figure to count. */
import type { SubjectName } from './subjects.ts';

export interface Load {
  readonly title: string;
  /** What the CPU time is divided by. */
  readonly counts: 'requests' | 'events';
  /** Arguments of loadgen that describe the load. */
  readonly args: readonly string[];
  /** Counted, after `warmSeconds` that are not (0 for requests: all of them count). */
  readonly seconds: number;
  readonly warmSeconds: number;
  /** Operations per second that the proxy must hold; null: as many as it can. */
  readonly perSecond: number | null;
  /** Size of an answer's body; null for streams. */
  readonly answerBytes: number | null;
  /** Streams that are open at a time; 0 for requests. */
  readonly streams: number;
  readonly subjects: readonly SubjectName[];
  /** fresh: each sample gets a process of its own, since a heap that has grown once does not show what a stream takes. */
  readonly processes: 'shared' | 'fresh';
}

const PROXIES: readonly SubjectName[] = ['nginx', 'undici', 'gateway'];

/** Pause between two events of a stream: 20 events/s, the pace of a model that is read along. */
const EVENT_INTERVAL_US = 50_000;
const EVENTS_PER_STREAM = 100;
const US_PER_SECOND = 1_000_000;

function requests(bodyBytes: number, answerBytes: number, how: readonly string[]): readonly string[] {
  return ['--body', String(bodyBytes), '--size', String(answerBytes), ...how];
}

function streamsOf(count: number): Pick<Load, 'args' | 'perSecond' | 'streams' | 'counts' | 'answerBytes'> {
  const shape = ['--chunks', String(EVENTS_PER_STREAM), '--interval-us', String(EVENT_INTERVAL_US)];
  return {
    counts: 'events',
    args: ['--mode', 'streams', '--conns', String(count), ...shape],
    perSecond: (count * US_PER_SECOND) / EVENT_INTERVAL_US,
    answerBytes: null,
    streams: count,
  };
}

/** By the name that `--loads` takes. */
export const LOADS: Readonly<Record<string, Load>> = {
  json2k: {
    title: '2 kB requests, 2 kB answers, saturation on 64 connections',
    counts: 'requests',
    args: requests(2048, 2048, ['--mode', 'closed', '--conns', '64']),
    seconds: 2.5,
    warmSeconds: 0,
    perSecond: null,
    answerBytes: 2048,
    streams: 0,
    subjects: [...PROXIES, 'gateway-logged'],
    processes: 'shared',
  },
  json50k: {
    title: '50 kB requests, 10 kB answers, saturation on 32 connections',
    counts: 'requests',
    args: requests(51_200, 10_240, ['--mode', 'closed', '--conns', '32']),
    seconds: 2,
    warmSeconds: 0,
    perSecond: null,
    answerBytes: 10_240,
    streams: 0,
    subjects: PROXIES,
    processes: 'shared',
  },
  open1000: {
    title: '2 kB requests at 1,000/s, open loop',
    counts: 'requests',
    args: requests(2048, 2048, ['--mode', 'open', '--rate', '1000', '--conns', '64']),
    seconds: 3,
    warmSeconds: 0,
    perSecond: 1_000,
    answerBytes: 2048,
    streams: 0,
    subjects: ['direct', ...PROXIES],
    processes: 'shared',
  },
  events4k: {
    ...streamsOf(200),
    title: '200 streams of 20 events/s',
    seconds: 4,
    warmSeconds: 1.5,
    subjects: PROXIES,
    processes: 'shared',
  },
  events20k: {
    ...streamsOf(1_000),
    title: '1,000 streams of 20 events/s',
    seconds: 4,
    warmSeconds: 2.5,
    subjects: PROXIES,
    processes: 'shared',
  },
  memory: {
    ...streamsOf(1_000),
    title: '1,000 streams of 20 events/s, on a process just started',
    seconds: 2,
    warmSeconds: 3.5,
    subjects: PROXIES,
    processes: 'fresh',
  },
};

export interface WarmUp {
  /** A key of LOADS. */
  readonly load: string;
  readonly seconds: number;
}

/**
 * Before anything is measured each shared process gets these, uncounted: a JavaScript proxy needs some five seconds at saturation until
 * its code is optimised, and half again as much CPU until then.
 */
export const WARM_UP: readonly WarmUp[] = [
  { load: 'json2k', seconds: 6 },
  { load: 'json50k', seconds: 1 },
  { load: 'events4k', seconds: 2 },
];

/**
 * What a fresh process gets: enough requests that its code is loaded and its heap has the size of an idle, working proxy. Else the growth of
 * the heap at the first requests would count as memory of the streams (measured with the undici proxy: 82 kB per stream instead of 53).
 */
export const FRESH_WARM_UP: WarmUp = { load: 'json2k', seconds: 3 };
