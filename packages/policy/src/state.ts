/**
 * What traffic did to a deployment and to a backend, and how an attempt's end moves it.
 * The gateway's ledger holds these; the planner's lab too.
 */
import type { RetryHint } from '@spillway/protocol';
import { hashOf } from './affinity.ts';
import {
  admit,
  type BreakerState,
  beginProbe,
  breakerAfter,
  closedBreaker,
  type Ended,
  type Verdict,
} from './breaker.ts';
import type { Backend, Deployment, PolicySettings, Pool } from './fleet.ts';
import { HotKeys } from './hot-keys.ts';
import { type Need, REQUEST_CLASSES } from './need.ts';
import { blame, type Outcome } from './outcome.ts';
import type { At } from './pick.ts';
import type { Quota, Reservation, Settlement } from './quota/quota.ts';
import { readQuotas } from './quota/quotas.ts';
import type { Reading } from './quota/reading.ts';
import { beginThrottleProbe, endThrottleProbe, isProbed, type Returning, type Throttled, warm } from './recovery.ts';
import type { Seat } from './seats.ts';
import { LONG_HINT_MS, NEVER_THROTTLED, type Throttle, throttle } from './throttle.ts';
import { isAsLong, type Length, lengthOf } from './too-long.ts';

/** Moved in place: it is read and written on every attempt. */
export interface DeploymentState extends Returning, Throttled {
  breaker: BreakerState;
  /** Set and cleared by an operator. */
  paused: boolean;
  /** Attempts that have begun and not ended. */
  inFlight: number;
  /** Its own quota, and the one it shares with others where it does. A reload may put others in their place. */
  quotas: readonly Quota[];
  /**
   * Tokens kept from a request of the lowest class, the most that is kept from any: for those that were told to come back now (see
   * wait/promises.ts), and for those that wait.
   */
  owedTokens: number;
  /** For how many that is; on average, and so not always whole. */
  owedRequests: number;
  /** The same for each class, in their order: those of a better one go before who waits. */
  readonly owed: { tokens: number; requests: number }[];
  /** Tokens for which requests were told to come within the next {@link SOON_MS}: what frees itself until then is theirs. */
  owedSoonTokens: number;
  /** How many these are. */
  owedSoonRequests: number;
  /** Of the last request that it refused as too long; null: of none, or a longer one was served since. */
  tooLong: Length | null;
  /** Usual time to the first byte: a running mean; null: never measured. Milliseconds. */
  latencyMs: number | null;
  /** Of its id, for the prompt cache. */
  readonly idHash: number;
  /** Prompts that it has read lately. */
  readonly hotKeys: HotKeys;
}

export interface BackendState extends Returning {
  breaker: BreakerState;
}

/** Where decisions find the state of what they choose among. */
export interface States {
  deployment(deployment: Deployment): DeploymentState;
  backend(backend: Backend): BackendState;
  /** The same of all members of a pool, in their order. */
  seats(pool: Pool): readonly Seat[];
  /** How many choices were made in a pool before, this one not counted. */
  turn(pool: Pool): number;
}

/** @param quotas what is believed of them; see quota/quotas.ts. */
export function newDeploymentState(deployment: Deployment, quotas: readonly Quota[]): DeploymentState {
  return {
    throttle: NEVER_THROTTLED,
    breaker: closedBreaker(),
    paused: false,
    inFlight: 0,
    quotas,
    owedTokens: 0,
    owedRequests: 0,
    owed: REQUEST_CLASSES.map(() => ({ tokens: 0, requests: 0 })),
    owedSoonTokens: 0,
    owedSoonRequests: 0,
    backSinceMs: null,
    probeUntilMs: 0,
    tooLong: null,
    latencyMs: null,
    idHash: hashOf(deployment.id),
    hotKeys: new HotKeys(),
  };
}

/** Share of the tightest quota that is left: 0 to 1. */
export function freeOf({ quotas }: DeploymentState, nowMs: number): number {
  let free = 1;
  // Over an index: this is asked for each deployment whenever one is picked.
  for (let i = 0; i < quotas.length; i++) free = Math.min(free, quotas[i]?.free(nowMs) ?? 1);
  return free;
}

