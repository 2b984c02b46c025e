/**
 * How a Standard deployment was seen to count in 2024: the tokens of the last minute and the requests of the last slice, both of
 * requests that were let in alone. Sources: simulator reference, S-60 to S-67. What a decision costs hardly depends on
 * how many requests the minute holds: the sums run along, and the wait is found by halving.
 */
import {
  type Counters,
  type Left,
  MINUTE_MS,
  type Obstacle,
  type QuotaWindow,
  requestsPerSlice,
  type StandardLimits,
  TOO_LARGE_WAIT_MS,
  type WindowState,
} from './window.ts';

/** Requests remembered at first; the rings grow by doubling. A power of 2. */
const ENTRIES_MIN = 64;
/**
 * Requests remembered at most: 16 MB. More are refused as too many requests. A deployment of 100 million TPM lets 600,000 requests
 * in each minute. A power of 2.
 */
export const ENTRIES_MAX = 1_048_576;

export class SlidingWindow implements QuotaWindow {
  limits: StandardLimits;
  /**
   * Of each request let in, by its number: when it came, and the tokens of all requests up to and with it. These only grow; at 100
   * million tokens a minute they stay exact for more than a hundred years.
   */
  #times = new Float64Array(ENTRIES_MIN);
  #sums = new Float64Array(ENTRIES_MIN);
  /** Number of the oldest request in the minute, of the oldest in the slice, and of the next to come. */
  #first = 0;
  #firstOfSlice = 0;
  #next = 0;
  /** Tokens of all requests before the oldest. */
  #sumBefore = 0;
  /** Looks into the rings since the start; for tests of what a decision costs. */
  looks = 0;

  readonly #countsRefused: boolean;

  constructor(
    limits: StandardLimits,
    { countsRefused }: { readonly countsRefused: boolean } = { countsRefused: false },
  ) {
    this.limits = limits;
    this.#countsRefused = countsRefused;
  }

  /** The longer wait names the limit (S-64). */
  obstacle(costTokens: number, nowMs: number): Obstacle | null {
    this.#expire(nowMs);
    if (costTokens > this.limits.tokensPerMinute) return { exceeded: 'tokens', waitMs: TOO_LARGE_WAIT_MS };
    const tokensMs = this.#tokensWaitMs(costTokens, nowMs);
    const requestsMs = this.#requestsWaitMs(nowMs);
    if (tokensMs <= 0 && requestsMs <= 0) return null;
    return tokensMs >= requestsMs
      ? { exceeded: 'tokens', waitMs: tokensMs }
      : { exceeded: 'requests', waitMs: requestsMs };
  }

