/**
 * The resources that are running, and what they have in common: time, chance, faults, quotas, models, the journal. It grows and
 * shrinks while it runs; every change passes the checks that the options passed at the start.
 */
import {
  type Deployment,
  type DeploymentOptions,
  Faults,
  type InnerEnded,
  Resource,
  SharedQuotas,
  type World,
} from '@spillway/azure-model';
import { SteeredClock, seededUnit } from '@spillway/clock';
import { type AccountSnapshot, type ControlPart, plainAccount } from './arm/account.ts';
import { Control } from './arm/control.ts';
import { type DeploymentControl, plainControl } from './arm/wanted.ts';
import { carryCounters } from './carry.ts';
import { dataPlane } from './data-plane.ts';
import { DEPLOYMENTS_MAX, RESOURCES_MAX } from './defaults.ts';
import { Entra } from './entra/entra.ts';
import { Errands } from './errands.ts';
import { front, upgradeFront } from './front.ts';
import { Journal } from './journal.ts';
import { StateFile } from './keep/state-file.ts';
import { Listener } from './listener.ts';
import { Meter } from './monitor/meter.ts';
import { type NumberedQuota, numbered } from './numbered-quotas.ts';
import { type Plan, type PlannedResource, planOf, type ResourceOptions, type SimulatorOptions } from './options.ts';
import { Recording } from './record/recording.ts';
import { Refused } from './refused.ts';
import { deployedOf, type Site, type SiteFacts } from './site.ts';
import { socketPlane } from './socket/socket-plane.ts';
import { Tls } from './tls/tls.ts';

/** Told while it runs; further ones are not. */
const WARNINGS_MAX = 1000;

export class Simulation {
  readonly plan: Plan;
  readonly clock: SteeredClock;
  readonly faults = new Faults();
  readonly sharedQuotas: readonly NumberedQuota[];
  readonly journal: Journal;
  /** null: every answer is generated. */
  readonly recording: Recording | null;
  readonly entra: Entra;
  /** null: the ports speak plain http alone. */
  readonly tls: Tls | null;
  /** What makes state outlive the process; null where it does not. */
  readonly states: StateFile | null;
  /** What the control plane (ARM) holds besides the resources. */
  readonly control: Control;
  readonly #options: SimulatorOptions;
  readonly #quotas: SharedQuotas;
  readonly #world: World;
  readonly #sites = new Map<string, Site>();
  /** By lower-case name, as hosts are compared. */
  #byHost: ReadonlyMap<string, Site> = new Map();
  readonly #warned = new Set<string>();
  #seed: number;
  /** null: it runs. */
  #closing: Promise<void> | null = null;
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
    this.entra = new Entra(plan.identity, this.clock);
    this.tls = plan.tls === null ? null : new Tls(plan.tls, plan.host);
    this.states = plan.stateFile === null ? null : new StateFile(plan.stateFile);
    this.#world = this.#worldOf();
    const onWarning = (text: string): void => this.#warn(text);
    try {
      this.recording = Recording.open(plan.recording, { clock: this.clock, networkClock: plan.clock, onWarning });
      for (const resource of plan.resources) this.#put(resource, '--port', null);
      this.control = new Control(this);
      for (const kept of this.control.load(onWarning)) this.#bringBack(kept);
    } catch (error) {
      // Else the file stays locked for whoever tries again.
      this.states?.close();
      throw error;
    }
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

