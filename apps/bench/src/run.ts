/**
 * A run from its beginning to its report.
 *
 *   workers ready → ( warm up to the first 429 ) → load, a line each second → drain → report
 */
import type { Clock } from '@spillway/clock';
import { type CallResult, type SenderReport, spentTokens } from './drive/call.ts';
import { WAITING_MAX } from './drive/driver.ts';
import { RunError, WorkerPool } from './drive/pool.ts';
import { stepsOf } from './load/arrivals.ts';
import { kneeOf } from './measure/knee.ts';
import type { Line, MonitorView, RunReport } from './measure/report.ts';
import { steadyOf } from './measure/steady.ts';
import { Tally } from './measure/tally.ts';
import { isAnswer } from './measure/window.ts';
import { modeOf } from './mode.ts';
import type { LoadSpec } from './spec.ts';

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
  readonly onResult?: (result: CallResult) => void;
  readonly onNote?: (note: string) => void;
  /** Reads what Azure Monitor counted, once the run is over; null: not asked for. */
  readonly monitor?: ((fromMs: number, toMs: number) => Promise<MonitorView | null>) | undefined;
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
/** And here, where not one of so many was answered: neither will those of the run be. Calls. */
const WARM_UP_FAILURES_MAX = 50;

export function startLoad(spec: LoadSpec, parts: RunParts): LoadRun {
  const run = new Run(spec, parts);
  return { report: run.whole(), interrupt: () => run.interrupt() };
}

class Run {
  readonly #spec: LoadSpec;
  readonly #parts: RunParts;
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
  }

  interrupt(): void {
    this.#interrupts++;
    this.#stop('interrupted');
    if (this.#interrupts > 1) this.#pool?.cancel();
  }

  async whole(): Promise<RunReport> {
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
      await pool.ready();
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
          onResult?.(result);
        }
      },
      onEarlyEnd: (why) => this.#stop(why),
    });
    this.#pool = pool;
    try {
      // Interrupted, or out of tokens, before it has begun.
      if (this.#stopped !== 'ended') pool.stop();
      await pool.ready();
      const startedAtMs = clock.nowMs();
      this.#startedAtMs = startedAtMs;
      const tally = new Tally({ targets: spec.targets.map(({ name }) => name), windowMs: spec.windowMs, startedAtMs });
      tallies.of = tally;
      const cpu = process.cpuUsage();
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
    this.#parts.onLine(tally.line(atMs, this.#pool?.underWay ?? 0), { phase, atMs, endsAtMs });
  }

  /** A sweep ends where calls are refused. */
  #bounds(spec: LoadSpec, tally: Tally, atMs: number): void {
    const { pace } = spec;
    if (pace.kind !== 'open' || pace.arrivals.kind !== 'sweep') return;
    const sweep = pace.arrivals;
    // A step's answers come a little behind it.
    const untilMs = atMs - sweep.stepMs / 2;
    const points = tally.series.points(Number.POSITIVE_INFINITY).filter(({ seconds }) => seconds * 1_000 < untilMs);
    if (kneeOf(points, stepsOf(sweep), spec.warmUpMs, untilMs).refusedPerMinute !== null) this.#stop('knee');
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
    const targets = tally.summaries(measuredMs);
    const isLate = sender.late > LATE_SHARE_MAX * Math.max(1, tally.completed);
    const { pace } = spec;
    const isSweep = pace.kind === 'open' && pace.arrivals.kind === 'sweep';
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
      kneePerMinute: isSweep ? kneeOf(series, stepsOf(pace.arrivals), spec.warmUpMs).refusedPerMinute : null,
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

/** What the warm-up to the first 429 has met. */
class WarmUp {
  #calls = 0;
  #answers = 0;
  #isThrottled = false;
  #last = '';
  tokens = 0;

  add(result: CallResult): void {
    const { status, errorCode } = result;
    this.#calls++;
    this.tokens += spentTokens(result);
    if (isAnswer(result)) this.#answers++;
    if (status === 429) this.#isThrottled = true;
    this.#last = `${status === 0 ? 'no answer' : `status ${status}`}${errorCode === null ? '' : ` (${errorCode})`}`;
  }

  get isOver(): boolean {
    return this.#isThrottled || this.#isHopeless;
  }

  get #isHopeless(): boolean {
    return this.#answers === 0 && !this.#isThrottled && this.#calls >= WARM_UP_FAILURES_MAX;
  }

  /** @throws RunError where nothing was answered at all. */
  check(): void {
    if (!this.#isHopeless) return;
    throw new RunError(
      `warm-up: none of ${this.#calls} calls was answered, the last with ${this.#last}; try one by --requests 1`,
    );
  }

  text(tookMs: number): string {
    const end = this.#isThrottled ? 'until the first 429' : 'and no 429 came';
    return `warmed up: ${this.#calls} calls in ${Math.round(tookMs / 1_000)} s, ${end}`;
  }
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

function warningsOf(
  spec: LoadSpec,
  targets: RunReport['targets'],
  sender: SenderReport,
  isLate: boolean,
): readonly string[] {
  const warnings: string[] = [];
  if (isLate) {
    warnings.push(
      `the sender itself was late: ${sender.late} sends left more than 50 ms after their moment, the latest ${Math.round(sender.lagMsMax)} ms; the figures say nothing of the server: use more --workers, or a machine with less to do`,
    );
  }
  if (spec.pace.kind === 'open' && sender.capped > 0) {
    warnings.push(
      `${sender.capped} calls waited for one of ${spec.clients} clients: the load was lower than asked for, though latencies from the intended moment are right; raise --clients`,
    );
  }
  if (sender.unsent > 0) {
    const why = sender.unsent >= WAITING_MAX ? `${WAITING_MAX} waited in line, more than are kept` : 'sending ended';
    warnings.push(
      `${sender.unsent} calls were due and never sent: ${why}; what they would have met is not in the figures`,
    );
  }
  for (const { name, seconds, e2e, genTokens, tokensFrom } of targets) {
    if (e2e.p50 !== null && 2 * e2e.p50 > seconds)
      warnings.push(`${name}: calls take longer than half of the measured part; measure longer`);
    const wanted = spec.answer.tokensMax;
    if (wanted !== null && genTokens.avg !== null && genTokens.count > 0 && genTokens.avg < 0.9 * wanted) {
      warnings.push(
        `${name}: answers have ${Math.round(genTokens.avg)} tokens on average, of ${wanted} that were asked for`,
      );
    }
    const counted = (tokensFrom.tokenizer ?? 0) + (tokensFrom.chunks ?? 0);
    if (counted > 0)
      warnings.push(`${name}: ${counted} answers told no usage; their tokens are counted by a tokenizer`);
  }
  return warnings;
}