  count(costTokens: number, nowMs: number, admitted: boolean): void {
    if (admitted || this.#countsRefused) this.#add(costTokens, nowMs);
  }

  /** Costs as much as requests came since. */
  correct(byTokens: number, sinceMs: number, nowMs: number): void {
    this.#expire(nowMs);
    let number = this.#next - 1;
    while (number > this.#first && this.#timeOf(number) > sinceMs) number--;
    if (number < this.#first || this.#timeOf(number) > sinceMs) return;
    // Sums never fall from one request to the next: halving depends on it.
    const by = Math.max(byTokens, this.#sumOf(number - 1) - this.#sumOf(number));
    for (; number < this.#next; number++) this.#sums[number & (this.#sums.length - 1)] = this.#sumOf(number) + by;
  }

  left(): Left {
    const { tokensPerMinute, requestsPerMinute } = this.limits;
    return {
      tokens: Math.max(0, tokensPerMinute - this.#tokens),
      requests: Math.max(0, requestsPerMinute - (this.#next - this.#first)),
      requestsOfSlice: Math.max(0, requestsPerSlice(this.limits) - (this.#next - this.#firstOfSlice)),
    };
  }

  /** As if so many tokens, in so many requests, had come just now. */
  set({ tokens = this.#tokens, requests = this.#next - this.#first }: Counters, nowMs: number): void {
    this.reset();
    const entries = Math.min(Math.max(requests, tokens > 0 ? 1 : 0), ENTRIES_MAX);
    for (let i = 0; i < entries; i++) this.#add(i === 0 ? tokens : 0, nowMs);
  }

  reset(): void {
    this.#first = this.#next;
    this.#firstOfSlice = this.#next;
    this.#sumBefore = this.#sumOf(this.#next - 1);
  }

  state(nowMs: number): WindowState {
    this.#expire(nowMs);
    const { requestWindowMs } = this.limits;
    return {
      tokens: this.#tokens,
      requests: this.#next - this.#first,
      requestsInSlice: this.#next - this.#firstOfSlice,
      requestsPerSlice: requestsPerSlice(this.limits),
      endsAtMs: this.#first === this.#next ? null : this.#timeOf(this.#first) + MINUTE_MS,
      sliceEndsAtMs: this.#firstOfSlice === this.#next ? null : this.#timeOf(this.#firstOfSlice) + requestWindowMs,
    };
  }

  /** Requests that there is room for without growing; at most {@link ENTRIES_MAX}. */
  get places(): number {
    return this.#times.length;
  }

  get #tokens(): number {
    return this.#sumOf(this.#next - 1) - this.#sumBefore;
  }

  /** Until enough of the oldest have left; 0 or less where it fits now. */
  #tokensWaitMs(costTokens: number, nowMs: number): number {
    const over = this.#tokens + costTokens - this.limits.tokensPerMinute;
    if (over <= 0) return 0;
    return this.#timeOf(this.#firstWithSum(this.#sumBefore + over)) + MINUTE_MS - nowMs;
  }

  #requestsWaitMs(nowMs: number): number {
    const { requestWindowMs } = this.limits;
    if (this.#next - this.#first >= ENTRIES_MAX) return this.#timeOf(this.#first) + MINUTE_MS - nowMs;
    const over = this.#next - this.#firstOfSlice + 1 - requestsPerSlice(this.limits);
    return over <= 0 ? 0 : this.#timeOf(this.#firstOfSlice + over - 1) + requestWindowMs - nowMs;
  }

  /** Number of the first request with which at least `sum` tokens have come. By halving: sums never fall. */
  #firstWithSum(sum: number): number {
    let low = this.#first;
    let high = this.#next - 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#sumOf(middle) >= sum) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** A request that came exactly a minute ago no longer counts (S-63). Each request leaves once, so this costs nothing in the long run. */
  #expire(nowMs: number): void {
    while (this.#firstOfSlice < this.#next && this.#timeOf(this.#firstOfSlice) <= nowMs - this.limits.requestWindowMs) {
      this.#firstOfSlice++;
    }
    while (this.#first < this.#next && this.#timeOf(this.#first) <= nowMs - MINUTE_MS) {
      this.#sumBefore = this.#sumOf(this.#first);
      this.#first++;
    }
  }

  #add(costTokens: number, nowMs: number): void {
    if (this.#next - this.#first === this.#times.length) this.#grow();
    const sum = this.#sumOf(this.#next - 1) + costTokens;
    const place = this.#next & (this.#times.length - 1);
    // Times never fall, whatever a clock may say: halving and leaving depend on it.
    this.#times[place] = this.#next === this.#first ? nowMs : Math.max(nowMs, this.#timeOf(this.#next - 1));
    this.#sums[place] = sum;
    this.#next++;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const sums = new Float64Array(this.#times.length * 2);
    for (let i = this.#first; i < this.#next; i++) {
      times[i & (times.length - 1)] = this.#timeOf(i);
      sums[i & (times.length - 1)] = this.#sumOf(i);
    }
    this.#times = times;
    this.#sums = sums;
  }

  #timeOf(number: number): number {
    this.looks++;
    return this.#times[number & (this.#times.length - 1)] ?? 0;
  }

  #sumOf(number: number): number {
    this.looks++;
    if (number < this.#first) return this.#sumBefore;
    return this.#sums[number & (this.#sums.length - 1)] ?? 0;
  }
}
