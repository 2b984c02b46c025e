/** One measurement: what loadgen reports and what the proxy used, turned into figures, or into the reason not to believe them. */
import type { Load } from './loads.ts';

/** loadgen's JSON. Times in microseconds. */
export interface LoadReport {
  readonly requests: number;
  readonly errors: number;
  readonly status2xx: number;
  readonly statusOther: number;
  /** How long was counted. */
  readonly seconds: number;
  readonly latencyP50Us: number;
  readonly latencyP99Us: number;
  readonly events: number;
  readonly delayP50Us: number;
  readonly delayP99Us: number;
  readonly bodyBytes: number;
}

/** What a proxy used between two moments. */
export interface Used {
  readonly cpuNs: number;
  readonly wallNs: number;
  /** Resident memory before the load, and at the end of it. */
  readonly residentKbBefore: number;
  readonly residentKbAfter: number;
  /** What it logged meanwhile; null where logs are not looked at. */
  readonly logBytes: number | null;
}

export interface Sample {
  readonly report: LoadReport;
  readonly perSecond: number;
  /** The following are null for `direct`, which is no process of its own. */
  readonly cpuUsPerOperation: number | null;
  /** CPU time / wall time: 1 is a whole core. */
  readonly coreShare: number | null;
  readonly residentKb: number | null;
  /** Growth of memory per open stream; null where none were open. */
  readonly kbPerStream: number | null;
  readonly logBytesPerOperation: number | null;
  /** Why these figures do not count; null when they do. */
  readonly fault: string | null;
}

/** A load that is held to less than this share was not held. */
const HELD_SHARE_MIN = 0.97;
const REPORT_FIELDS: readonly (keyof LoadReport)[] = [
  'requests',
  'errors',
  'status2xx',
  'statusOther',
  'seconds',
  'latencyP50Us',
  'latencyP99Us',
  'events',
  'delayP50Us',
  'delayP99Us',
  'bodyBytes',
];

/** Reads loadgen's line; throws on anything else, since our own tool wrote it. */
export function parseReport(text: string): LoadReport {
  const value: unknown = JSON.parse(text);
  if (!isReport(value))
    throw new Error(`loadgen wrote ${text.trim()}; each of ${REPORT_FIELDS.join(', ')} must be a number`);
  return value;
}

function isReport(value: unknown): value is LoadReport {
  if (typeof value !== 'object' || value === null) return false;
  const entries = new Map<string, unknown>(Object.entries(value));
  return REPORT_FIELDS.every((field) => typeof entries.get(field) === 'number');
}

/** @param used null for `direct`. */
export function sampleOf(load: Load, report: LoadReport, used: Used | null): Sample {
  const perSecond = (load.counts === 'events' ? report.events : report.requests) / report.seconds;
  const fault = faultOf(load, report, perSecond) ?? (used?.logBytes === 0 ? 'it wrote no log' : null);
  const base = { report, perSecond, fault };
  if (used === null) {
    const none = { cpuUsPerOperation: null, coreShare: null, residentKb: null, kbPerStream: null };
    return { ...base, ...none, logBytesPerOperation: null };
  }
  // Requests: all of them, since CPU time is read before the first and after the last. Events: the rate times the stretch of CPU time.
  const operations = load.counts === 'requests' ? report.requests : (perSecond * used.wallNs) / 1e9;
  return {
    ...base,
    cpuUsPerOperation: operations > 0 ? used.cpuNs / 1e3 / operations : null,
    coreShare: used.cpuNs / used.wallNs,
    residentKb: used.residentKbAfter,
    kbPerStream: load.streams > 0 ? (used.residentKbAfter - used.residentKbBefore) / load.streams : null,
    logBytesPerOperation: used.logBytes === null || operations === 0 ? null : used.logBytes / operations,
  };
}

/** Why a load's figures must not be used, or null. */
export function faultOf(load: Load, report: LoadReport, perSecond: number): string | null {
  if (report.errors > 0) return `${report.errors} broken answers of ${report.requests}`;
  if (report.statusOther > 0) return `${report.statusOther} answers of ${report.requests} were not 2xx`;
  if (perSecond === 0) return `no ${load.counts} came through`;
  if (load.perSecond !== null && perSecond < HELD_SHARE_MIN * load.perSecond) {
    return `${Math.round(perSecond)} of ${load.perSecond} ${load.counts}/s held`;
  }
  const bytesMin = report.requests * (load.answerBytes ?? 0);
  if (report.bodyBytes < bytesMin) return `answers came cut: ${report.bodyBytes} of ${bytesMin} bytes`;
  return null;
}