  /**
   * @param control what the control plane knows of it and its deployments. Default: nothing.
   * @throws Refused where the options are wrong or the port is taken; nothing has changed then.
   */
  async addResource(options: ResourceOptions, control: ControlPart | null = null): Promise<Site> {
    if (this.#closing !== null) throw new Error('addResource: the simulator is closed; start another one');
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
    const site = this.#put(planned, 'port', control);
    try {
      await site.listener.start();
    } catch (error) {
      this.#drop(site);
      throw new Refused('portTaken', [error instanceof Error ? error.message : String(error)]);
    }
    this.control.changed(site);
    return site;
  }

  /** Closes the ports of all resources, for good; once, however often it is asked for. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.control.stop();
    for (const site of this.sites) site.errands.stop();
    await Promise.all(this.sites.map((site) => site.listener.stop()));
    await this.recording?.close();
    this.states?.close();
  }

  /** Its connections are destroyed. @returns whether there was one. */
  async removeResource(name: string): Promise<boolean> {
    const site = this.#sites.get(name);
    if (site === undefined) return false;
    this.#drop(site);
    this.control.removed(site);
    await site.listener.stop();
    return true;
  }

  /**
   * Adds a deployment, or changes the one of that name: counters that its new quota knows too are kept.
   * @param control what the control plane knows of it. Default: as before.
   * @throws Refused where the options are wrong; nothing has changed then.
   */
  deploy(site: Site, options: DeploymentOptions, control?: DeploymentControl): Deployment {
    const { name } = options;
    this.checkDeployment(site, options);
    const before = site.resource.deployments.get(name);
    const deployment = site.resource.deploy(options);
    const nowMs = this.clock.nowMs();
    const { servedBefore = 0, refusedBefore = 0, control: known = plainControl(nowMs) } = site.deployed.get(name) ?? {};
    site.deployed.set(name, {
      options,
      control: control ?? { ...known, modifiedMs: nowMs },
      servedBefore: servedBefore + (before?.served ?? 0),
      refusedBefore: refusedBefore + (before?.refused ?? 0),
    });
    if (before !== undefined) carryCounters(before, deployment, nowMs);
    site.meter.look(nowMs);
    this.control.changed(site);
    return deployment;
  }

  /** @throws Refused where {@link deploy} would. */
  checkDeployment(site: Site, options: DeploymentOptions): void {
    const { name } = options;
    if (!site.deployed.has(name) && site.deployed.size + site.provisioning.size >= DEPLOYMENTS_MAX) {
      throw new Refused('tooMany', [
        `deployments: there are ${DEPLOYMENTS_MAX} already, the most of one resource; remove one`,
      ]);
    }
    const others = [...site.deployed.values()].map((each) => each.options).filter((other) => other.name !== name);
    this.#checked([], { name: site.facts.name, deployments: [...others, options] });
  }

  /** @returns whether there was one. @throws Refused where another one spills over to it. */
  remove(site: Site, name: string): boolean {
    if (!site.deployed.has(name)) return false;
    const others = [...site.deployed.values()].map((each) => each.options).filter((other) => other.name !== name);
    this.#checked([], { name: site.facts.name, deployments: others });
    site.deployed.delete(name);
    site.resource.deployments.delete(name);
    site.meter.look(this.clock.nowMs());
    this.control.changed(site);
    return true;
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
    this.control.changed(site);
  }

  /** What the control plane knows of an account. */
  describe(site: Site, account: Site['account']): void {
    site.account = account;
    site.facts.keyAuth = account.disableLocalAuth ? 'disabled' : 'enabled';
    this.#indexHosts();
    this.control.changed(site);
  }

  /** Its seed is always the present one. */
  #worldOf(): World {
    const { plan, faults } = this;
    const quotas = this.#quotas;
    const seedNow = (): number => this.#seed;
    const { states } = this;
    const kept = states === null ? {} : { keeperOf: (resource: string) => states.keeperOf(resource) };
    return {
      ...kept,
      tokens: this.entra,
      onInner: (resource, ended) => this.#meterInner(resource, ended),
      modelFacts: (name) => plan.models.facts(name),
      faults,
      quotas,
      seeded: seededUnit,
      get seed() {
        return seedNow();
      },
    };
  }

  /** What a resource asked of itself (a line of a batch) counts as what clients ask; it has no first token that anybody saw. */
  #meterInner(resource: string, { metered, status, usage, startMs, endMs }: InnerEnded): void {
    const meter = this.#sites.get(resource)?.meter;
    meter?.decided(metered, status, startMs);
    meter?.add({ metered, status, answered: status < 400, usage, startMs, firstMs: null, endMs });
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

