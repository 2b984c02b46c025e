/**
 * The metrics of one resource: each request that has ended is folded into the minute in which it ended (simulated time), by the
 * dimensions that Azure splits by. What a provisioned answer consumed is another matter: see {@link Meter.add}.
 *
 * Which minutes are complete: of requests, latencies and tokens, every one that is over. Of utilisation, every one that is over and
 * whose requests have all ended: an answer that is still being generated is not in it yet. Azure's own metrics lag some minutes too.
 */
import {
  type Deployment,
  isProvisioned,
  type Metered,
  minuteOf,
  provisionedUse,
  type Resource,
  shareOut,
} from '@spillway/azure-model';
import { type Dimensions, type EndedRequest, Tally } from './tally.ts';
import { Totals } from './totals.ts';
import { type UnitsDeployed, UnitsLog, unitsKey } from './units-log.ts';

const MINUTE_MS = 60_000;
/** Minutes kept in which anything happened: a day of them. Azure keeps 93 days. */
export const MINUTES_MAX = 1_440;
/** Sets of dimensions told apart in one minute; what goes beyond is counted together. */
export const SETS_PER_MINUTE_MAX = 500;
/** Over all minutes; beyond that the oldest minutes make room. */
export const TALLIES_MAX = 20_000;

/** Units that a deployment's answers took up in a minute, by whether they were streamed. Units × minutes. */
export interface Consumed {
  streaming: number;
  whole: number;
  /** How full the deployment was when it refused, at most; 0: it did not. 1 is 100 %. */
  peak: number;
}

export interface MeteredMinute {
  /** Milliseconds since 1970, a whole minute. */
  readonly fromMs: number;
  readonly tallies: Iterable<Tally>;
}

interface Minute {
  readonly fromMs: number;
  readonly tallies: Map<string, Tally>;
  /** By {@link unitsKey}. */
  readonly consumed: Map<string, Consumed>;
}

/** Where more sets of dimensions are asked for than are told apart. */
const OTHERS: Dimensions = {
  deployment: 'Other',
  model: 'Other',
  version: 'Other',
  operation: 'Other',
  apiVersion: 'Other',
  streaming: false,
  status: 0,
  spilled: false,
};

export class Meter {
  /** Since the start, for counters that never fall. */
  readonly totals = new Totals();
  readonly #resource: Pick<Resource, 'deployments'>;
  readonly #units = new UnitsLog();
  /** By their beginning. */
  readonly #minutes = new Map<number, Minute>();
  #tallies = 0;
  /** Minutes before are no longer known. */
  #knownFromMs = Number.NEGATIVE_INFINITY;

  constructor(resource: Pick<Resource, 'deployments'>, nowMs: number) {
    this.#resource = resource;
    this.look(nowMs);
  }

  /** Notes which deployments there are; to be called whenever that has changed. */
  look(nowMs: number): void {
    this.#units.look(this.#resource.deployments, nowMs);
  }

  /**
   * A deployment has decided what becomes of a request; to be told at once, while the bucket stands as it was found. The bucket
   * (wire §7.2) is charged by an estimate on arrival, and so may be full in a minute that uses less: a refusal therefore counts as
   * having reached at least 100 %, which the maximum of the minute shows and its average does not.
   */
  decided({ deployment, spilledFrom }: Metered, status: number, nowMs: number): void {
    if (spilledFrom !== null) this.#refused(spilledFrom, nowMs);
    else if (status === 429) this.#refused(deployment.name, nowMs);
  }

  /**
   * A request is over. What its answer consumed is shared out evenly over the time from its arrival to its end, as in the admin port's
   * state (quota/minutes.ts): so a long answer is no peak in the minute of its end, and the sum over all minutes is what it used.
   */
  add(ended: EndedRequest): void {
    const { metered, endMs } = ended;
    const minute = this.#minute(endMs);
    if (minute !== null) this.#tally(minute, ended).add(ended);
    this.totals.add(ended);
    if (isProvisioned(metered.deployment.type)) this.#consume(ended);
  }

