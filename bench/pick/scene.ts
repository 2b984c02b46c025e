/** A fleet of 32 deployments with all that a decision can look at, and traffic that moves it. */
import {
  type Ask,
  type Backend,
  type BackendState,
  begin,
  DEFAULT_POLICY,
  type Deployment,
  type DeploymentState,
  end,
  type Need,
  NO_READING,
  NOTHING_KNOWN,
  newBackendState,
  newDeploymentState,
  type Outcome,
  type Pool,
  pick,
  type Quota,
  type QuotaKey,
  quotasOf,
  type Reading,
  readQuota,
  type Seat,
  Seating,
  type States,
  settleQuota,
  sharedQuota,
} from '@spillway/policy';
import { NO_USAGE } from '@spillway/protocol';

const DEPLOYMENTS = 32;
const REGIONS = ['eastus', 'swedencentral', 'francecentral', 'japaneast'] as const;
const CLASSES = ['interactive', 'standard', 'batch'] as const;
/** Different requests: what is asked for again and again would be too easy to foretell. A power of two. */
const ASKS = 1_024;
/** Between two requests that are carried out: about what the fleet can serve. Milliseconds. */
const STEP_MS = 25;
/** Between two decisions that are not: what is kept from one moment to the next is of no use. Milliseconds. */
const PICK_STEP_MS = 0.02;

export class Scene {
  readonly pool: Pool = { name: 'gpt-4o', members: Array.from({ length: DEPLOYMENTS }, (_, i) => member(i)) };
  readonly #states = new Kept();
  readonly #asks: readonly Ask[];
  readonly #dice: Float64Array;
  #nowMs = 1_795_000_000_000;
  /** What each one has counted in this minute. */
  readonly #minute = new Map<string, { readonly minute: string; readonly tokens: number }>();
  #turn = 0;

  constructor() {
    this.#dice = Float64Array.from({ length: ASKS }, (_, i) => ((i + 1) * 0.618_033_988_749_894_9) % 1);
    this.#asks = Array.from(this.#dice, askOf);
    const [, second, third] = this.pool.members;
    if (second !== undefined) this.#states.deployment(second).paused = true;
    if (third !== undefined) {
      this.#states.deployment(third).breaker = { kind: 'open', untilMs: Number.MAX_SAFE_INTEGER, cooldownMs: 60_000 };
    }
  }

