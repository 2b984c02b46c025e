/**
 * A run from its beginning to its report.
 *
 *   workers ready → the network's own time → ( warm up to the first 429 ) → load, a line each second → drain → report
 */
import type { Clock } from '@spillway/clock';
import type { CallResult, SenderReport } from './drive/call.ts';
import { WorkerPool } from './drive/pool.ts';
import { stepsOf } from './load/arrivals.ts';
import { kneeOf } from './measure/knee.ts';
import type { Line, MonitorView, RunReport, TargetSummary } from './measure/report.ts';
import { steadyOf } from './measure/steady.ts';
import { Tally } from './measure/tally.ts';
import { modeOf } from './mode.ts';
import { adjusted } from './network/adjust.ts';
import type { Connect } from './network/connect.ts';
import { Network } from './network/network.ts';
import type { LoadSpec } from './spec.ts';
import { WarmUp } from './warm-up.ts';
import { warningsOf } from './warnings.ts';

/** Per million tokens, as of a day, by whoever runs this: none is made up. */
export interface Prices {
  readonly currency: string;
  readonly prompt: number;
  readonly cached: number | null;
  readonly completion: number;
  readonly asOf: string;
}

export interface RunParts {
  readonly clock: Clock;
  readonly madeBy: string;
  /** As it goes into the report: without secrets. */
  readonly told: Readonly<Record<string, unknown>>;
  readonly prices: Prices | null;
  readonly onLine: (line: Line, progress: Progress) => void;
  /** @param startedAtMs when the run began, which the times of a result count from: milliseconds since 1970. */
  readonly onResult?: (result: CallResult, startedAtMs: number) => void;
  readonly onNote?: (note: string) => void;
  /** Reads what Azure Monitor counted, once the run is over; null: not asked for. */
  readonly monitor?: ((fromMs: number, toMs: number) => Promise<MonitorView | null>) | undefined;
  /** In place of connections that are really opened, for tests. */
  readonly connect?: Connect;
}

export interface Progress {
  readonly phase: 'warmUp' | 'measure' | 'drain';
  /** Since the run began. Milliseconds. */
  readonly atMs: number;
  /** When sending is expected to end; null: not known. */
  readonly endsAtMs: number | null;
}

export interface LoadRun {
  readonly report: Promise<RunReport>;
  /** First: sends no more. Again: ends what is under way. */
  interrupt(): void;
}

const TICK_MS = 1_000;
/** Sends that were late, of all, from which on a run says nothing. Share. */
const LATE_SHARE_MAX = 0.01;
/** The warm-up to the first 429 ends here at the latest, where no warm-up time was given. Milliseconds. */
const WARM_UP_MS_MAX = 600_000;

/** A sweep looks so far behind its own time at most: until it is seen, calls are sent that are refused. Milliseconds. */
const KNEE_LAG_MS_MAX = 10_000;

export function startLoad(spec: LoadSpec, parts: RunParts): LoadRun {
  const run = new Run(spec, parts);
  return { report: run.whole(), interrupt: () => run.interrupt() };
}

class Run {
  readonly #spec: LoadSpec;
  readonly #parts: RunParts;
  readonly #network: Network;
  #measuring: Promise<void> | null = null;
  #pool: WorkerPool | null = null;
  #stopped: RunReport['stopped'] = 'ended';
  #interrupts = 0;
  /** null: nothing is measured yet. */
  #startedAtMs: number | null = null;
  /** Since then. */
  #sendingEndedMs = Number.POSITIVE_INFINITY;

  constructor(spec: LoadSpec, parts: RunParts) {
    this.#spec = spec;
    this.#parts = parts;
    this.#network = new Network(spec.targets, parts.clock, parts.connect);
  }

  interrupt(): void {
    this.#interrupts++;
    this.#network.close();
    this.#stop('interrupted');
    if (this.#interrupts > 1) this.#pool?.cancel();
  }

  async whole(): Promise<RunReport> {
    try {
      return await this.#loaded();
    } finally {
      this.#network.close();
    }
  }

  async #loaded(): Promise<RunReport> {
    const spec = this.#spec;
    if (!spec.warmUpUntilThrottled) return this.#measured(spec);
    const spent = await this.#warmUp();
    const left = spec.totalTokensMax === null ? null : Math.max(0, spec.totalTokensMax - spent);
    return this.#measured({ ...spec, warmUpMs: 0, totalTokensMax: left });
  }

