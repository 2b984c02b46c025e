/**
 * The resources that are running, and what they have in common: time, chance, faults, quotas, models, the journal. It grows and
 * shrinks while it runs; every change passes the checks that the options passed at the start.
 */
import {
  type Deployment,
  type DeploymentOptions,
  Faults,
  type QuotaKey,
  Resource,
  type ResourceFacts,
  SharedQuotas,
  type StandardQuota,
  type World,
} from '@spillway/azure-model';
import { SteeredClock, seededUnit } from '@spillway/clock';
import { carryCounters } from './carry.ts';
import { dataPlane } from './data-plane.ts';
import { DEPLOYMENTS_MAX, RESOURCES_MAX } from './defaults.ts';
import { front } from './front.ts';
import { Journal } from './journal.ts';
import { Listener } from './listener.ts';
import { type Plan, type PlannedResource, planOf, type ResourceOptions, type SimulatorOptions } from './options.ts';
import { Recording } from './record/recording.ts';
import type { Site, SiteFacts } from './site.ts';

/** Told while it runs; further ones are not. */
const WARNINGS_MAX = 1000;

export type RefusedFor = 'invalid' | 'tooMany' | 'portTaken';

/** What a person asked for cannot be done; `errors` say why, each with place, value, rule and way out. */
export class Refused extends Error {
  readonly reason: RefusedFor;
  readonly errors: readonly string[];

  constructor(reason: RefusedFor, errors: readonly string[]) {
    super(errors.join('\n'));
    this.reason = reason;
    this.errors = errors;
  }
}

/** A quota that several deployments draw on, with its number as the admin routes name it. */
export interface NumberedQuota {
  readonly id: string;
  readonly key: QuotaKey;
  readonly quota: StandardQuota;
}

export class Simulation {
  readonly plan: Plan;
  readonly clock: SteeredClock;
  readonly faults = new Faults();
  readonly sharedQuotas: readonly NumberedQuota[];
  readonly journal: Journal;
  /** null: every answer is generated. */
  readonly recording: Recording | null;
  readonly #options: SimulatorOptions;
  readonly #quotas: SharedQuotas;
  readonly #world: World;
  readonly #sites = new Map<string, Site>();
  /** By lower-case name, as hosts are compared. */
  #byHost: ReadonlyMap<string, Site> = new Map();
  readonly #warned = new Set<string>();
  #seed: number;
  #closed = false;
  /** Resources there ever were: none takes key or port of another. */
  #numbered = 0;

