/**
 * What is believed of a provisioned deployment: a leaky bucket, as documented (wire §7.2). What is sent fills it by an estimate, the
 * answer's usage corrects it, the deployed units drain it. How deep it is and what is assumed of an answer without a bound is not
 * told: both are learned from the utilisation that each answer's header states, and where none does, from what is let in and refused.
 */
import type { Need, RequestClass } from '../need.ts';
import { Brim } from './brim.ts';
import { DepthBelief } from './depth.ts';
import type { Filling, Quota, QuotaReport, Reservation, Settlement } from './quota.ts';
import type { Reading } from './reading.ts';

export interface ProvisionedGrant {
  /** Normalised tokens that the deployed units are good for; null: unknown. */
  readonly tokensPerMinute: number | null;
  /** Input tokens that one output token counts for. */
  readonly outputWeight: number;
  /** Utilisation from which on another deployment serves, by class; 1 is the brim. */
  readonly spillAt: Readonly<Record<RequestClass, number>>;
}

class ProvisionedReservation implements Reservation {
  readonly need: Need;
  readonly charge: number;
  readonly sentMs: number;
  /** 1 for each answer without a bound. */
  readonly unbounded: number;
  /** What had flowed in and out, this request included: the level without corrections. */
  readonly flow: Level;
  /** When it was sent: what was in the bucket before, and from what on it would have been sent elsewhere. Normalised tokens. */
  readonly found: Found;
  isSettled = false;

  constructor(need: Need, cost: Cost, sentMs: number, { flow, found }: { flow: Level; found: Found }) {
    this.need = need;
    this.charge = cost.charge;
    this.unbounded = cost.unbounded;
    this.sentMs = sentMs;
    this.flow = flow;
    this.found = found;
  }
}

interface Found {
  readonly level: number;
  readonly spilledAt: number;
}

interface Cost {
  readonly charge: number;
  readonly unbounded: number;
}

/** What is in the bucket: normalised tokens, and answers under way of which nobody knows how long they are taken to be. */
interface Level {
  readonly tokens: number;
  readonly unbounded: number;
}

const MINUTE_MS = 60_000;
/** Kept free for what the forecast is off by: times its usual error. */
const MARGIN_ERRORS = 2;
/** Share of the bucket kept free at most for errors. */
const MARGIN_SHARE_MAX = 0.05;
const NEWEST = 0.05;
const COMPARED_MIN = 3;
/** What is more than so many buckets full drains as if it were not fuller: else one wrong answer would close it for days. */
const LEVEL_MAX = 5;
/** A request of a class that spills early spills earlier still, by so much of its own share of the bucket. */
const LONG_WORK = 0.2;
const LONG_WORK_MAX = 0.01;

export class ProvisionedQuota implements Quota {
  readonly kind = 'provisioned';
  readonly grant: ProvisionedGrant;
  readonly #depth: DepthBelief;
  readonly #brim = new Brim();
  readonly #drainPerMs: number;
  #tokens = 0;
  #unbounded = 0;
  #corrected = 0;
  #atMs = Number.NEGATIVE_INFINITY;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #emptiedMs = Number.NEGATIVE_INFINITY;
  #error: number | null = null;
  #compared = 0;

  constructor(grant: ProvisionedGrant) {
    const { tokensPerMinute, outputWeight } = grant;
    this.grant = grant;
    this.#drainPerMs = (tokensPerMinute ?? 0) / MINUTE_MS;
    this.#depth = new DepthBelief(tokensPerMinute ?? 0, outputWeight);
  }