  /**
   * As many calls as the clients can make, until one is refused: a provisioned deployment's credit is spent then.
   * @returns tokens that were used.
   */
  async #warmUp(): Promise<number> {
    const { clock, onNote } = this.#parts;
    const durationMs = this.#spec.warmUpMs > 0 ? this.#spec.warmUpMs : WARM_UP_MS_MAX;
    const end = { requests: null, durationMs, mode: 'or' } as const;
    const seen = new WarmUp();
    const pool = new WorkerPool(
      { ...this.#spec, pace: { kind: 'closed' }, end, warmUpMs: 0, retry: 'none' },
      {
        onResults: (results) => {
          for (const result of results) seen.add(result);
          if (seen.isOver) pool.stop();
        },
        onEarlyEnd: (why) => this.#stop(why),
      },
    );
    this.#pool = pool;
    try {
      await this.#ready(pool);
      const beganMs = clock.nowMs();
      await pool.run(beganMs);
      onNote?.(seen.text(clock.nowMs() - beganMs));
    } finally {
      await pool.close();
    }
    seen.check();
    return seen.tokens;
  }

  async #measured(spec: LoadSpec): Promise<RunReport> {
    const { clock, onResult } = this.#parts;
    const tallies: { of: Tally | null } = { of: null };
    const pool = new WorkerPool(spec, {
      onResults: (results) => {
        for (const result of results) {
          tallies.of?.add(result);
          onResult?.(result, this.#startedAtMs ?? 0);
        }
      },
      onEarlyEnd: (why) => this.#stop(why),
    });
    this.#pool = pool;
    try {
      await this.#ready(pool);
      const startedAtMs = clock.nowMs();
      this.#startedAtMs = startedAtMs;
      const tally = new Tally({ targets: spec.targets.map(({ name }) => name), windowMs: spec.windowMs, startedAtMs });
      tallies.of = tally;
      const cpu = process.cpuUsage();
      this.#network.watch();
      const ticking = this.#tick(spec, tally, startedAtMs);
      const sent = await pool.run(startedAtMs).finally(() => ticking.cancel());
      const endedMs = clock.nowMs() - startedAtMs;
      this.#line(spec, tally, endedMs);
      const { user, system } = process.cpuUsage(cpu);
      return await this.#report(spec, tally, { ...sent, cpuMs: (user + system) / 1_000 }, { startedAtMs, endedMs });
    } finally {
      await pool.close();
    }
  }

  /** The network is measured when the workers have nothing to do yet, before the first of two phases. */
  async #ready(pool: WorkerPool): Promise<void> {
    // Interrupted, or out of tokens, before it has begun.
    if (this.#stopped !== 'ended') pool.stop();
    await pool.ready();
    this.#measuring ??= this.#network.before();
    await this.#measuring;
  }

  #stop(why: RunReport['stopped']): void {
    if (this.#stopped === 'ended') this.#stopped = why;
    this.#pool?.stop();
    if (this.#startedAtMs === null) return;
    this.#sendingEndedMs = Math.min(this.#sendingEndedMs, this.#parts.clock.nowMs() - this.#startedAtMs);
  }

  #tick(spec: LoadSpec, tally: Tally, startedAtMs: number): { cancel(): void } {
    const { clock } = this.#parts;
    let timer: { cancel(): void };
    const again = (): void => {
      // Upon whole seconds since the beginning, whatever a tick takes.
      const nowMs = clock.nowMs() - startedAtMs;
      timer = clock.after(TICK_MS - (nowMs % TICK_MS), () => {
        const atMs = clock.nowMs() - startedAtMs;
        this.#line(spec, tally, atMs);
        this.#bounds(spec, tally, atMs);
        again();
      });
    };
    again();
    return { cancel: () => timer.cancel() };
  }

  #line(spec: LoadSpec, tally: Tally, atMs: number): void {
    const endsAtMs = endOf(spec);
    const isDrain = this.#stopped !== 'ended' || (endsAtMs !== null && atMs >= endsAtMs);
    if (isDrain) this.#sendingEndedMs = Math.min(this.#sendingEndedMs, endsAtMs ?? atMs, atMs);
    const phase = isDrain ? 'drain' : atMs < spec.warmUpMs ? 'warmUp' : 'measure';
    const lessMs = spec.adjustForNetwork ? spec.targets.map((_, target) => this.#network.medianMs(target)) : null;
    const network = { line: this.#network.line(), lessMs };
    this.#parts.onLine(tally.line(atMs, this.#pool?.underWay ?? 0, network), { phase, atMs, endsAtMs });
  }

  /** A sweep ends where calls are refused. */
  #bounds(spec: LoadSpec, tally: Tally, atMs: number): void {
    const { pace } = spec;
    if (pace.kind !== 'open' || pace.arrivals.kind !== 'sweep') return;
    const sweep = pace.arrivals;
    // A step's answers come a little behind it.
    const untilMs = atMs - Math.min(sweep.stepMs / 2, KNEE_LAG_MS_MAX);
    const points = tally.series.points(Number.POSITIVE_INFINITY).filter(({ seconds }) => seconds * 1_000 < untilMs);
    const { why } = kneeOf(points, stepsOf(sweep), spec.warmUpMs, untilMs);
    if (why !== null) this.#stop(why === 'refused' ? 'knee' : 'unanswered');
  }