  /** @throws Error that lists everything that is wrong with the options. */
  constructor(options: SimulatorOptions, keepsBodies: boolean) {
    this.#options = options;
    const plan = planOf({ ...options, onWarning: (text) => this.#warn(text) });
    this.plan = plan;
    this.clock = new SteeredClock(plan.clock);
    this.#quotas = new SharedQuotas(plan.quotas, (name) => plan.models.facts(name));
    this.sharedQuotas = numbered(plan, this.#quotas);
    this.journal = new Journal(keepsBodies);
    this.#seed = plan.seed;
    this.#world = this.#worldOf();
    const onWarning = (text: string): void => this.#warn(text);
    this.recording = Recording.open(plan.recording, { clock: this.clock, networkClock: plan.clock, onWarning });
    for (const resource of plan.resources) this.#put(resource, '--port');
    for (const fault of plan.faults) this.faults.add(fault, this.clock.nowMs());
  }

  get sites(): readonly Site[] {
    return [...this.#sites.values()];
  }

  site(name: string): Site | undefined {
    return this.#sites.get(name);
  }

  /** @param lowerName in lower case. */
  siteOfHost(lowerName: string): Site | undefined {
    return this.#byHost.get(lowerName);
  }

  get seed(): number {
    return this.#seed;
  }

  /** From now on answers, ids, paces and chances of faults are those of a simulator started with this seed. */
  set seed(seed: number) {
    this.#seed = seed;
    for (const { resource } of this.#sites.values()) resource.reseed();
  }

  /** @throws Refused where the options are wrong or the port is taken; nothing has changed then. */
  async addResource(options: ResourceOptions): Promise<Site> {
    if (this.#closed) throw new Error('addResource: the simulator is closed; start another one');
    if (this.#sites.size >= RESOURCES_MAX) {
      throw new Refused('tooMany', [
        `resources: there are ${RESOURCES_MAX} already, the most that run at once; remove one`,
      ]);
    }
    const number = this.#numbered + 1;
    const { port } = this.plan;
    const ownKey = options.keys === undefined ? { key: `simulated-key-${number}` } : {};
    const filled = { ...ownKey, port: port === 0 ? 0 : port + number, ...options };
    const planned = this.#checked(
      [...this.#sites.keys()].map((name) => ({ name })),
      filled,
    );
    const site = this.#put(planned, 'port');
    try {
      await site.listener.start();
    } catch (error) {
      this.#drop(site);
      throw new Refused('portTaken', [error instanceof Error ? error.message : String(error)]);
    }
    return site;
  }

  /** Closes the ports of all resources, for good. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.sites.map((site) => site.listener.stop()));
    await this.recording?.close();
  }

  /** Its connections are destroyed. @returns whether there was one. */
  async removeResource(name: string): Promise<boolean> {
    const site = this.#sites.get(name);
    if (site === undefined) return false;
    this.#drop(site);
    await site.listener.stop();
    return true;
  }

  /**
   * Adds a deployment, or changes the one of that name: counters that its new quota knows too are kept.
   * @throws Refused where the options are wrong; nothing has changed then.
   */
  deploy(site: Site, options: DeploymentOptions): Deployment {
    const { name } = options;
    if (!site.deployed.has(name) && site.deployed.size >= DEPLOYMENTS_MAX) {
      throw new Refused('tooMany', [
        `deployments: there are ${DEPLOYMENTS_MAX} already, the most of one resource; remove one`,
      ]);
    }
    const others = [...site.deployed.values()].map((each) => each.options).filter((other) => other.name !== name);
    this.#checked([], { name: site.facts.name, deployments: [...others, options] });
    const before = site.resource.deployments.get(name);
    const deployment = site.resource.deploy(options);
    const { servedBefore = 0, refusedBefore = 0 } = site.deployed.get(name) ?? {};
    site.deployed.set(name, {
      options,
      servedBefore: servedBefore + (before?.served ?? 0),
      refusedBefore: refusedBefore + (before?.refused ?? 0),
    });
    if (before !== undefined) carryCounters(before, deployment, this.clock.nowMs());
    return deployment;
  }

  /** @returns whether there was one. @throws Refused where another one spills over to it. */
  remove(site: Site, name: string): boolean {
    if (!site.deployed.has(name)) return false;
    const others = [...site.deployed.values()].map((each) => each.options).filter((other) => other.name !== name);
    this.#checked([], { name: site.facts.name, deployments: others });
    site.deployed.delete(name);
    return site.resource.deployments.delete(name);
  }

  /** Changes what a resource reads at each request. @throws Refused where a value is wrong; nothing has changed then. */
  change(site: Site, changes: ChangeableOptions): void {
    const latencyWanted = { ...site.facts.latency, ...changes.latency };
    const answersWanted = { ...site.facts.answers, ...changes.answers };
    const wanted = { ...changes, latency: latencyWanted, answers: answersWanted };
    const { facts } = this.#checked([], { name: site.facts.name, ...wanted });
    const { keys, dialect, latency, spilloverFailure, answers } = facts;
    if (changes.key !== undefined || changes.keys !== undefined) site.facts.keys = keys;
    if (changes.dialect !== undefined) site.facts.dialect = dialect;
    site.facts.latency = latency;
    if (changes.spilloverFailure !== undefined) site.facts.spilloverFailure = spilloverFailure;
    site.facts.answers = answers;
  }

  /** Its seed is always the present one. */
  #worldOf(): World {
    const { plan, faults } = this;
    const quotas = this.#quotas;
    const seedNow = (): number => this.#seed;
    return {
      modelFacts: (name) => plan.models.facts(name),
      faults,
      quotas,
      seeded: seededUnit,
      get seed() {
        return seedNow();
      },
    };
  }

  /** Through the checks of the start, beside those that there are. */
  #checked(beside: readonly ResourceOptions[], options: ResourceOptions): PlannedResource {
    const { models, recording } = this.#options;
    // Where no resource has an upstream, a recording would be refused.
    const common = {
      ...(models === undefined ? {} : { models }),
      ...(recording === undefined || options.upstream === undefined ? {} : { recording }),
    };
    const onWarning = (text: string): void => this.#warn(text);
    try {
      const plan = planOf({ ...common, port: 0, onWarning, resources: [...beside, options] });
      const planned = plan.resources.at(-1);
      if (planned !== undefined) return planned;
    } catch (error) {
      throw new Refused('invalid', errorsOf(error));
    }
    throw new Error('a plan without its resource');
  }

  #put(planned: PlannedResource, portSetBy: string): Site {
    const { clock, journal, plan, recording } = this;
    const facts: SiteFacts = { ...planned.facts };
    const resource = new Resource(facts, this.#world);
    const { upstream } = planned;
    const onDefect = (text: string): void => this.#warn(`the simulator failed on a request to ${facts.name}: ${text}`);
    const { onRequest: told } = plan;
    const serve = dataPlane({ resource, clock, journal, onRequest: told, onDefect, recording, upstream });
    const own = (): Site => site;
    const onRequest = front({ own, named: (name) => this.siteOfHost(name), otherwise: serve });
    const what = `resource ${facts.name}`;
    const listener = new Listener({ what, host: plan.host, port: planned.port, portSetBy, onRequest });
    const site: Site = { facts, resource, listener, upstream, deployed: deployedOf(facts), serve };
    this.#numbered++;
    this.#sites.set(facts.name, site);
    this.#indexHosts();
    return site;
  }

  #drop(site: Site): void {
    this.#sites.delete(site.facts.name);
    this.#indexHosts();
  }

  /** Each thing once, though every change looks at its neighbours anew. */
  #warn(text: string): void {
    if (this.#warned.has(text) || this.#warned.size >= WARNINGS_MAX) return;
    this.#warned.add(text);
    this.#options.onWarning?.(text);
  }

  /** Of names that differ in case alone, the first is meant. */
  #indexHosts(): void {
    this.#byHost = new Map(this.sites.toReversed().map((site) => [site.facts.name.toLowerCase(), site]));
  }
}

/** What of a resource may change while it runs. Name, region and port may not: others count on them. */
export type ChangeableOptions = Pick<
  ResourceOptions,
  'key' | 'keys' | 'dialect' | 'latency' | 'spilloverFailure' | 'answers'
>;

function numbered({ quotas, models }: Plan, shared: SharedQuotas): readonly NumberedQuota[] {
  return quotas.flatMap(({ subscription, region, model, type }, index) => {
    const key = { subscription, region, model: models.facts(model).name, type };
    const quota = shared.of(key);
    return quota === null ? [] : [{ id: `quota-${index + 1}`, key, quota }];
  });
}

function deployedOf({ deployments }: ResourceFacts): Site['deployed'] {
  return new Map(deployments.map((options) => [options.name, { options, servedBefore: 0, refusedBefore: 0 }]));
}

function errorsOf(error: unknown): readonly string[] {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^simulator: /, '').split('\n');
}