  /** An account, or the deployments of a resource of the file, that the control plane made before a restart. */
  #bringBack({ options, ...control }: AccountSnapshot): void {
    const { name, deployments = [] } = options;
    try {
      const there = this.#byHost.get(name.toLowerCase());
      if (there === undefined) {
        // Deployments beside those of a resource that the file does not name any more.
        if (!control.control.isOwn) return;
        const port = this.#freePort(options.port ?? 0);
        const others = [...this.#sites.keys()].map((each) => ({ name: each }));
        this.#put(this.#checked(others, { ...options, port }), '--port', control);
        return;
      }
      // What the file says of a name goes before what was kept of it: of an account whole, else of each deployment.
      if (control.control.isOwn) return;
      const taken = new Set([...there.deployed.keys()].map((each) => each.toLowerCase()));
      // Those that spill over come last: their targets must be there.
      const inOrder = Map.groupBy(deployments, (each) => each.spilloverDeploymentName !== undefined);
      for (const each of [...(inOrder.get(false) ?? []), ...(inOrder.get(true) ?? [])]) {
        if (!taken.has(each.name.toLowerCase())) this.deploy(there, each, control.deployments[each.name]);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#warn(`stateFile: ${name} cannot be what it was: ${error.message}`);
    }
  }

  /** The same as before, unless the file has taken it since. */
  #freePort(port: number): number {
    const { port: admin } = this.plan;
    if (admin === 0) return 0;
    const taken = new Set(this.sites.map((site) => site.port));
    let free = port === 0 ? admin + 1 : port;
    while (taken.has(free)) free++;
    // None that comes later takes it.
    this.#numbered = Math.max(this.#numbered, free - admin - 1);
    return free;
  }

  #put(planned: PlannedResource, portSetBy: string, control: ControlPart | null): Site {
    const { clock, journal, plan, recording } = this;
    const facts: SiteFacts = { ...planned.facts };
    const resource = new Resource(facts, this.#world);
    const { upstream } = planned;
    const onDefect = (text: string): void => this.#warn(`the simulator failed on a request to ${facts.name}: ${text}`);
    const errands = new Errands(resource, clock, onDefect);
    const onChores = (): void => errands.look();
    const meter = new Meter(resource, clock.nowMs());
    const told = { onRequest: plan.onRequest, onDefect, onChores };
    const serve = dataPlane({ resource, clock, journal, meter, recording, upstream, ...told });
    const upgrade = socketPlane({ resource, clock, journal, ...told });
    const door = { own: (): Site => site, named: (name: string) => this.siteOfHost(name) };
    const onRequest = front({ ...door, otherwise: serve });
    const onUpgrade = upgradeFront(door);
    const what = `resource ${facts.name}`;
    const listener = new Listener({
      what,
      host: plan.host,
      port: planned.port,
      portSetBy,
      onRequest,
      onUpgrade,
      tls: this.tls,
    });
    const { resourceGroup, port } = planned;
    const nowMs = clock.nowMs();
    const account = control?.control ?? plainAccount(facts.name, nowMs);
    if (account.disableLocalAuth) facts.keyAuth = 'disabled';
    const deployed = deployedOf(facts, control?.deployments ?? {}, nowMs);
    const its = { resourceGroup, port, account, deployed, provisioning: new Map() };
    const site: Site = { facts, resource, listener, upstream, serve, upgrade, errands, meter, ...its };
    errands.look();
    this.#numbered++;
    this.#sites.set(facts.name, site);
    this.#indexHosts();
    return site;
  }

  #drop(site: Site): void {
    site.errands.stop();
    this.#sites.delete(site.facts.name);
    this.#indexHosts();
  }

  /** Each thing once, though every change looks at its neighbours anew. */
  #warn(text: string): void {
    if (this.#warned.has(text) || this.#warned.size >= WARNINGS_MAX) return;
    this.#warned.add(text);
    this.#options.onWarning?.(text);
  }

  /** Of names that differ in case alone, the first is meant; a resource's own name goes before another's subdomain. */
  #indexHosts(): void {
    const sites = this.sites.toReversed();
    this.#byHost = new Map([
      ...sites.map((site): [string, Site] => [site.account.customSubDomainName.toLowerCase(), site]),
      ...sites.map((site): [string, Site] => [site.facts.name.toLowerCase(), site]),
    ]);
  }
}

/** What of a resource may change while it runs. Name, region and port may not: others count on them. */
export type ChangeableOptions = Pick<
  ResourceOptions,
  'key' | 'keys' | 'dialect' | 'latency' | 'spilloverFailure' | 'answers'
>;

function errorsOf(error: unknown): readonly string[] {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^simulator: /, '').split('\n');
}
