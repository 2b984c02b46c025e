/**
 * A deployment as it really is: azure-model's own counters, set up as the draw has it, with the scenario's faults and what others send.
 * No strategy sees into it; the oracle alone does.
 */
import {
  MINUTE_MS,
  ProvisionedQuota,
  requestsPerSlice,
  type StandardLimits,
  StandardQuota,
} from '@spillway/azure-model';
import { seededUnit, type Unit } from '@spillway/clock';
import { modelFacts, NO_USAGE, requestsPerMinuteOf } from '@spillway/protocol';
import { NO_HEADERS, provisionedHeaders, type Refusal, standardHeaders, type TrueAnswer } from './truth-answer.ts';
import { TrueCache } from './truth-cache.ts';
import { isProvisionedLab, outputWeightOf, provisionedCharge, provisionedUse, standardCharge } from './truth-cost.ts';
import { DEMAND_SLICE_MS, hash, TrueFaults, textHash } from './truth-faults.ts';
import type { Arrival, Draw, LabDeployment, LabFault, Scenario } from './types.ts';

/** An answer that says no. Milliseconds. */
export const REFUSED_MS = 15;
/** A connection that is refused. Milliseconds. */
const UNREACHABLE_MS = 5;
/** Told for requests that are too large for good (wire §3.4). Milliseconds. */
const DAY_MS = 86_400_000;

/** Why a request would not be served now. */
export interface TrueObstacle {
  readonly status: 400 | 429 | 500 | 503 | 0;
  /** Infinity: no waiting helps. Milliseconds. */
  readonly waitMs: number;
  readonly exceeded: Refusal['exceeded'];
  /** Its quota is spent: one that costs no less finds the same. */
  readonly isShortage: boolean;
}

export interface TruthSpec {
  readonly draw: Draw;
  readonly faults: readonly LabFault[];
  readonly seed: number;
  readonly shared: StandardQuota | null;
}

export class TrueDeployment {
  readonly spec: LabDeployment;
  readonly quota: StandardQuota | ProvisionedQuota;
  readonly cache = new TrueCache();
  readonly outputWeight: number;
  readonly #draw: Draw;
  readonly #faults: TrueFaults;
  readonly #others: Others;
  readonly #lowered = new Set<LabFault>();

  constructor(spec: LabDeployment, { draw, faults, seed, shared }: TruthSpec) {
    this.spec = spec;
    this.#draw = draw;
    this.outputWeight = outputWeightOf(spec);
    this.quota = isProvisionedLab(spec) ? provisionedQuota(spec, draw) : standardQuota(spec, draw, shared);
    this.#faults = new TrueFaults(faults, spec.id, seed);
    this.#others = new Others(this.#faults.all('others'), hash(textHash(spec.id), seed));
  }

