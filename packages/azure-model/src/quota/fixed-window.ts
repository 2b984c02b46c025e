/**
 * How a Standard deployment counts by the documentation: tokens in fixed minutes, requests in shorter slices. Both run from the
 * deployment's first request, and a refused request counts like any other, which is why blind retries make things worse.
 * Source: wire reference §6.2 (tokens), §6.4 (slices), §6.5 (what is left after the present request).
 */
import {
  type Counters,
  type Counting,
  type Left,
  MINUTE_MS,
  type Obstacle,
  type QuotaWindow,
  requestsPerSlice,
  type StandardLimits,
  TOO_LARGE_WAIT_MS,
  type WindowState,
} from './window.ts';

type FixedCounting = Pick<Counting, 'countsRefused' | 'originMs'>;

export class FixedWindow implements QuotaWindow {
  limits: StandardLimits;
  readonly #counting: FixedCounting;
  #originMs: number | null;
  #minute = 0;
  #slice = 0;
  #tokens = 0;
  #requests = 0;
  #requestsInSlice = 0;

  /** @param counting as documented where absent. */
  constructor(limits: StandardLimits, counting: FixedCounting = { countsRefused: true, originMs: null }) {
    this.limits = limits;
    this.#counting = counting;
    this.#originMs = counting.originMs;
  }

  obstacle(costTokens: number, nowMs: number): Obstacle | null {
    const originMs = this.#roll(nowMs);
    const { tokensPerMinute, requestWindowMs } = this.limits;
    if (costTokens > tokensPerMinute) return { exceeded: 'tokens', waitMs: TOO_LARGE_WAIT_MS };
    if (this.#tokens + costTokens > tokensPerMinute) {
      return { exceeded: 'tokens', waitMs: originMs + (this.#minute + 1) * MINUTE_MS - nowMs };
    }
    if (this.#requestsInSlice + 1 > requestsPerSlice(this.limits)) {
      return { exceeded: 'requests', waitMs: originMs + (this.#slice + 1) * requestWindowMs - nowMs };
    }
    return null;
  }

  count(costTokens: number, nowMs: number, admitted: boolean): void {
    this.#roll(nowMs);
    if (!admitted && !this.#counting.countsRefused) return;
    this.#tokens += costTokens;
    this.#requests++;
    this.#requestsInSlice++;
  }

  correct(byTokens: number, sinceMs: number, nowMs: number): void {
    const minuteMs = this.#roll(nowMs) + this.#minute * MINUTE_MS;
    if (sinceMs >= minuteMs) this.#tokens = Math.max(0, this.#tokens + byTokens);
  }

  left(): Left {
    const { tokensPerMinute, requestsPerMinute } = this.limits;
    return {
      tokens: Math.max(0, tokensPerMinute - this.#tokens),
      requests: Math.max(0, requestsPerMinute - this.#requests),
      requestsOfSlice: Math.max(0, requestsPerSlice(this.limits) - this.#requestsInSlice),
    };
  }

  set({ tokens, requests }: Counters, nowMs: number): void {
    this.#roll(nowMs);
    if (tokens !== undefined) this.#tokens = tokens;
    if (requests === undefined) return;
    this.#requests = requests;
    this.#requestsInSlice = Math.min(requests, requestsPerSlice(this.limits));
  }

  /** The next request begins a new minute, where none was told to begin before it. */
  reset(): void {
    this.#originMs = this.#counting.originMs;
    this.#minute = 0;
    this.#slice = 0;
    this.#tokens = 0;
    this.#requests = 0;
    this.#requestsInSlice = 0;
  }

  state(nowMs: number): WindowState {
    if (this.#originMs !== null) this.#roll(nowMs);
    const originMs = this.#originMs;
    return {
      tokens: this.#tokens,
      requests: this.#requests,
      requestsInSlice: this.#requestsInSlice,
      requestsPerSlice: requestsPerSlice(this.limits),
      endsAtMs: originMs === null ? null : originMs + (this.#minute + 1) * MINUTE_MS,
      sliceEndsAtMs: originMs === null ? null : originMs + (this.#slice + 1) * this.limits.requestWindowMs,
    };
  }

  /** Begins a new minute or slice where the old one is over. @returns when the first minute began. */
  #roll(nowMs: number): number {
    if (this.#originMs === null) {
      this.#originMs = nowMs;
      this.#minute = 0;
      this.#slice = 0;
      return nowMs;
    }
    const slice = Math.floor((nowMs - this.#originMs) / this.limits.requestWindowMs);
    if (slice <= this.#slice) return this.#originMs;
    this.#slice = slice;
    this.#requestsInSlice = 0;
    const minute = Math.floor((nowMs - this.#originMs) / MINUTE_MS);
    if (minute > this.#minute) {
      this.#minute = minute;
      this.#tokens = 0;
      this.#requests = 0;
    }
    return this.#originMs;
  }
}