  /** Those between that have anything in them, oldest first. @param toMs exclusive. */
  minutes(fromMs: number, toMs: number): readonly MeteredMinute[] {
    return [...this.#minutes.values()]
      .filter((minute) => minute.fromMs >= fromMs && minute.fromMs < toMs)
      .sort((one, other) => one.fromMs - other.fromMs)
      .map((minute) => ({ fromMs: minute.fromMs, tallies: minute.tallies.values() }));
  }

  /** The first minute of which utilisation is known; null where there never was a provisioned deployment. */
  get utilisedFromMs(): number | null {
    const { fromMs } = this.#units;
    return fromMs === null ? null : minuteOf(Math.max(fromMs, this.#knownFromMs));
  }

  /** What was deployed in a minute, and what of it was used. @param nowMs of the running minute, the part that is over counts. */
  utilisation(fromMs: number, nowMs: number): ReadonlyArray<UnitsDeployed & Consumed> {
    const consumed = this.#minutes.get(fromMs)?.consumed;
    const until = Math.min(fromMs + MINUTE_MS, Math.max(nowMs, fromMs + 1));
    return this.#units
      .during(fromMs, until)
      .map((deployed) => ({ ...deployed, ...(consumed?.get(deployed.key) ?? { streaming: 0, whole: 0, peak: 0 }) }));
  }

  #tally({ tallies }: Minute, { metered, status }: EndedRequest): Tally {
    const { deployment, operationId, apiVersion, streaming, spilledFrom } = metered;
    const key = `${deployment.name}\n${deployment.servedModel}\n${operationId}\n${apiVersion}\n${streaming}\n${status}\n${spilledFrom !== null}`;
    const found = tallies.get(key);
    if (found !== undefined) return found;
    const isOther = tallies.size >= SETS_PER_MINUTE_MAX;
    const tally =
      (isOther ? tallies.get('') : undefined) ?? new Tally(isOther ? OTHERS : dimensionsOf(metered, status));
    if (!isOther || !tallies.has('')) this.#tallies++;
    tallies.set(isOther ? '' : key, tally);
    return tally;
  }

  #consume({ metered, usage, startMs, endMs }: EndedRequest): void {
    if (usage === null) return;
    const { deployment, streaming } = metered;
    const { provisioned } = deployment.facts;
    const { promptTokens, cachedTokens, completionTokens } = usage;
    const tokens = provisionedUse(promptTokens, cachedTokens, completionTokens, provisioned);
    shareOut(tokens / provisioned.inputTokensPerMinutePerUnit, startMs, endMs, (atMs, units) => {
      const minute = this.#minute(atMs);
      if (minute !== null) consumedIn(minute, deployment)[streaming ? 'streaming' : 'whole'] += units;
    });
  }

  /** A refusal for another reason than the quota (a fault) looks the same to the client, and does not count. */
  #refused(name: string, nowMs: number): void {
    const deployment = this.#resource.deployments.get(name);
    if (deployment?.quota.kind !== 'provisioned') return;
    const { utilisation, throttledUntilMs } = deployment.quota.state(nowMs);
    if (utilisation < 1 && throttledUntilMs === null) return;
    const minute = this.#minute(nowMs);
    if (minute === null) return;
    const consumed = consumedIn(minute, deployment);
    consumed.peak = Math.max(consumed.peak, utilisation, 1);
  }

  /** @returns null for one that is no longer kept. */
  #minute(atMs: number): Minute | null {
    const fromMs = minuteOf(atMs);
    const found = this.#minutes.get(fromMs);
    if (found !== undefined) return found;
    if (fromMs < this.#knownFromMs) return null;
    const minute: Minute = { fromMs, tallies: new Map(), consumed: new Map() };
    this.#minutes.set(fromMs, minute);
    while (this.#minutes.size > MINUTES_MAX || this.#tallies > TALLIES_MAX) this.#forgetOldest();
    return fromMs < this.#knownFromMs ? null : minute;
  }

  #forgetOldest(): void {
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const fromMs of this.#minutes.keys()) if (fromMs < oldestMs) oldestMs = fromMs;
    this.#tallies -= this.#minutes.get(oldestMs)?.tallies.size ?? 0;
    this.#minutes.delete(oldestMs);
    this.#knownFromMs = oldestMs + MINUTE_MS;
  }
}

function dimensionsOf(metered: EndedRequest['metered'], status: number): Dimensions {
  const { deployment, operationId, apiVersion, streaming, spilledFrom } = metered;
  return {
    deployment: deployment.name,
    model: deployment.facts.name,
    version: deployment.modelVersion ?? '',
    operation: operationId,
    apiVersion,
    streaming,
    status,
    spilled: spilledFrom !== null,
  };
}

function consumedIn({ consumed }: Minute, deployment: Deployment): Consumed {
  const key = unitsKey(deployment);
  const found = consumed.get(key);
  if (found !== undefined) return found;
  const none: Consumed = { streaming: 0, whole: 0, peak: 0 };
  consumed.set(key, none);
  return none;
}