  /** Nothing but decisions. @returns how many found a deployment: what is timed must be of use. */
  pick(times: number): number {
    let sent = 0;
    for (let i = 0; i < times; i++) {
      this.#nowMs += PICK_STEP_MS;
      if (this.#decide().kind === 'send') sent++;
    }
    return sent;
  }

  /** Decisions that are carried out, so that forecasts, throttles and latencies move. */
  serve(times: number): void {
    for (let i = 0; i < times; i++) {
      const need = this.#ask().need;
      const { deployment } = this.#decide();
      this.#nowMs += STEP_MS;
      if (deployment !== null) this.#attempt(deployment, need);
    }
  }

  #ask(): Ask {
    return at(this.#asks, this.#turn % ASKS);
  }

  #decide() {
    const ask = this.#ask();
    const unit = at(this.#dice, (this.#turn * 7) % ASKS);
    this.#turn++;
    return pick(this.pool, this.#states, ask, { nowMs: this.#nowMs, unit }, DEFAULT_POLICY);
  }

  #attempt(deployment: Deployment, need: Need): void {
    const states = this.#states;
    const begun = begin(states, deployment, need, this.#nowMs);
    const { reservations } = begun;
    const isRefused = this.#turn % 97 === 0;
    const outcome: Outcome = isRefused
      ? { kind: 'throttled', status: 429, hint: { waitMs: 500, source: 'retry-after-ms' } }
      : { kind: 'answered', status: 200 };
    if (!isRefused) readQuota(states, deployment, reservations, this.#told(deployment, need), this.#nowMs + 40);
    const usage = { ...NO_USAGE, promptTokens: need.promptTokens, completionTokens: need.answerTokens };
    const settlement = isRefused ? ({ kind: 'refused' } as const) : ({ kind: 'served', usage } as const);
    settleQuota(states, deployment, reservations, settlement, this.#nowMs + 40);
    end(states, deployment, { outcome, ...begun }, this.#nowMs + 40, DEFAULT_POLICY);
  }

  /** As of a Standard deployment that counts in fixed minutes what was asked for. */
  #told({ id, capacity, type }: Deployment, { promptTokens, answerTokensMax }: Need): Reading {
    if (type !== 'Standard' || capacity === null) return { ...NO_READING, utilisation: 0.5 };
    const limitTokens = capacity * 1_000;
    const minute = `${id} ${Math.floor(this.#nowMs / 60_000)}`;
    if (this.#minute.get(id)?.minute !== minute) this.#minute.set(id, { minute, tokens: 0 });
    const tokens = (this.#minute.get(id)?.tokens ?? 0) + promptTokens + (answerTokensMax ?? 16);
    this.#minute.set(id, { minute, tokens });
    return { ...NO_READING, limitTokens, remainingTokens: Math.max(0, limitTokens - tokens), renewalTokensMs: 60_000 };
  }
}

/** Found by name, as the gateway's ledger does. */
class Kept implements States {
  readonly #seating = new Seating();
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #backends = new Map<string, BackendState>();
  readonly #shared = new Map<string, Quota>();
  #turn = 0;

  deployment(deployment: Deployment): DeploymentState {
    let state = this.#deployments.get(deployment.id);
    if (state === undefined) {
      const quotas = quotasOf(deployment, DEFAULT_POLICY.quota, (key) => this.#quotaOf(key, deployment));
      state = newDeploymentState(deployment, quotas);
      this.#deployments.set(deployment.id, state);
    }
    return state;
  }

  backend({ name }: Backend): BackendState {
    let state = this.#backends.get(name);
    if (state === undefined) {
      state = newBackendState();
      this.#backends.set(name, state);
    }
    return state;
  }

  seats(pool: Pool): readonly Seat[] {
    return this.#seating.of(pool, this);
  }

  turn(): number {
    return this.#turn++;
  }

  #quotaOf(key: QuotaKey, deployment: Deployment): Quota {
    const quota = this.#shared.get(key.name) ?? sharedQuota(key, deployment, DEFAULT_POLICY.quota);
    this.#shared.set(key.name, quota);
    return quota;
  }
}

function member(i: number): Deployment {
  const region = at(REGIONS, i % REGIONS.length);
  const isOfUnits = i % 4 === 0;
  return {
    id: `openai${i}/gpt-4o`,
    backend: backend(`openai${i}`, region),
    name: 'gpt-4o',
    ...NOTHING_KNOWN,
    model: 'gpt-4o',
    modelVersion: '2024-11-20',
    contextTokens: 128_000,
    features: ['vision'],
    type: isOfUnits ? 'ProvisionedManaged' : 'Standard',
    capacity: isOfUnits ? 100 : 300,
    quotaKey: isOfUnits ? null : { name: `${region}/gpt-4o`, capacity: 2_000 },
    priority: 1,
    weight: 1 + (i % 3),
  };
}

function backend(name: string, region: string): Backend {
  const url = `https://${name}.openai.azure.com`;
  return { name, url, credential: { kind: 'key', key: 'none' }, region, dialect: 'both', apiVersion: null };
}

/** Of each client one: a configuration has some, and they do not change. */
const ALLOWANCES = Array.from({ length: 16 }, () => ({
  regions: ['eastus', 'swedencentral', 'francecentral', 'japaneast'],
  types: ['ProvisionedManaged', 'Standard'] as const,
  modelVersions: ['2024-11-20'],
  contentFilters: null,
  features: ['vision'],
  contextTokensMin: 64_000,
}));

function askOf(unit: number, i: number): Ask {
  const promptTokens = 200 + Math.floor(4_000 * unit);
  return {
    tried: i % 16 === 0 ? ['openai4/gpt-4o'] : [],
    pinnedTo: null,
    ownedBy: null,
    allowance: at(ALLOWANCES, i % ALLOWANCES.length),
    need: {
      promptTokens,
      cachedTokens: Math.floor(promptTokens / 2),
      answerTokensMax: i % 3 === 0 ? null : 500,
      answerTokens: 200,
      choices: 1,
      class: at(CLASSES, i % CLASSES.length),
      cacheKey: Math.floor(unit * 2 ** 32),
    },
    isPromised: false,
    isLastResort: false,
  };
}

function at<T>(list: { readonly [index: number]: T; readonly length: number }, i: number): T {
  const found = list[i];
  if (found === undefined) throw new RangeError(`nothing at ${i} of ${list.length}`);
  return found;
}