  async #report(
    spec: LoadSpec,
    tally: Tally,
    sender: SenderReport,
    { startedAtMs, endedMs }: { readonly startedAtMs: number; readonly endedMs: number },
  ): Promise<RunReport> {
    const { madeBy, told } = this.#parts;
    const sendingEndedMs = this.#untilMs(spec, tally, endedMs);
    const measuredMs = Math.max(0, sendingEndedMs - spec.warmUpMs);
    const series = tally.series.points(sendingEndedMs);
    const targets = tally.summaries(measuredMs).map((target, index) => this.#withNetwork(target, index));
    const isLate = sender.late > LATE_SHARE_MAX * Math.max(1, tally.completed);
    const sweep = sweepOf(spec, series);
    const monitored = await this.#monitored(startedAtMs);
    return {
      format: 'spillway-bench/1',
      madeBy,
      startedAt: new Date(startedAtMs).toISOString(),
      run: told,
      mode: modeOf(spec),
      isValid: !isLate,
      warnings: [...warningsOf(spec, targets, sender, isLate), ...monitored.warnings],
      stopped: this.#stopped,
      sender,
      steady: steadyOf(
        series.filter(({ target }) => target === 0),
        tally.series.stepMs / 1_000,
      ),
      targets,
      series,
      kneePerMinute: sweep?.why === 'refused' ? sweep.beyondPerMinute : null,
      sweep,
      cost: this.#cost(targets),
      monitor: monitored.view,
    };
  }

  /**
   * When the measured part was over. In open loop it lasts as long as was asked, also where the last call has come and gone a little
   * before that: rates would be too high.
   */
  #untilMs(spec: LoadSpec, tally: Tally, endedMs: number): number {
    const { end, pace } = spec;
    const endsAtMs = endOf(spec);
    const calls = Object.values(tally.summaries(0)[0]?.calls ?? {}).reduce((sum, count) => sum + count, 0);
    const byTime = end.requests === null || calls < end.requests;
    if (pace.kind === 'open' && this.#stopped === 'ended' && endsAtMs !== null && byTime) return endsAtMs;
    return Math.min(this.#sendingEndedMs, endedMs);
  }

  #withNetwork(target: TargetSummary, index: number): TargetSummary {
    const network = this.#network.figures(index);
    const { p50 } = network.connect;
    if (!this.#spec.adjustForNetwork || p50 === null) return { ...target, network };
    return { ...target, network, adjusted: adjusted(target, p50) };
  }

  /** What was measured is not lost where Azure's view cannot be had. */
  async #monitored(
    startedAtMs: number,
  ): Promise<{ readonly view: MonitorView | null; readonly warnings: readonly string[] }> {
    const { monitor, clock } = this.#parts;
    try {
      return { view: (await monitor?.(startedAtMs, clock.nowMs())) ?? null, warnings: [] };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { view: null, warnings: [`what Azure Monitor counted could not be read: ${why}`] };
    }
  }

  #cost(targets: RunReport['targets']): RunReport['cost'] {
    const { prices } = this.#parts;
    if (prices === null) return null;
    const { currency, asOf } = prices;
    const amount = targets.reduce((sum, { tokens }) => sum + costOf(tokens, prices), 0);
    return { currency, asOf, amount };
  }
}

function sweepOf({ pace, warmUpMs }: LoadSpec, series: RunReport['series']): RunReport['sweep'] {
  if (pace.kind !== 'open' || pace.arrivals.kind !== 'sweep') return null;
  const { carriedPerMinute, beyondPerMinute, why } = kneeOf(series, stepsOf(pace.arrivals), warmUpMs);
  return { stepSeconds: pace.arrivals.stepMs / 1_000, carriedPerMinute, beyondPerMinute, why };
}

function costOf(tokens: RunReport['targets'][number]['tokens'], prices: Prices): number {
  const { prompt, cached, completion } = tokens;
  const cachedPrice = prices.cached ?? prices.prompt;
  return ((prompt - cached) * prices.prompt + cached * cachedPrice + completion * prices.completion) / 1e6;
}

/** When sending ends, as far as that is known before. */
function endOf({ end, warmUpMs, pace }: LoadSpec): number | null {
  if (pace.kind === 'open' && pace.arrivals.kind === 'steps' && end.durationMs === null) {
    return warmUpMs + pace.arrivals.steps.reduce((sum, { forMs }) => sum + forMs, 0);
  }
  if (end.durationMs === null || (end.mode === 'and' && end.requests !== null)) return null;
  return warmUpMs + end.durationMs;
}
