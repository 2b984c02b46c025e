/** Everything that is counted of a run: calls come in as they end, in any order; lines, series and the summary go out. */
import type { CallClass, CallResult } from '../drive/call.ts';
import { NOT_ADJUSTED } from '../network/adjust.ts';
import { UNMEASURED } from '../network/network.ts';
import { Distribution } from './distribution.ts';
import type { Line, TargetSummary } from './report.ts';
import { Series } from './series.ts';
import { isAnswer, type LineRoundTrips, meanGap, Window } from './window.ts';

export interface TallyOptions {
  readonly targets: readonly string[];
  readonly windowMs: number;
  /** Of the run: milliseconds since 1970. */
  readonly startedAtMs: number;
}

export class Tally {
  readonly #startedAtMs: number;
  readonly #window: Window;
  readonly #targets: readonly TargetTally[];
  readonly series = new Series();
  #completed = 0;
  #failures = 0;
  #throttled = 0;

  constructor({ targets, windowMs, startedAtMs }: TallyOptions) {
    this.#startedAtMs = startedAtMs;
    this.#window = new Window(windowMs);
    this.#targets = targets.map((name) => new TargetTally(name));
  }

  add(result: CallResult): void {
    if (result.class === 'cancelled') return this.#targets[result.target]?.add(result);
    this.#completed++;
    if (!isAnswer(result)) this.#failures++;
    if (result.status === 429) this.#throttled++;
    this.#window.add(result);
    this.series.add(result);
    this.#targets[result.target]?.add(result);
  }

  get completed(): number {
    return this.#completed;
  }

  get throttled(): number {
    return this.#throttled;
  }

  /** @param nowMs since the run began. @param processing calls under way. */
  line(nowMs: number, processing: number, network?: LineRoundTrips): Line {
    const totals = { completed: this.#completed, failures: this.#failures, throttled: this.#throttled, processing };
    return this.#window.line(nowMs, this.#startedAtMs, totals, network);
  }

  /** Without what is known of the network. @param measuredMs how long the measured part was. */
  summaries(measuredMs: number): readonly TargetSummary[] {
    return this.#targets.map((target) => target.summary(measuredMs));
  }
}

/** Of the measured part alone. */
class TargetTally {
  readonly #name: string;
  readonly #calls = noCalls();
  readonly #tokensFrom: Record<string, number> = {};
  readonly #servedBy: Record<string, number> = {};
  readonly #of = {
    e2eIntended: new Distribution(),
    ttftIntended: new Distribution(),
    e2e: new Distribution(),
    ttft: new Distribution(),
    head: new Distribution(),
    gap: new Distribution(),
    tbt: new Distribution(),
    contextTokens: new Distribution('count'),
    genTokens: new Distribution('count'),
    utilisation: new Distribution('share'),
  };
  #attempts = 0;
  #attempts429 = 0;
  #hedges = 0;
  #hedgesWon = 0;
  #retryWaitMs = 0;
  #answers = 0;
  #prompt = 0;
  #cached = 0;
  #completion = 0;
  #spilledOver = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(result: CallResult): void {
    if (result.phase !== 'measure') return;
    this.#calls[result.class]++;
    this.#attempts += result.attempts.length;
    for (const { status, waitedMs, hedge } of result.attempts) {
      if (hedge !== undefined) this.#hedges++;
      if (hedge === 'copy' && status >= 200 && status < 300) this.#hedgesWon++;
      if (status === 429) this.#attempts429++;
      this.#retryWaitMs += waitedMs;
    }
    if (result.utilisation !== null) this.#of.utilisation.add(result.utilisation);
    if (result.spilledOver) this.#spilledOver++;
    if (isAnswer(result)) this.#addAnswer(result);
  }

  #addAnswer(result: CallResult): void {
    const { intendedMs, sentMs, headMs, firstContentMs, endMs, promptTokens, completionTokens, cachedTokens } = result;
    const of = this.#of;
    this.#answers++;
    if (result.servedBy !== null) this.#servedBy[result.servedBy] = (this.#servedBy[result.servedBy] ?? 0) + 1;
    this.#prompt += promptTokens;
    this.#cached += cachedTokens;
    this.#completion += completionTokens;
    this.#tokensFrom[result.tokensFrom] = (this.#tokensFrom[result.tokensFrom] ?? 0) + 1;
    of.e2eIntended.add((endMs - intendedMs) / 1_000);
    of.e2e.add((endMs - sentMs) / 1_000);
    if (firstContentMs !== null) {
      of.ttftIntended.add((firstContentMs - intendedMs) / 1_000);
      of.ttft.add((firstContentMs - sentMs) / 1_000);
    }
    if (headMs !== null) of.head.add((headMs - sentMs) / 1_000);
    for (const gap of result.gapsMs) of.gap.add(gap / 1_000);
    for (const gap of meanGap(result)) of.tbt.add(gap);
    of.contextTokens.add(promptTokens);
    of.genTokens.add(completionTokens);
  }

  summary(measuredMs: number): TargetSummary {
    const perMinute = (amount: number): number => (measuredMs > 0 ? (amount * 60_000) / measuredMs : 0);
    const of = this.#of;
    return {
      name: this.#name,
      seconds: measuredMs / 1_000,
      calls: { ...this.#calls },
      attempts: this.#attempts + this.#hedges,
      attempts429: this.#attempts429,
      hedges: { sent: this.#hedges, won: this.#hedgesWon },
      retryWaitSeconds: this.#retryWaitMs / 1_000,
      rpm: perMinute(this.#answers),
      tpm: {
        context: perMinute(this.#prompt),
        gen: perMinute(this.#completion),
        total: perMinute(this.#prompt + this.#completion),
      },
      tokens: { prompt: this.#prompt, cached: this.#cached, completion: this.#completion },
      tokensFrom: { ...this.#tokensFrom },
      e2eIntended: of.e2eIntended.spread(),
      ttftIntended: of.ttftIntended.spread(),
      e2e: of.e2e.spread(),
      ttft: of.ttft.spread(),
      head: of.head.spread(),
      gap: of.gap.spread(),
      tbt: of.tbt.spread(),
      contextTokens: of.contextTokens.spread(),
      genTokens: of.genTokens.spread(),
      utilisation: of.utilisation.spread(),
      cachedShare: this.#prompt > 0 ? this.#cached / this.#prompt : null,
      spilledOver: this.#spilledOver,
      servedBy: { ...this.#servedBy },
      network: UNMEASURED,
      adjusted: NOT_ADJUSTED,
    };
  }
}

function noCalls(): Record<CallClass, number> {
  return {
    ok: 0,
    length: 0,
    filtered: 0,
    throttled: 0,
    refused: 0,
    serverError: 0,
    timeout: 0,
    reset: 0,
    broken: 0,
    cancelled: 0,
  };
}