/** How far ahead it is looked for promises that a request would break. Milliseconds. */
export const SOON_MS = 10_000;

/** When all quotas let such a request in. @param isPromised what is held for promises is held for it. Milliseconds since 1970. */
export function quotaOpensAtMs(state: DeploymentState, need: Need, nowMs: number, isPromised: boolean): number {
  const { quotas, owedSoonTokens } = state;
  const isOwed = !isPromised && (state.owedTokens > 0 || state.owedRequests > 0);
  const owed = isOwed ? state.owed[REQUEST_CLASSES.indexOf(need.class)] : undefined;
  const owedTokens = owed?.tokens ?? 0;
  const owedRequests = owed?.requests ?? 0;
  let opensAtMs = nowMs;
  for (let i = 0; i < quotas.length; i++) {
    opensAtMs = Math.max(opensAtMs, quotas[i]?.opensAtMs(need, nowMs, owedTokens, owedRequests) ?? nowMs);
  }
  if (isPromised || owedSoonTokens <= 0) return opensAtMs;
  const requests = owedRequests + state.owedSoonRequests;
  for (const quota of quotas) {
    const byThenMs = quota.opensAtMs(need, nowMs, owedTokens + owedSoonTokens, requests);
    opensAtMs = Math.max(opensAtMs, byThenMs - SOON_MS);
  }
  return opensAtMs;
}

export function newBackendState(): BackendState {
  return { breaker: closedBreaker(), backSinceMs: null };
}

/** What an attempt finds out for others: which breakers let it through as their probe, and whether it is the first after a throttle. */
export interface Probes {
  readonly deployment: boolean;
  readonly backend: boolean;
  readonly throttle: boolean;
}

export const NO_PROBES: Probes = { deployment: false, backend: false, throttle: false };
const THROTTLE_PROBE: Probes = { deployment: false, backend: false, throttle: true };

/** What an attempt holds until it ends. */
export interface Begun {
  readonly probes: Probes;
  /** Those that were reserved from: a reload may put others in their place while the attempt goes on. */
  readonly quotas: readonly Quota[];
  /** Of each of the quotas, in their order. */
  readonly reservations: readonly Reservation[];
}

/** Marks an attempt as begun; the result goes to {@link end}, and its reservations to {@link readQuota} and {@link settleQuota}. */
export function begin(states: States, deployment: Deployment, need: Need, nowMs: number): Begun {
  const state = states.deployment(deployment);
  state.inFlight++;
  const { quotas } = state;
  const reservations = quotas.map((quota) => quota.reserve(need, nowMs));
  return { probes: probesOf(states, deployment, state, nowMs), quotas, reservations };
}

function probesOf(states: States, deployment: Deployment, state: DeploymentState, nowMs: number): Probes {
  const backend = states.backend(deployment.backend);
  const throttle = beginThrottleProbe(state, nowMs);
  if (state.breaker.kind === 'closed' && backend.breaker.kind === 'closed')
    return throttle ? THROTTLE_PROBE : NO_PROBES;
  const probes = {
    deployment: admit(state.breaker, nowMs) === 'probe',
    backend: admit(backend.breaker, nowMs) === 'probe',
    throttle,
  };
  if (probes.deployment) state.breaker = beginProbe(state.breaker);
  if (probes.backend) backend.breaker = beginProbe(backend.breaker);
  return probes;
}

/**
 * What an answer's head told of the quotas: at most once for each {@link begin}, before {@link settleQuota}.
 * @param quotas those that were reserved from, where others may have taken their place since.
 */
export function readQuota(
  states: States,
  deployment: Deployment,
  reservations: readonly Reservation[],
  reading: Reading,
  nowMs: number,
  quotas = states.deployment(deployment).quotas,
): void {
  const state = states.deployment(deployment);
  const [first] = reservations;
  if (reading.status < 400 && first !== undefined) {
    state.latencyMs = meanLatencyMs(state.latencyMs, nowMs - first.sentMs);
    if (first.need.cacheKey !== null) state.hotKeys.read(first.need.cacheKey, nowMs);
  }
  readQuotas(quotas, reservations, reading, nowMs);
}

