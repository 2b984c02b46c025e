/** Quotas for tests of waiting. Of the one the test says how it fills: a bucket that is drained by drops, or a window that opens at once. */
import type { Backend, Deployment, Pool } from '../fleet.ts';
import type { Need } from '../need.ts';
import type { Filling, Quota, QuotaReport, Reservation } from '../quota/quota.ts';
import { type Seat, Seating } from '../seats.ts';
import { type BackendState, type DeploymentState, newBackendState, newDeploymentState, type States } from '../state.ts';
import { deployment } from '../testing.ts';

const MINUTE_MS = 60_000;

export function need(tokens: number, of: Need['class'] = 'standard'): Need {
  return {
    promptTokens: tokens,
    cachedTokens: 0,
    answerTokensMax: 0,
    answerTokens: 0,
    choices: 1,
    class: of,
    cacheKey: null,
  };
}

/** Of 60,000 tokens a minute: 1 each millisecond where it fills by drops. */
export class HandQuota implements Quota {
  readonly kind = 'standard';
  readonly window: 'fixed' | 'sliding';
  guess = false;
  /** Of the next window's beginning, where it is fixed. */
  endsMs = 0;
  remaining = 0;
  #atMs = 0;

  constructor(window: 'fixed' | 'sliding') {
    this.window = window;
  }

  opensAtMs({ promptTokens }: Need, nowMs: number, owedTokens: number): number {
    this.#fill(nowMs);
    const lacks = promptTokens + owedTokens - this.remaining;
    if (lacks <= 0) return nowMs;
    if (this.window === 'sliding') return nowMs + lacks;
    return this.endsMs + (Math.ceil((promptTokens + owedTokens) / MINUTE_MS) - 1) * MINUTE_MS;
  }

  filling(): Filling {
    const byDrops = this.window === 'sliding';
    return { of: 'tokens', byDrops, tokens: { perPeriod: MINUTE_MS, periodMs: MINUTE_MS }, requests: null };
  }

  isGuess(): boolean {
    return this.guess;
  }

  chargeOf({ promptTokens }: Need): number {
    return promptTokens;
  }

  free(): number {
    return 1;
  }

  reserve(asked: Need, nowMs: number): Reservation {
    this.#fill(nowMs);
    this.remaining -= asked.promptTokens;
    return { need: asked, charge: asked.promptTokens, sentMs: nowMs };
  }

  read(): void {}

  settle(): void {}

  report(): QuotaReport {
    return {
      kind: 'standard',
      configuredTokensPerMinute: MINUTE_MS,
      usableTokensPerMinute: MINUTE_MS,
      usableFrom: 'configured',
      remainingTokens: this.remaining,
      remainingRequests: null,
      utilisation: null,
      window: this.window,
      windowEndsMs: this.endsMs,
      errorTokens: null,
      othersTokensPerMinute: 0,
    };
  }

  #fill(nowMs: number): void {
    if (this.window === 'sliding') this.remaining += nowMs - this.#atMs;
    else if (this.#atMs < this.endsMs && nowMs >= this.endsMs) this.remaining = MINUTE_MS;
    this.#atMs = nowMs;
  }
}

export class HandStates implements States {
  readonly #seating = new Seating();
  /** Those whose filling the test says. */
  readonly quotas: ReadonlyMap<string, HandQuota>;
  readonly pool: Pool;
  readonly #all: ReadonlyMap<string, Quota>;
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #backend = newBackendState();

  constructor(...windows: readonly ('fixed' | 'sliding' | Quota)[]) {
    const all = windows.map((one) => (typeof one === 'string' ? new HandQuota(one) : one));
    const members = all.map((_, i) => deployment({ on: `openai${i + 1}` }));
    const byId = members.flatMap(({ id }, i) => (all[i] === undefined ? [] : [[id, all[i]] as const]));
    this.#all = new Map(byId);
    this.quotas = new Map(byId.flatMap(([id, quota]) => (quota instanceof HandQuota ? [[id, quota] as const] : [])));
    this.pool = { name: 'chat', members };
  }

  deployment(of: Deployment): DeploymentState {
    let state = this.#deployments.get(of.id);
    if (state === undefined) {
      const quota = this.#all.get(of.id);
      state = newDeploymentState(of, quota === undefined ? [] : [quota]);
      this.#deployments.set(of.id, state);
    }
    return state;
  }

  backend(_of: Backend): BackendState {
    return this.#backend;
  }

  seats(pool: Pool): readonly Seat[] {
    return this.#seating.of(pool, this);
  }

  turn(): number {
    return 0;
  }
}