  opensAtMs(need: Need, nowMs: number, owedTokens: number): number {
    if (this.grant.tokensPerMinute === null) return nowMs;
    this.#drain(nowMs);
    const bucket = this.#depth.tokens;
    const over = this.#level() + owedTokens - this.#spillsAt(need, bucket) * bucket;
    if (over <= 0 || this.#brim.mayTry(nowMs, this.#level() >= bucket)) return nowMs;
    return nowMs + over / this.#drainPerMs;
  }

  filling(): Filling {
    const perPeriod = this.grant.tokensPerMinute ?? 0;
    const tokens = perPeriod > 0 ? { perPeriod, periodMs: MINUTE_MS } : null;
    return { of: 'tokens', byDrops: true, tokens, requests: null };
  }

  /** Below its brim it would let in whoever comes: that some are to go elsewhere first is our own rule. */
  isGuess(nowMs: number): boolean {
    const isUnproven = this.#compared < COMPARED_MIN && !this.#brim.isFound(nowMs);
    return isUnproven || this.#utilisation(nowMs) + this.#margin <= 1;
  }

  chargeOf(need: Need): number {
    const { charge, unbounded } = this.#cost(need);
    return charge + unbounded * this.#depth.unboundedTokens;
  }

  free(nowMs: number): number {
    return Math.min(1, Math.max(0, 1 - this.#utilisation(nowMs)));
  }

  reserve(need: Need, nowMs: number): Reservation {
    this.#drain(nowMs);
    const cost = this.#cost(need);
    const bucket = this.#depth.tokens;
    const found = { level: this.#level(), spilledAt: this.#spillsAt(need, bucket) * bucket };
    if (found.level > found.spilledAt) this.#brim.tries(nowMs);
    this.#tokens += cost.charge;
    this.#unbounded += cost.unbounded;
    const flow = { tokens: this.#tokens - this.#corrected, unbounded: this.#unbounded };
    return new ProvisionedReservation(need, cost, nowMs, { flow, found });
  }

  read(reservation: Reservation, { utilisation, hint, status }: Reading, nowMs: number): void {
    if (!(reservation instanceof ProvisionedReservation) || this.grant.tokensPerMinute === null) return;
    this.#drain(nowMs);
    if (status === 429) {
      this.#take(reservation, 0);
      reservation.isSettled = true;
      this.#isRefused(reservation, hint !== null && hint.waitMs < MINUTE_MS ? hint.waitMs : null, nowMs);
    } else if (utilisation !== null) this.#compare(reservation, utilisation);
    else this.#isLetIn(reservation, nowMs);
    this.#bound();
  }

  settle(reservation: Reservation, settlement: Settlement, nowMs: number): void {
    if (!(reservation instanceof ProvisionedReservation) || reservation.isSettled) return;
    reservation.isSettled = true;
    this.#drain(nowMs);
    this.#take(reservation, settlement.kind === 'served' ? this.#used(reservation, settlement.usage) : 0);
    this.#bound();
  }

  report(nowMs: number): QuotaReport {
    const { tokensPerMinute } = this.grant;
    const isKnown = tokensPerMinute !== null;
    return {
      kind: 'provisioned',
      configuredTokensPerMinute: tokensPerMinute,
      usableTokensPerMinute: tokensPerMinute,
      usableFrom: isKnown ? 'configured' : 'unknown',
      remainingTokens: isKnown ? Math.round(this.free(nowMs) * this.#depth.tokens) : null,
      remainingRequests: null,
      utilisation: isKnown ? this.#utilisation(nowMs) : null,
      window: null,
      windowEndsMs: null,
      errorTokens: this.#error === null ? null : Math.round(this.#error * this.#depth.tokens),
      othersTokensPerMinute: 0,
    };
  }

  #spillsAt({ class: of, answerTokens, promptTokens, cachedTokens }: Need, bucket: number): number {
    const spillAt = this.grant.spillAt[of];
    if (of === 'interactive') return spillAt - this.#margin;
    const share = (promptTokens - cachedTokens + this.grant.outputWeight * answerTokens) / bucket;
    return spillAt - this.#margin - Math.min(LONG_WORK_MAX, LONG_WORK * share);
  }

  /** Share of the bucket. */
  get #margin(): number {
    return Math.min(MARGIN_SHARE_MAX, MARGIN_ERRORS * (this.#error ?? 0));
  }

  #cost({ promptTokens, cachedTokens, answerTokensMax, choices }: Need): Cost {
    const prompt = Math.max(0, promptTokens - cachedTokens);
    if (answerTokensMax === null) return { charge: prompt, unbounded: choices };
    return { charge: prompt + this.grant.outputWeight * answerTokensMax * choices, unbounded: 0 };
  }

  #used({ need }: ProvisionedReservation, usage: Extract<Settlement, { kind: 'served' }>['usage']): number {
    const { promptTokens, completionTokens, cachedTokens } = usage;
    const prompt =
      (promptTokens ?? need.promptTokens) - (cachedTokens ?? (promptTokens === null ? need.cachedTokens : 0));
    return Math.max(0, prompt) + this.grant.outputWeight * (completionTokens ?? need.answerTokens);
  }

  #level(): number {
    return this.#tokens + this.#unbounded * this.#depth.unboundedTokens;
  }

  #utilisation(nowMs: number): number {
    this.#drain(nowMs);
    const bucket = this.#depth.tokens;
    return bucket > 0 ? this.#level() / bucket : 0;
  }

  /** Replaces the estimate by what was used: by the difference, as documented (wire §7.2). */
  #take({ charge, unbounded }: ProvisionedReservation, used: number): void {
    this.#tokens += used - charge;
    this.#unbounded -= unbounded;
    // What drained meanwhile came from the estimates too: the bucket is never below empty.
    if (this.#level() < 0) this.#empties();
  }

  /** @param waitMs told: how long until it is at its brim again: so much is above it. null: not told. */
  #isRefused({ found }: ProvisionedReservation, waitMs: number | null, nowMs: number): void {
    const above = (waitMs ?? 0) * this.#drainPerMs;
    const depth = this.#brim.refused(found.level - above, this.#depth.tokens, nowMs);
    if (depth !== null) this.#depth.assume(depth);
    else if (waitMs !== null) this.#correct(this.#depth.tokens + above - this.#level());
  }

  #isLetIn({ found }: ProvisionedReservation, nowMs: number): void {
    this.#depth.assume(this.#brim.letIn(found.level, found.spilledAt, this.#depth.tokens, nowMs));
  }

  #compare({ flow, sentMs }: ProvisionedReservation, utilisation: number): void {
    if (sentMs < this.#lastSentMs) return;
    this.#lastSentMs = sentMs;
    this.#brim.heard();
    const level = { tokens: flow.tokens + this.#corrected, unbounded: flow.unbounded };
    const before = this.#depth.utilisationOf(level);
    if (sentMs > this.#emptiedMs) this.#depth.learn(flow, utilisation);
    this.#compared++;
    const error = Math.abs(utilisation - before);
    this.#error = this.#error === null ? error : this.#error + NEWEST * (error - this.#error);
    this.#correct((utilisation - this.#depth.utilisationOf(level)) * this.#depth.tokens);
  }

  #correct(amount: number): void {
    this.#tokens += amount;
    this.#corrected += amount;
  }

  #bound(): void {
    const over = this.#level() - LEVEL_MAX * this.#depth.tokens;
    if (over > 0) this.#correct(-over);
  }

  #empties(): void {
    this.#correct(-this.#level());
    this.#emptiedMs = this.#atMs;
    this.#depth.forgetLast();
  }

  #drain(nowMs: number): void {
    if (nowMs <= this.#atMs) return;
    const drained = (nowMs - this.#atMs) * this.#drainPerMs;
    this.#atMs = nowMs;
    if (!Number.isFinite(drained)) return;
    this.#tokens -= drained;
    if (this.#level() < 0) this.#empties();
  }
}