/** What one answer counts for in the running mean: about the last twenty tell. */
const LATENCY_STEP = 0.1;

function meanLatencyMs(meanMs: number | null, tookMs: number): number {
  return meanMs === null ? tookMs : meanMs + LATENCY_STEP * (tookMs - meanMs);
}

/** How a request that was reserved for ended: once for each {@link begin}. @param quotas as for {@link readQuota}. */
export function settleQuota(
  states: States,
  deployment: Deployment,
  reservations: readonly Reservation[],
  settlement: Settlement,
  nowMs: number,
  quotas = states.deployment(deployment).quotas,
): void {
  for (const [i, quota] of quotas.entries()) {
    const reservation = reservations[i];
    if (reservation !== undefined) quota.settle(reservation, settlement, nowMs);
  }
}

/**
 * An answer that is a probe has begun well: its breakers close now, since a stream may go on for an hour. The attempt's later
 * {@link end} is then told of no probes.
 */
export function answerBegan(
  states: States,
  deployment: Deployment,
  probes: Probes,
  nowMs: number,
  settings: PolicySettings,
): void {
  const state = states.deployment(deployment);
  const backend = states.backend(deployment.backend);
  const at = { nowMs, unit: 0 };
  if (probes.throttle) endThrottleProbe(state, true);
  if (probes.deployment) moveBreaker(state, { verdict: 'success', probe: true }, at, settings);
  if (probes.backend) moveBreaker(backend, { verdict: 'success', probe: true }, at, settings);
}

/** An attempt, as it is over. */
export interface AttemptEnd {
  readonly outcome: Outcome;
  readonly probes: Probes;
  /** As they were begun, whether or not they are settled yet. */
  readonly reservations: readonly Reservation[];
  /** An earlier try of the exchange failed in the same way (see {@link isEcho}): it may be the request's own doing. Default false. */
  readonly isEcho?: boolean;
  /** In [0, 1): spreads waits that nobody told, so that replicas do not come back together. Default 0: not spread. */
  readonly unit?: number;
}

/** What an attempt's end changed, for those who watch. */
export interface Moved {
  readonly throttled: boolean;
  readonly deploymentBreaker: boolean;
  readonly backendBreaker: boolean;
}

const NOT_MOVED: Moved = { throttled: false, deploymentBreaker: false, backendBreaker: false };

/** Marks an attempt as ended, however it ended. Called once for each {@link begin}. */
export function end(
  states: States,
  deployment: Deployment,
  attempt: AttemptEnd,
  nowMs: number,
  settings: PolicySettings,
): Moved {
  const state = states.deployment(deployment);
  const backend = states.backend(deployment.backend);
  state.inFlight--;
  const { outcome, probes, isEcho = false, unit = 0 } = attempt;
  const at = { nowMs, unit };
  const before = { untilMs: state.throttle.untilMs, deployment: state.breaker.kind, backend: backend.breaker.kind };
  if (probes.throttle) endThrottleProbe(state, outcome.kind === 'answered');
  if (outcome.kind === 'throttled') state.throttle = throttleAfter(state, outcome.hint, attempt, at, settings);
  learnLength(state, attempt);
  const verdicts = verdictsOf(outcome);
  moveBreaker(state, { verdict: isEcho ? 'none' : verdicts.deployment, probe: probes.deployment }, at, settings);
  moveBreaker(backend, { verdict: verdicts.backend, probe: probes.backend }, at, settings);
  const throttled = state.throttle.untilMs > before.untilMs;
  const deploymentBreaker = state.breaker.kind !== before.deployment;
  const backendBreaker = backend.breaker.kind !== before.backend;
  return throttled || deploymentBreaker || backendBreaker
    ? { throttled, deploymentBreaker, backendBreaker }
    : NOT_MOVED;
}

