/**
 * What is believed of a Standard deployment's quota: tokens and requests, each in its window. What is sent is counted at once, as Azure
 * does on arrival; what Azure's headers tell pulls the count to reality, traffic of others included; refusals teach when a window
 * ends, and where a limit is lower than it was granted. Source: wire reference §3.4, §6.2, §6.4, §6.5.
 */
import type { Need } from '../need.ts';
import { Ceiling } from './ceiling.ts';
import { ChargeBelief, type Tally } from './charge.ts';
import type { Filling, Quota, QuotaReport, Reservation, Settlement } from './quota.ts';
import type { Reading } from './reading.ts';
import { RequestRate } from './request-rate.ts';
import { everyCounter, type Marks, refundingCounter, slidingCounter, WindowBelief } from './window.ts';

export interface StandardGrant {
  /** As configured; null: unknown. */
  readonly tokensPerMinute: number | null;
  /** null: unknown. */
  readonly requestsPerMinute: number | null;
  /** Length of the slices in which requests are believed to be counted. Milliseconds. */
  readonly requestPeriodMs: number;
  /** Charged for an answer whose length the request does not bound. Tokens. */
  readonly chargesUnbounded: number;
}

class StandardReservation implements Reservation {
  readonly need: Need;
  readonly charge: number;
  readonly sentMs: number;
  readonly tokens: Marks;
  readonly requests: Marks;
  readonly tally: Tally;
  isSettled = false;
  /** Its answer's head has come. */
  isRead = false;

  constructor(need: Need, charge: number, tally: Tally, tokens: Marks, requests: Marks) {
    this.need = need;
    this.charge = charge;
    this.sentMs = tally.atMs;
    this.tally = tally;
    this.tokens = tokens;
    this.requests = requests;
  }
}

const MINUTE_MS = 60_000;
/** Told to wait longer than this, it is the request that is too large: no window of a quota is so long (wire §3.4, 86,400 s). */
const TOO_LARGE_MS_MIN = 3_600_000;
/** How long a size that was refused so is not tried again. Milliseconds. */
const TOO_LARGE_KEPT_MS = 600_000;
/** Of a limit: what is smaller is not too large, whatever hint it was given. */
const TOO_LARGE_SHARE_MIN = 0.1;
/** Kept free for what the forecast is off by: times its usual error. */
const MARGIN_ERRORS = { fixed: 0.5, sliding: 3.5 };
/** The same of the request itself: times the usual error of a charge, as a share of it. */
const MARGIN_OWN = { fixed: 0.5, sliding: 1.5 };
/**
 * What an answer told is known to the token; what slides is off by what was sent since and is not answered yet, times the usual error of
 * a charge, and by what left a moment sooner or later: a share of the limit.
 */
const MARGIN_UNREAD = 3;
const MARGIN_LEFT = 0.003;
/** Sent by others in a minute, as a share of the limit: from there on they come in bursts that nobody foresees. */
const OTHERS_FEW = 0.02;
/** Of the limit: errors up to this are the requests' own, and gone with the next answer; what is beyond it others do. */
const OWN_ERROR = 0.004;
/** Assumed of a charge before any was compared: prompts are told apart by their length alone. Share of it. */
const FIRST_ERROR_SHARE = 0.1;
/** Weight of the newest error in the usual one. */
const NEWEST = 0.05;
/** Of a request's charge: what it may have cost more or less than was believed. */
const OWN_SHARE = 0.25;
/** Others come in bursts: times what they send on average. */
const OTHERS_TIMES = 3;
/** A difference below this share of the limit is noise. */
const NOISE_SHARE = 0.02;
/** Comparisons with headers from which on a forecast is more than a guess. */
const COMPARED_MIN = 5;
/** Refused with so much of the limit believed to be left, it is another limit that refused. */
const HEADROOM_SHARE = 0.1;
/** A limit that nobody told, taken from a refusal, is believed so long. Milliseconds. */
const ASSUMED_KEPT_MS = 300_000;
/**
 * A limit that a header told is believed so long after the last answer that told it; then what was granted counts again. Where one so
 * small was told that nothing fits, nobody would be sent to hear a better one. Milliseconds.
 */