  /** Counts nothing of the request. @returns null where it would be served. */
  obstacle(arrival: Arrival, nowMs: number): TrueObstacle | null {
    this.#catchUp(nowMs);
    const { promptTokensMax } = this.spec;
    if (promptTokensMax !== null && arrival.promptTokens > promptTokensMax) return never(400);
    const outage = this.#faults.on('outage', nowMs);
    if (outage !== null) return never(outage.status);
    const demand = this.#faults.demands(arrival, nowMs);
    if (demand !== null) return refusal(demand.waitMs);
    if (this.#isForADay(arrival, nowMs)) return refusal(DAY_MS);
    return this.#shortage(arrival, nowMs);
  }

  /** Earliest moment at which it is worth asking {@link obstacle} again; Infinity: never, as things are. */
  opensAtMs(arrival: Arrival, nowMs: number): number {
    const obstacle = this.obstacle(arrival, nowMs);
    if (obstacle === null) return nowMs;
    if (this.#faults.demands(arrival, nowMs) !== null)
      return (Math.floor(nowMs / DEMAND_SLICE_MS) + 1) * DEMAND_SLICE_MS;
    return obstacle.waitMs >= DAY_MS ? Number.POSITIVE_INFINITY : nowMs + obstacle.waitMs;
  }

  /** What decides whether it fits; 0 on a provisioned deployment, which lets in whatever comes while it is below its brim. Tokens. */
  sizeOf(arrival: Arrival): number {
    return this.quota.kind === 'provisioned' ? 0 : standardCharge(arrival, this.#draw);
  }

  send(arrival: Arrival, nowMs: number): TrueAnswer {
    const obstacle = this.obstacle(arrival, nowMs);
    if (obstacle !== null && obstacle.status !== 429) return this.#failed(obstacle.status);
    if (obstacle !== null) return this.#refused(arrival, obstacle, nowMs);
    return this.#served(arrival, nowMs);
  }

  /** An answer is whole: what it used takes the place of what it was charged. @param sentMs when it was let in. */
  settle({ charged, used }: TrueAnswer, sentMs: number, nowMs: number): void {
    if (this.quota.kind === 'provisioned') this.quota.settle(charged, used, nowMs, this.quota.era, sentMs);
    else if (used !== charged) this.quota.correct(used - charged, sentMs, nowMs);
  }

  /** Of a provisioned deployment, 1 is 100 %; of others the share of the minute's tokens that is counted. */
  utilisation(nowMs: number): number {
    this.#catchUp(nowMs);
    if (this.quota.kind === 'provisioned') return this.quota.state(nowMs).utilisation;
    return this.quota.state(nowMs).tokens / this.quota.limitsAt(nowMs).tokensPerMinute;
  }

  /** Tokens of the present minute that are left; of a provisioned deployment those below its brim. */
  leftTokens(nowMs: number): number {
    this.#catchUp(nowMs);
    if (this.quota.kind === 'provisioned') {
      const { level, bucket } = this.quota.state(nowMs);
      return Math.max(0, bucket - level);
    }
    return Math.max(0, this.quota.limitsAt(nowMs).tokensPerMinute - this.quota.state(nowMs).tokens);
  }

  /** In force now. Tokens per minute; of provisioned deployments normalised. */
  limitTokens(nowMs: number): number {
    const { quota } = this;
    return quota.kind === 'provisioned' ? quota.settings.tokensPerMinute : quota.limitsAt(nowMs).tokensPerMinute;
  }

  /** When tokens of the present minute are lost if nobody uses them. Milliseconds; Infinity: not soon. */
  endsAtMs(nowMs: number): number {
    if (this.quota.kind === 'provisioned' || this.#draw.window === 'sliding') return Number.POSITIVE_INFINITY;
    return this.quota.state(nowMs).endsAtMs ?? Number.POSITIVE_INFINITY;
  }

  #shortage(arrival: Arrival, nowMs: number): TrueObstacle | null {
    const { quota } = this;
    if (quota.kind === 'provisioned') {
      const waitMs = quota.waitMs(nowMs);
      return waitMs > 0 ? { ...refusal(waitMs), isShortage: true } : null;
    }
    const found = quota.obstacle(standardCharge(arrival, this.#draw), nowMs);
    return found === null ? null : { status: 429, ...found, isShortage: true };
  }

  #isForADay(arrival: Arrival, nowMs: number): boolean {
    const fault = this.#faults.on('dayHint', nowMs);
    if (fault === null || this.quota.kind === 'provisioned') return false;
    return standardCharge(arrival, this.#draw) > fault.share * this.quota.limitsAt(nowMs).tokensPerMinute;
  }

  #served(arrival: Arrival, nowMs: number): TrueAnswer {
    const cachedTokens = this.cache.tokensOf(arrival, nowMs);
    this.cache.remember(arrival, nowMs);
    const { quota, spec } = this;
    const charged = this.#chargeOf(arrival, cachedTokens);
    const before = this.utilisation(nowMs);
    const admission = quota.admit(charged, nowMs);
    const slow = this.#faults.on('slow', nowMs)?.factor ?? 1;
    // A provisioned deployment that is half empty is hardly slower than an empty one.
    const busy = quota.kind === 'provisioned' ? 1 + Math.min(1, before) ** 2 : 1;
    const headMs = spec.firstByteMs * slow * busy;
    return {
      status: 200,
      header: this.#headers('utilisation' in admission ? admission.utilisation : 0, null, nowMs),
      headMs,
      durationMs: headMs + (spec.tokenMs * slow * arrival.answerTokens) / arrival.choices,
      usage: { ...NO_USAGE, promptTokens: arrival.promptTokens, completionTokens: arrival.answerTokens, cachedTokens },
      charged,
      used: this.#usedOf(arrival, cachedTokens, charged),
    };
  }

  #chargeOf(arrival: Arrival, cachedTokens: number): number {
    return this.quota.kind === 'provisioned'
      ? provisionedCharge(arrival, cachedTokens, this.outputWeight, this.#draw)
      : standardCharge(arrival, this.#draw);
  }

  #usedOf(arrival: Arrival, cachedTokens: number, charged: number): number {
    if (this.quota.kind === 'provisioned') return provisionedUse(arrival, cachedTokens, this.outputWeight);
    return this.#draw.refunds ? arrival.promptTokens + arrival.answerTokens : charged;
  }

  #refused(arrival: Arrival, { waitMs, exceeded, isShortage }: TrueObstacle, nowMs: number): TrueAnswer {
    // Counted as refused, where those count: but for what has nothing to do with the quota.
    if (this.quota.kind === 'standard' && isShortage) this.quota.admit(standardCharge(arrival, this.#draw), nowMs);
    const utilisation = Math.max(1, this.utilisation(nowMs));
    const header = this.#headers(utilisation, { exceeded, waitMs }, nowMs);
    return { ...this.#failed(429), header };
  }

  #failed(status: number): TrueAnswer {
    const headMs = status === 0 ? UNREACHABLE_MS : REFUSED_MS;
    return { status, header: NO_HEADERS, headMs, durationMs: headMs, usage: NO_USAGE, charged: 0, used: 0 };
  }

  #headers(utilisation: number, refusal: Refusal | null, nowMs: number): TrueAnswer['header'] {
    const { quota, spec } = this;
    if (quota.kind === 'provisioned') return provisionedHeaders(spec, utilisation, refusal?.waitMs ?? null);
    const inForce = quota.limitsAt(nowMs);
    const limits = this.#faults.on('lowered', nowMs)?.told === false ? quota.settings.limits : inForce;
    const unseen = limits.tokensPerMinute - inForce.tokensPerMinute;
    const left = quota.left(nowMs);
    const tokens = Number.isFinite(unseen) ? left.tokens + unseen : left.tokens;
    const shown = { limits, left: { ...left, tokens }, perSlice: requestsPerSlice(inForce) };
    return standardHeaders(spec, this.#draw, shown, refusal);
  }

  #catchUp(nowMs: number): void {
    this.#others.until(nowMs, (tokens, atMs) => {
      this.quota.admit(tokens, atMs);
    });
    if (this.quota.kind === 'provisioned') return;
    for (const each of this.#faults.all('lowered')) {
      if (this.#lowered.has(each) || nowMs < each.fromMs || each.fault.kind !== 'lowered') continue;
      this.#lowered.add(each);
      this.quota.lower(Math.round(this.quota.settings.limits.tokensPerMinute * each.fault.share), each.toMs);
    }
  }
}

function never(status: 400 | 500 | 503 | 0): TrueObstacle {
  return { status, waitMs: Number.POSITIVE_INFINITY, exceeded: 'tokens', isShortage: false };
}

function refusal(waitMs: number): TrueObstacle {
  return { status: 429, waitMs, exceeded: 'tokens', isShortage: false };
}

/** What others send to the same deployment: at random moments, so that nobody can foresee them. */
class Others {
  readonly #faults: readonly LabFault[];
  readonly #unit: Unit;
  #fault = 0;
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(faults: readonly LabFault[], seed: number) {
    this.#faults = [...faults].sort((one, other) => one.fromMs - other.fromMs);
    this.#unit = seededUnit(seed);
    this.#begin();
  }

  until(nowMs: number, send: (tokens: number, atMs: number) => void): void {
    while (this.#nextMs <= nowMs) {
      const each = this.#faults[this.#fault];
      if (each?.fault.kind !== 'others') return;
      if (this.#nextMs >= each.toMs) {
        this.#fault++;
        this.#begin();
        continue;
      }
      send(each.fault.requestTokens, this.#nextMs);
      this.#nextMs += this.#gapMs(each.fault);
    }
  }

  #begin(): void {
    const each = this.#faults[this.#fault];
    this.#nextMs = each?.fault.kind === 'others' ? each.fromMs + this.#gapMs(each.fault) : Number.POSITIVE_INFINITY;
  }

  #gapMs({ requestTokens, tokensPerMinute }: { requestTokens: number; tokensPerMinute: number }): number {
    return (-Math.log(1 - this.#unit()) * requestTokens * MINUTE_MS) / tokensPerMinute;
  }
}

function provisionedQuota({ model, trueCapacity }: LabDeployment, { bucketSeconds }: Draw): ProvisionedQuota {
  const tokensPerMinute = trueCapacity * modelFacts(model).provisioned.inputTokensPerMinutePerUnit;
  return new ProvisionedQuota({ tokensPerMinute, bucketSeconds });
}

function standardQuota(
  { model, trueCapacity }: Pick<LabDeployment, 'model' | 'trueCapacity'>,
  draw: Draw,
  shared: StandardQuota | null,
): StandardQuota {
  const { window, countsRefused, phaseMs } = draw;
  return new StandardQuota({
    limits: limitsOfLab(model, trueCapacity, draw),
    mode: 'documented',
    counting: { window, countsRefused, originMs: -phaseMs },
    shared,
  });
}

function limitsOfLab(model: string, capacity: number, { requestSliceMs }: Draw): StandardLimits {
  const facts = modelFacts(model);
  const tokensPerMinute = Math.round(capacity * 1000);
  const requestsPerMinute = requestsPerMinuteOf(facts, tokensPerMinute);
  return { tokensPerMinute, requestsPerMinute, requestWindowMs: requestSliceMs };
}

/** The whole fleet, with the quotas that its deployments share. */
export function trueFleet({ fleet, faults }: Scenario, draw: Draw, seed: number): readonly TrueDeployment[] {
  const shared = new Map<string, StandardQuota>();
  return fleet.map((spec) => {
    const key = spec.quotaKey;
    if (key !== null && !shared.has(key.name)) {
      shared.set(key.name, standardQuota({ model: spec.model, trueCapacity: key.capacity }, draw, null));
    }
    return new TrueDeployment(spec, { draw, faults, seed, shared: shared.get(key?.name ?? '') ?? null });
  });
}