function moveBreaker(
  state: Returning & { breaker: BreakerState },
  ended: Ended,
  at: At,
  settings: PolicySettings,
): void {
  const before = state.breaker;
  state.breaker = breakerAfter(before, ended, at.nowMs, settings.breaker, at.unit);
  if (before.kind !== 'closed' || state.backSinceMs !== null) {
    warm(state, before.kind !== 'closed' && state.breaker.kind === 'closed', at.nowMs);
  }
}

/** A hint of a day is about the request: where the quotas have learned that (see Quota.read), smaller ones go on. Else it says nothing. */
function throttleAfter(
  state: DeploymentState,
  hint: RetryHint | null,
  { reservations }: AttemptEnd,
  { nowMs, unit }: At,
  settings: PolicySettings,
): Throttle {
  const isLong = hint !== null && hint.waitMs >= LONG_HINT_MS;
  const need = reservations[0]?.need;
  if (isLong && need !== undefined && quotaOpensAtMs(state, need, nowMs, true) === Number.POSITIVE_INFINITY) {
    return state.throttle;
  }
  const { throttle: times } = settings;
  const defaultMs = state.quotas.some(isUnits) ? Math.min(UNTOLD_UNITS_MS, times.defaultMs) : times.defaultMs;
  return throttle(state.throttle, isLong ? null : hint, nowMs, { ...times, defaultMs }, unit);
}

/** Units drain all the time: what refuses has room again in tens of milliseconds (wire §3.4), and its belief tells when. Milliseconds. */
const UNTOLD_UNITS_MS = 1_000;

function isUnits({ kind }: Quota): boolean {
  return kind === 'provisioned';
}

/** The next prompt as long passes it over at once; one that is served nevertheless proves that wrong. */
function learnLength(state: DeploymentState, { outcome, reservations }: AttemptEnd): void {
  if (outcome.kind !== 'tooLong' && state.tooLong === null) return;
  const need = reservations[0]?.need;
  if (need === undefined) return;
  if (outcome.kind === 'tooLong') state.tooLong = lengthOf(need) ?? state.tooLong;
  else if (
    outcome.kind === 'answered' &&
    outcome.status < 400 &&
    state.tooLong !== null &&
    isAsLong(need, state.tooLong)
  ) {
    state.tooLong = null;
  }
}

/**
 * A backend that answers, even with 500, can be reached and knows the credential; a 429 moves no breaker, either way.
 * A deployment whose backend cannot be reached has neither failed nor worked.
 */
function verdictsOf(outcome: Outcome): { readonly deployment: Verdict; readonly backend: Verdict } {
  switch (blame(outcome)) {
    case 'nobody':
    case 'client':
      return outcome.kind === 'answered' || outcome.kind === 'tooLong' ? BOTH_WELL : NOTHING_SAID;
    case 'quota':
      return NOTHING_SAID;
    case 'deployment':
      return 'status' in outcome ? ANSWERED_BADLY : DEPLOYMENT_FAILED;
    case 'backend':
      return BACKEND_FAILED;
  }
}

const BOTH_WELL = { deployment: 'success', backend: 'success' } as const;
const NOTHING_SAID = { deployment: 'none', backend: 'none' } as const;
const ANSWERED_BADLY = { deployment: 'failure', backend: 'success' } as const;
const DEPLOYMENT_FAILED = { deployment: 'failure', backend: 'none' } as const;
const BACKEND_FAILED = { deployment: 'none', backend: 'failure' } as const;

/** From when on the deployment may be used, as far as is known: now, or a later time; null while a probe is under way or it is paused. */
export function usableFromMs(states: States, deployment: Deployment, nowMs: number): number | null {
  return opensAtMs(states.deployment(deployment), states.backend(deployment.backend), nowMs);
}

/** The same, for those who have found its state. */
export function opensAtMs(state: DeploymentState, backend: BackendState, nowMs: number): number | null {
  if (state.paused) return null;
  let fromMs = Math.max(nowMs, state.throttle.untilMs, isProbed(state, nowMs) ? state.probeUntilMs : 0);
  for (const { breaker } of [state, backend]) {
    if (breaker.kind === 'halfOpen' && breaker.probing) return null;
    if (breaker.kind === 'open') fromMs = Math.max(fromMs, breaker.untilMs);
  }
  return fromMs;
}