const TOLD_KEPT_MS = 600_000;

/** How long a look at what is left is good for. Milliseconds. */
const LOOK_KEPT_MS = 5;

export class StandardQuota implements Quota {
  readonly kind = 'standard';
  readonly grant: StandardGrant;
  readonly #tokens = new WindowBelief(MINUTE_MS, true);
  readonly #requests: RequestRate;
  readonly #charge: ChargeBelief;
  readonly #ceiling = new Ceiling();
  /** As headers say; null: they never did, or long ago. */
  #told: number | null = null;
  #toldMs = Number.NEGATIVE_INFINITY;
  /** From a refusal, where nothing else is known. */
  #assumed: { readonly tokens: number; readonly untilMs: number } | null = null;
  #tooLarge: { readonly tokens: number; readonly untilMs: number } | null = null;
  #lastTally: Tally | null = null;
  /** Usual difference between belief and headers: tokens, and as a share of what was sent in between. */
  #error: number | null = null;
  #errorShare = FIRST_ERROR_SHARE;
  #compared = 0;
  /** Of the last request that was asked about: which limit stood in its way, and what it wanted to find counted at most. */
  #blockedBy: 'tokens' | 'requests' | null = null;
  #wantedRoom = 0;
  #owedRequests = 0;
  /** When {@link #look} looked last, and what it saw: room for a request with its owed tokens, and the share that is left. */
  #lookedMs = Number.NaN;
  #room = 0;
  #free = 1;
  #ownUnsure = 0;
  /** Charges of requests of which no answer's head has come. Tokens. */
  #unread = 0;

  constructor(grant: StandardGrant) {
    const { tokensPerMinute, chargesUnbounded } = grant;
    this.grant = grant;
    this.#charge = new ChargeBelief(chargesUnbounded, (tokensPerMinute ?? MINUTE_MS) / MINUTE_MS);
    this.#requests = new RequestRate(grant.requestsPerMinute, grant.requestPeriodMs);
  }

  opensAtMs(need: Need, nowMs: number, owedTokens: number, owedRequests = 0): number {
    this.#blockedBy = null;
    const charge = this.#charge.of(need);
    const fits = this.#hasRoom(charge + owedTokens, charge, nowMs);
    if (fits && owedRequests === 0) return nowMs;
    const requestsMs = this.#requests.opensAtMs(nowMs, owedRequests);
    if (fits && requestsMs <= nowMs) return nowMs;
    this.#owedRequests = owedRequests;
    const tokensMs = this.#tokensOpenAtMs(charge, owedTokens, nowMs);
    if (Math.max(tokensMs, requestsMs) > nowMs) this.#blockedBy = tokensMs >= requestsMs ? 'tokens' : 'requests';
    return Math.max(tokensMs, requestsMs);
  }

