/** Figures over time, for plots: steps that double in length when there would be too many of them. */
import type { CallResult } from '../drive/call.ts';
import { percentileOf } from './distribution.ts';
import type { SeriesPoint } from './report.ts';
import { isAnswer } from './window.ts';

/** Points of one target. */
export const POINTS_MAX = 600;
const STEP_MS = 1_000;
/** Latencies that are kept of one step; more are thinned out evenly. */
const SAMPLES_MAX = 2_000;

class Bin {
  sent = 0;
  answered = 0;
  throttled = 0;
  failed = 0;
  promptTokens = 0;
  completionTokens = 0;
  isWarmUp = true;
  e2e = new Sample();
  ttft = new Sample();
  utilisation: number | null = null;
  utilisationMs = Number.NEGATIVE_INFINITY;
  remainingTokens: number | null = null;
  remainingRequests: number | null = null;
  quotaMs = Number.NEGATIVE_INFINITY;

  /** Takes in the bin behind it. */
  join(later: Bin): void {
    this.sent += later.sent;
    this.answered += later.answered;
    this.throttled += later.throttled;
    this.failed += later.failed;
    this.promptTokens += later.promptTokens;
    this.completionTokens += later.completionTokens;
    this.isWarmUp &&= later.isWarmUp;
    this.e2e.join(later.e2e);
    this.ttft.join(later.ttft);
    if (later.utilisation !== null) this.utilisation = later.utilisation;
    if (later.quotaMs > this.quotaMs) {
      this.remainingTokens = later.remainingTokens;
      this.remainingRequests = later.remainingRequests;
      this.quotaMs = later.quotaMs;
    }
  }
}

/** Every n-th value, where n doubles whenever there are too many. */
class Sample {
  #values: number[] = [];
  #every = 1;
  #seen = 0;

  add(value: number): void {
    if (this.#seen++ % this.#every === 0) this.#values.push(value);
    this.#thin();
  }

  join(other: Sample): void {
    this.#values.push(...other.#values);
    this.#thin();
  }

  at(percentile: number): number | null {
    const value = percentileOf(
      this.#values.toSorted((a, b) => a - b),
      percentile,
    );
    return value === null ? null : Number(value.toFixed(4));
  }

  #thin(): void {
    if (this.#values.length <= SAMPLES_MAX) return;
    this.#values = this.#values.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }
}

export class Series {
  #stepMs = STEP_MS;
  readonly #bins = new Map<number, Bin[]>();

  add(result: CallResult): void {
    const { target, sentMs, endMs, phase } = result;
    this.#bin(target, sentMs).sent++;
    if (phase === 'measure') this.#bin(target, sentMs).isWarmUp = false;
    const bin = this.#bin(target, endMs);
    if (isAnswer(result)) {
      bin.answered++;
      bin.promptTokens += result.promptTokens;
      bin.completionTokens += result.completionTokens;
      bin.e2e.add((endMs - sentMs) / 1_000);
      if (result.firstContentMs !== null) bin.ttft.add((result.firstContentMs - sentMs) / 1_000);
    } else if (result.status === 429) bin.throttled++;
    else bin.failed++;
    if (result.utilisation !== null && endMs >= bin.utilisationMs) {
      bin.utilisation = result.utilisation;
      bin.utilisationMs = endMs;
    }
    if (result.quota !== null && result.quota.atMs >= bin.quotaMs) {
      bin.remainingTokens = result.quota.remainingTokens;
      bin.remainingRequests = result.quota.remainingRequests;
      bin.quotaMs = result.quota.atMs;
    }
  }

  /** Length of a point. Milliseconds. */
  get stepMs(): number {
    return this.#stepMs;
  }

  /** @param sendingEndedMs when no more was sent: what comes behind is the drain. */
  points(sendingEndedMs: number): readonly SeriesPoint[] {
    return [...this.#bins].flatMap(([target, bins]) =>
      bins.map((bin, i): SeriesPoint => {
        const startMs = i * this.#stepMs;
        return {
          seconds: startMs / 1_000,
          phase: startMs >= sendingEndedMs ? 'drain' : bin.isWarmUp && bin.sent > 0 ? 'warmUp' : 'measure',
          target,
          sent: bin.sent,
          answered: bin.answered,
          throttled: bin.throttled,
          failed: bin.failed,
          promptTokens: bin.promptTokens,
          completionTokens: bin.completionTokens,
          e2eP50: bin.e2e.at(50),
          e2eP95: bin.e2e.at(95),
          ttftP50: bin.ttft.at(50),
          ttftP95: bin.ttft.at(95),
          utilisation: bin.utilisation,
          remainingTokens: bin.remainingTokens,
          remainingRequests: bin.remainingRequests,
        };
      }),
    );
  }

  #bin(target: number, atMs: number): Bin {
    while (Math.floor(Math.max(0, atMs) / this.#stepMs) >= POINTS_MAX) this.#coarsen();
    const bins = this.#bins.get(target) ?? [];
    this.#bins.set(target, bins);
    const at = Math.floor(Math.max(0, atMs) / this.#stepMs);
    while (bins.length <= at) bins.push(new Bin());
    return bins[at] ?? new Bin();
  }

  #coarsen(): void {
    this.#stepMs *= 2;
    for (const [target, bins] of this.#bins) {
      const joined: Bin[] = [];
      for (let i = 0; i < bins.length; i += 2) {
        const [bin, later] = [bins[i], bins[i + 1]];
        if (bin === undefined) continue;
        if (later !== undefined) bin.join(later);
        joined.push(bin);
      }
      this.#bins.set(target, joined);
    }
  }
}
