/** What a run found, as data: the lines under way, and the report at the end. Names of the lines are those of azure-openai-benchmark. */
import type { CallClass, SenderReport } from '../drive/call.ts';
import type { KneeReason } from './knee.ts';

/** Of one figure, over the calls that have it. null: too few. */
export interface Spread {
  readonly count: number;
  readonly avg: number | null;
  readonly min: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/**
 * One line of a run under way, once a second, over the sliding window. Field names and units are the ancestor's (seconds; percent with its sign), so
 * that what reads its lines reads these; where it wrote `n/a`, null stands.
 */
export interface Line {
  readonly run_seconds: number;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly rpm: number | null;
  readonly processing: number;
  readonly completed: number;
  readonly failures: number;
  readonly throttled: number;
  readonly requests: number;
  readonly tpm: { readonly context: number | null; readonly gen: number | null; readonly total: number | null };
  readonly e2e: { readonly avg: number | null; readonly '95th': number | null };
  readonly ttft: { readonly avg: number | null; readonly '95th': number | null };
  readonly tbt: { readonly avg: number | null; readonly '95th': number | null };
  readonly context_tpr_avg: number | null;
  readonly gen_tpr: { readonly '10th': number | null; readonly avg: number | null; readonly '90th': number | null };
  /** The network's round trip to the endpoints, since the beginning. Before `util`: the fork's tools take that for the last. */
  readonly network: LineNetwork;
  /** With `--adjust-for-network-latency true` alone: the same less the median round trip to the call's own target, never below 0. */
  readonly adjusted?: {
    readonly e2e: { readonly avg: number | null; readonly '95th': number | null };
    readonly ttft: { readonly avg: number | null; readonly '95th': number | null };
  };
  readonly util: { readonly avg: string | null; readonly '95th': string | null };
}

/** Seconds; null: not measured. */
export interface LineNetwork {
  readonly median: number | null;
  readonly '95th': number | null;
}

/** The network's own time to the endpoint as it was named, and no further: what lies behind a gateway or a proxy is not in it. Seconds. */
export interface NetworkFigures {
  /** Host and port that were connected to. */
  readonly to: string;
  /** A TCP connect: one round trip. */
  readonly connect: Spread;
  /** The TLS handshake behind it, of https. */
  readonly tls: Spread;
  /** Connections that were refused, or not there in time. */
  readonly failed: number;
  /** Of the last of them: the reason; empty: none failed. */
  readonly why: string;
}

/** Latencies less the median round trip, never below 0. Empty unless they were asked for and the round trip is known. */
export interface AdjustedFigures {
  readonly ttft: Spread;
  readonly ttftIntended: Spread;
  readonly e2e: Spread;
  readonly e2eIntended: Spread;
}

/** Of the measured phase of one target. Seconds where nothing else is said. */
export interface TargetSummary {
  readonly name: string;
  /** Of the measured phase. */
  readonly seconds: number;
  readonly calls: Readonly<Record<CallClass, number>>;
  readonly attempts: number;
  /** Attempts that were answered with 429. */
  readonly attempts429: number;
  /** Attempts that were sent twice, by `--retry hedged`, and those of them that the copy answered. Both copies are in `attempts`. */
  readonly hedges: { readonly sent: number; readonly won: number };
  /** Waited between attempts, all calls together. */
  readonly retryWaitSeconds: number;
  readonly rpm: number;
  readonly tpm: { readonly context: number; readonly gen: number; readonly total: number };
  readonly tokens: { readonly prompt: number; readonly cached: number; readonly completion: number };
  readonly tokensFrom: Readonly<Record<string, number>>;
  /** From the intended moment: what somebody felt who came then. */
  readonly e2eIntended: Spread;
  readonly ttftIntended: Spread;
  /** From the first send. */
  readonly e2e: Spread;
  readonly ttft: Spread;
  /** To the answer's head. */
  readonly head: Spread;
  /** Between one chunk with content and the next, all calls together. */
  readonly gap: Spread;
  /** Mean gap of a call: what the ancestor called time between tokens. */
  readonly tbt: Spread;
  readonly contextTokens: Spread;
  readonly genTokens: Spread;
  /** Share, 0 to 1 and above. */
  readonly utilisation: Spread;
  readonly cachedShare: number | null;
  readonly spilledOver: number;
  readonly servedBy: Readonly<Record<string, number>>;
  readonly network: NetworkFigures;
  readonly adjusted: AdjustedFigures;
}

/** One step of time of the series, for plots. */
export interface SeriesPoint {
  /** Since the run began. */
  readonly seconds: number;
  readonly phase: 'warmUp' | 'measure' | 'drain';
  readonly target: number;
  readonly sent: number;
  readonly answered: number;
  readonly throttled: number;
  readonly failed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly e2eP50: number | null;
  readonly e2eP95: number | null;
  readonly ttftP50: number | null;
  readonly ttftP95: number | null;
  readonly utilisation: number | null;
  readonly remainingTokens: number | null;
  readonly remainingRequests: number | null;
}

/** What Azure Monitor (or the simulator's) counted of the same minutes. */
export interface MonitorView {
  readonly source: string;
  readonly minutes: ReadonlyArray<{
    readonly minute: string;
    readonly utilisationPercent: number | null;
    readonly promptTokens: number | null;
    readonly completionTokens: number | null;
    readonly calls: number | null;
  }>;
}

/** Since when the figures of a run stay where they are. */
export interface Steady {
  readonly isSteady: boolean;
  readonly sinceSeconds: number | null;
  readonly why: string;
}

/** What a sweep saw. Rates are requests per minute. */
export interface SweepView {
  readonly stepSeconds: number;
  /** Of the last step that was carried; null: not even the first. */
  readonly carriedPerMinute: number | null;
  /** Of the first that was not, and why; null: it ended before. */
  readonly beyondPerMinute: number | null;
  readonly why: KneeReason | null;
}

export interface RunReport {
  readonly format: 'spillway-bench/1';
  readonly madeBy: string;
  readonly startedAt: string;
  /** Without secrets. */
  readonly run: Readonly<Record<string, unknown>>;
  /** How load was made, in words: the first line of a run. */
  readonly mode: string;
  /** false: the sender was late, and the figures say nothing of the server. */
  readonly isValid: boolean;
  readonly warnings: readonly string[];
  /** Why sending ended: as was asked, by a signal, with the budget of tokens, at the knee of a sweep, at failures of one that were no 429, or with too many calls in line. */
  readonly stopped: 'ended' | 'interrupted' | 'tokens' | 'knee' | 'unanswered' | 'behind';
  readonly sender: SenderReport;
  readonly steady: Steady;
  readonly targets: readonly TargetSummary[];
  readonly series: readonly SeriesPoint[];
  /** Requests per minute at which refusals with 429 began; of a sweep. null: of none, or none began. */
  readonly kneePerMinute: number | null;
  /** null: it was no sweep. */
  readonly sweep: SweepView | null;
  readonly cost: { readonly currency: string; readonly amount: number; readonly asOf: string } | null;
  readonly monitor: MonitorView | null;
}