  filling(nowMs: number): Filling {
    const usable = this.#usable(nowMs);
    const tokens = Number.isFinite(usable) && usable > 0 ? { perPeriod: usable, periodMs: MINUTE_MS } : null;
    const rates = { tokens, requests: this.#requests.rate };
    if (this.#blockedBy === 'requests') return { of: 'requests', byDrops: this.#requests.isByDrops, ...rates };
    const isSliding = this.#compared >= COMPARED_MIN && this.#tokens.counter.shape === 'sliding';
    return { of: 'tokens', byDrops: isSliding, ...rates };
  }

  isGuess(nowMs: number): boolean {
    if (this.#blockedBy === 'requests') return this.#requests.isGuess(nowMs, this.#owedRequests);
    return (
      this.#compared < COMPARED_MIN || this.#tokens.isDoubtful || this.#tokens.mayHaveRoom(this.#wantedRoom, nowMs)
    );
  }

  chargeOf(need: Need): number {
    return this.#charge.of(need);
  }

  free(nowMs: number): number {
    this.#look(nowMs);
    return this.#free;
  }

  reserve(need: Need, nowMs: number): Reservation {
    this.#lookedMs = Number.NaN;
    const charge = this.#charge.of(need);
    this.#unread += charge;
    const tally = this.#charge.add(need, nowMs);
    return new StandardReservation(need, charge, tally, this.#tokens.add(charge, nowMs), this.#requests.add(nowMs));
  }

  read(reservation: Reservation, reading: Reading, nowMs: number): void {
    if (!(reservation instanceof StandardReservation)) return;
    this.#lookedMs = Number.NaN;
    reservation.isRead = true;
    this.#unread -= reservation.charge;
    this.#learnLimit(reading, nowMs);
    this.#requests.learn(reading);
    if (reading.status === 429) this.#refused(reservation, reading, nowMs);
    else this.#admitted(reservation, reading, nowMs);
  }

  settle(reservation: Reservation, settlement: Settlement, nowMs: number): void {
    if (!(reservation instanceof StandardReservation) || reservation.isSettled) return;
    reservation.isSettled = true;
    if (!reservation.isRead) this.#unread -= reservation.charge;
    this.#lookedMs = Number.NaN;
    const { charge, sentMs, tokens, requests } = reservation;
    if (settlement.kind === 'unsent') {
      this.#tokens.giveBack(tokens, { amount: charge, sentMs, wasCounted: false }, nowMs, everyCounter);
      this.#requests.giveBack(requests, sentMs, nowMs, everyCounter);
    } else if (settlement.kind === 'refused') {
      this.#tokens.giveBack(tokens, { amount: charge, sentMs, wasCounted: false }, nowMs, slidingCounter);
      this.#requests.giveBack(requests, sentMs, nowMs, slidingCounter);
    } else if (settlement.kind === 'served') {
      const { promptTokens, completionTokens } = settlement.usage;
      if (promptTokens === null) return;
      const unused = charge - promptTokens - (completionTokens ?? 0);
      if (unused <= 0) return;
      this.#tokens.giveBack(tokens, { amount: unused, sentMs, wasCounted: true }, nowMs, refundingCounter);
    }
  }

  report(nowMs: number): QuotaReport {
    const { tokensPerMinute } = this.grant;
    const usable = this.#usable(nowMs);
    const known = Number.isFinite(usable);
    const { counter } = this.#tokens;
    return {
      kind: 'standard',
      configuredTokensPerMinute: tokensPerMinute,
      usableTokensPerMinute: known ? Math.round(usable) : null,
      usableFrom: this.#usableFrom(nowMs),
      remainingTokens: known ? Math.max(0, Math.round(usable - this.#used(nowMs))) : null,
      remainingRequests: this.#requests.remaining(nowMs),
      utilisation: null,
      window: this.#compared < COMPARED_MIN ? null : counter.shape,
      windowEndsMs: counter.endsMs(nowMs),
      errorTokens: this.#error === null ? null : Math.round(this.#error),
      othersTokensPerMinute: Math.round(this.#charge.othersPerMs * MINUTE_MS),
    };
  }

  /** Whether it fits by far: the answer nearly always, found without looking at the windows again. */
  #hasRoom(tokens: number, charge: number, nowMs: number): boolean {
    this.#look(nowMs);
    if (this.#tooLarge !== null) return false;
    return tokens + this.#ownUnsure * charge <= this.#room;
  }

  /** What is left by now. In some milliseconds hardly anything leaves a window, and what is sent or told meanwhile is looked at anew. */
  #look(nowMs: number): void {
    if (nowMs >= this.#lookedMs && nowMs < this.#lookedMs + LOOK_KEPT_MS) return;
    this.#lookedMs = nowMs;
    const limit = this.#usable(nowMs);
    const { shape } = this.#tokens.counter;
    const left = Number.isFinite(limit) ? limit - this.#used(nowMs) : Number.POSITIVE_INFINITY;
    const requests = this.#requests.free(nowMs);
    this.#ownUnsure = MARGIN_OWN[shape] * this.#errorShare;
    this.#room = this.#requests.opensAtMs(nowMs) > nowMs ? -1 : left - this.#levelUnsure(limit);
    this.#free = Math.min(1, Math.max(0, Math.min(Number.isFinite(limit) ? left / limit : 1, requests)));
  }

  #tokensOpenAtMs(charge: number, owedTokens: number, nowMs: number): number {
    const limit = this.#usable(nowMs);
    if (!Number.isFinite(limit)) return nowMs;
    if (charge > this.#granted(nowMs) || this.#isTooLarge(charge, nowMs)) return Number.POSITIVE_INFINITY;
    const { shape } = this.#tokens.counter;
    const unsure = this.#levelUnsure(limit) + MARGIN_OWN[shape] * this.#errorShare * charge;
    const margin = Math.max(0, Math.min(unsure, limit - charge));
    const told = limit - charge - margin - owedTokens;
    this.#wantedRoom = Math.max(0, told);
    const room = told - this.#unseen(nowMs);
    if (room >= 0) return this.#tokens.fallsToMs(room, nowMs);
    // What frees itself is taken at once by those before, and so frees itself again a minute later.
    const turns = Math.ceil(-room / limit);
    const rest = this.#tokens.counter.shape === 'sliding' ? room + turns * limit : 0;
    return this.#tokens.fallsToMs(rest, nowMs) + turns * MINUTE_MS;
  }

  /** Kept free for what the level may be off by. Tokens. */
  #levelUnsure(limit: number): number {
    const { shape, refunds } = this.#tokens.counter;
    const usual = MARGIN_ERRORS[shape] * (this.#error ?? 0);
    // Where unused tokens come back a refusal costs more: its hint knows nothing of them, and is kept to.
    if (shape !== 'sliding' || refunds || this.#charge.othersPerMs * MINUTE_MS > OTHERS_FEW * limit) return usual;
    const others = MARGIN_ERRORS.sliding * Math.max(0, (this.#error ?? 0) - OWN_ERROR * limit);
    return Math.min(usual, MARGIN_UNREAD * this.#errorShare * this.#unread + MARGIN_LEFT * limit + others);
  }

  #isTooLarge(charge: number, nowMs: number): boolean {
    return this.#tooLarge !== null && nowMs < this.#tooLarge.untilMs && charge >= this.#tooLarge.tokens;
  }

  /** Believed to be sent by others since Azure last told. Tokens. */
  #unseen(nowMs: number): number {
    const sinceMs = this.#lastTally === null ? 0 : Math.min(MINUTE_MS, nowMs - this.#lastTally.atMs);
    return this.#charge.othersPerMs * sinceMs;
  }

  #used(nowMs: number): number {
    return this.#tokens.used(nowMs) + this.#unseen(nowMs);
  }

  /** Tokens per minute; Infinity: unknown, and so taken for no limit. */
  #granted(nowMs: number): number {
    if (this.#told !== null && nowMs - this.#toldMs >= TOLD_KEPT_MS) this.#told = null;
    const known = this.#told ?? this.grant.tokensPerMinute;
    if (known !== null) return known;
    const assumed = this.#assumed;
    return assumed !== null && nowMs < assumed.untilMs ? assumed.tokens : Number.POSITIVE_INFINITY;
  }

  #usable(nowMs: number): number {
    const granted = this.#granted(nowMs);
    return Number.isFinite(granted) ? granted * this.#ceiling.share(nowMs) : granted;
  }

  #usableFrom(nowMs: number): QuotaReport['usableFrom'] {
    if (!Number.isFinite(this.#granted(nowMs))) return 'unknown';
    if (this.#ceiling.share(nowMs) < 1) return 'refusals';
    if (this.#told !== null && this.#told !== this.grant.tokensPerMinute) return 'headers';
    return this.grant.tokensPerMinute === null ? 'refusals' : 'configured';
  }

  #learnLimit({ limitTokens }: Reading, nowMs: number): void {
    if (limitTokens === null) return;
    this.#toldMs = nowMs;
    if (limitTokens === (this.#told ?? this.grant.tokensPerMinute)) return;
    this.#told = limitTokens;
    // What was off by the measure of another limit would be off by more than there is.
    if (this.#error !== null) this.#error = Math.min(this.#error, limitTokens);
    this.#ceiling.reset();
  }

  #admitted(own: StandardReservation, { remainingTokens, remainingRequests }: Reading, nowMs: number): void {
    const granted = this.#granted(nowMs);
    if (remainingRequests !== null) this.#requests.see(own.requests, own.sentMs, remainingRequests, nowMs);
    if (!Number.isFinite(granted)) return;
    // More left than was granted: nothing is counted.
    if (remainingTokens !== null) this.#compare(own, Math.max(0, granted - remainingTokens), granted, nowMs);
    this.#ceiling.admitted(this.#tokens.usedAtLeast(nowMs) / granted);
  }

  /** @param used counted by Azure right after this request. */
  #compare(own: StandardReservation, used: number, limit: number, nowMs: number): void {
    const { tally, sentMs } = own;
    const tolerance = Math.max(NOISE_SHARE * limit, 4 * (this.#error ?? 0), own.charge);
    const surprise = this.#tokens.see(own.tokens, { sentMs, used, tolerance, own: this.#explained(own), limit }, nowMs);
    if (surprise === null) return;
    this.#compared++;
    const last = this.#lastTally;
    this.#lastTally = tally;
    if (surprise.jumped || last === null) return;
    const error = Math.min(limit, Math.abs(surprise.error));
    this.#error = this.#error === null ? error : this.#error + NEWEST * (error - this.#error);
    const sent = this.#charge.between(last, tally);
    if (sent > 0) this.#errorShare += NEWEST * (Math.min(1, error / sent) - this.#errorShare);
    const noise = (0.1 * own.charge) ** 2 + (0.0005 * limit) ** 2;
    // A wrong belief of the window would be taken for what requests cost, or for traffic of others.
    const isPlain = this.#compared >= COMPARED_MIN && this.#tokens.isPlain && error <= tolerance;
    if (isPlain) this.#charge.learn(last, tally, surprise.error, noise);
  }

  /** Up to so much more or less than believed was counted for this request, and for those of others just before. Tokens. */
  #explained({ charge, sentMs }: StandardReservation): number {
    const sinceMs = this.#lastTally === null ? 0 : Math.max(0, sentMs - this.#lastTally.atMs);
    return OWN_SHARE * charge + OTHERS_TIMES * this.#charge.othersPerMs * sinceMs;
  }

  #refused(own: StandardReservation, reading: Reading, nowMs: number): void {
    const { hint } = reading;
    if (hint !== null && hint.waitMs >= TOO_LARGE_MS_MIN) return this.#refusedSize(own.charge, nowMs);
    if (isOfRequests(reading)) return this.#requests.refused(hint, nowMs);
    const granted = this.#granted(nowMs);
    const used = Math.max(0, this.#used(nowMs) - own.charge);
    if (!Number.isFinite(granted)) {
      this.#assumed = { tokens: Math.max(used, own.charge), untilMs: nowMs + ASSUMED_KEPT_MS };
    } else if (hadRoom(reading, own.charge, used, granted)) {
      this.#ceiling.refused(used / granted, nowMs);
      return;
    }
    if (hint === null || hint.waitMs > MINUTE_MS) return;
    this.#tokens.endsBy(nowMs + hint.waitMs, hint.source === 'retry-after-ms' ? 50 : 1_000);
  }

  #refusedSize(charge: number, nowMs: number): void {
    const limit = this.#granted(nowMs);
    if (Number.isFinite(limit) && charge < TOO_LARGE_SHARE_MIN * limit) return;
    const tokens = Math.min(charge, this.#isTooLarge(charge, nowMs) ? (this.#tooLarge?.tokens ?? charge) : charge);
    this.#tooLarge = { tokens, untilMs: nowMs + TOO_LARGE_KEPT_MS };
  }
}

/** Which of the two limits refused, as far as headers tell; tokens where they do not. */
function isOfRequests({ remainingTokens, remainingRequests, resetTokensMs, resetRequestsMs }: Reading): boolean {
  const requests = (resetRequestsMs ?? 0) > 0 || remainingRequests === 0;
  const tokens = (resetTokensMs ?? 0) > 0 || remainingTokens === 0;
  return requests && !tokens;
}

/** Whether by all that is known the request would have fitted. */
function hadRoom({ remainingTokens }: Reading, charge: number, used: number, granted: number): boolean {
  if (remainingTokens !== null) return remainingTokens >= charge;
  return used + charge <= (1 - HEADROOM_SHARE) * granted;
}
