/**
 * What traffic did to a deployment and to a backend, and how an attempt's end moves it.
 * The gateway's ledger holds these; the planner's lab too.
 */
import { admit, type BreakerState, beginProbe, breakerAfter, closedBreaker, type Verdict } from './breaker.ts';
import type { Backend, Deployment, PolicySettings } from './fleet.ts';
import { blame, type Outcome } from './outcome.ts';
import { isThrottled, NEVER_THROTTLED, type Throttle, throttle } from './throttle.ts';

/** Moved in place: it is read and written on every attempt. */
export interface DeploymentState {
  throttle: Throttle;
  breaker: BreakerState;
  /** Set and cleared by an operator. */
  paused: boolean;
  /** Attempts that have begun and not ended. */
  inFlight: number;
}

export interface BackendState {
  breaker: BreakerState;
}

/** Where decisions find the state of what they choose among. */
export interface States {
  deployment(deployment: Deployment): DeploymentState;
  backend(backend: Backend): BackendState;
}

export function newDeploymentState(): DeploymentState {
  return { throttle: NEVER_THROTTLED, breaker: closedBreaker(), paused: false, inFlight: 0 };
}

export function newBackendState(): BackendState {
  return { breaker: closedBreaker() };
}

/** Which breakers let an attempt through as their probe. */
export interface Probes {
  readonly deployment: boolean;
  readonly backend: boolean;
}

export const NO_PROBES: Probes = { deployment: false, backend: false };

/** Marks an attempt as begun; the result goes to {@link end}. */
export function begin(states: States, deployment: Deployment, nowMs: number): Probes {
  const state = states.deployment(deployment);
  const backend = states.backend(deployment.backend);
  state.inFlight++;
  if (state.breaker.kind === 'closed' && backend.breaker.kind === 'closed') return NO_PROBES;
  const probes = {
    deployment: admit(state.breaker, nowMs) === 'probe',
    backend: admit(backend.breaker, nowMs) === 'probe',
  };
  if (probes.deployment) state.breaker = beginProbe(state.breaker);
  if (probes.backend) backend.breaker = beginProbe(backend.breaker);
  return probes;
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
  const probed = { verdict: 'success', probe: true } as const;
  const state = states.deployment(deployment);
  const backend = states.backend(deployment.backend);
  if (probes.deployment) state.breaker = breakerAfter(state.breaker, probed, nowMs, settings.breaker);
  if (probes.backend) backend.breaker = breakerAfter(backend.breaker, probed, nowMs, settings.breaker);
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
  attempt: { readonly outcome: Outcome; readonly probes: Probes },
  nowMs: number,
  settings: PolicySettings,
): Moved {
  const state = states.deployment(deployment);
  const backend = states.backend(deployment.backend);
  state.inFlight--;
  const { outcome, probes } = attempt;
  const before = { throttle: state.throttle, deployment: state.breaker, backend: backend.breaker };
  if (outcome.kind === 'throttled') state.throttle = throttle(state.throttle, outcome.hint, nowMs, settings.throttle);
  const verdicts = verdictsOf(outcome);
  state.breaker = breakerAfter(
    state.breaker,
    { verdict: verdicts.deployment, probe: probes.deployment },
    nowMs,
    settings.breaker,
  );
  backend.breaker = breakerAfter(
    backend.breaker,
    { verdict: verdicts.backend, probe: probes.backend },
    nowMs,
    settings.breaker,
  );
  if (state.breaker === before.deployment && backend.breaker === before.backend && state.throttle === before.throttle) {
    return NOT_MOVED;
  }
  return {
    throttled: state.throttle !== before.throttle,
    deploymentBreaker: state.breaker.kind !== before.deployment.kind,
    backendBreaker: backend.breaker.kind !== before.backend.kind,
  };
}

/**
 * A backend that answers, even with 500, can be reached and knows the credential; a 429 moves no breaker, either way.
 * A deployment whose backend cannot be reached has neither failed nor worked.
 */
function verdictsOf(outcome: Outcome): { readonly deployment: Verdict; readonly backend: Verdict } {
  switch (blame(outcome)) {
    case 'nobody':
    case 'client':
      return outcome.kind === 'answered' ? BOTH_WELL : NOTHING_SAID;
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
  const state = states.deployment(deployment);
  if (state.paused) return null;
  let fromMs = isThrottled(state.throttle, nowMs) ? state.throttle.untilMs : nowMs;
  for (const breaker of [state.breaker, states.backend(deployment.backend).breaker]) {
    if (breaker.kind === 'halfOpen' && breaker.probing) return null;
    if (breaker.kind === 'open') fromMs = Math.max(fromMs, breaker.untilMs);
  }
  return fromMs;
}
