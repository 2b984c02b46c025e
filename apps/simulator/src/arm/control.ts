/** What the control plane holds besides the resources: quota, soft-deleted accounts, what is being made, and what outlives the process. */
import type { DeploymentOptions } from '@spillway/azure-model';
import type { Timer } from '@spillway/clock';
import type { Simulation } from '../simulation.ts';
import type { Site } from '../site.ts';
import { type AccountSnapshot, snapshotOf } from './account.ts';
import { deploymentCancelled, propertiesInvalid } from './arm-error.ts';
import { CONTROL_KEEPER, KeptAccounts } from './kept-accounts.ts';
import { type Operation, Operations } from './operations.ts';
import { ControlQuotas, type Holding, quotaName } from './quota.ts';
import type { DeploymentControl } from './wanted.ts';

/** Azure keeps what was soft-deleted for 48 hours. */
export const PURGE_MS = 48 * 60 * 60 * 1000;
/** Soft-deleted accounts at once; the oldest are purged. */
export const DELETED_ACCOUNTS_MAX = 1_000;

/** A deployment that is not there yet: the data plane does not know it. */
export interface Provisioning {
  readonly options: DeploymentOptions;
  readonly control: DeploymentControl;
  readonly timer: Timer;
  readonly operation: Operation;
}

export interface DeletedAccount extends AccountSnapshot {
  readonly deletedMs: number;
}

export class Control {
  readonly quotas: ControlQuotas;
  readonly operations = new Operations();
  readonly #simulation: Simulation;
  readonly #kept: KeptAccounts;
  /** By name in lower case. */
  readonly #deleted = new Map<string, DeletedAccount>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.quotas = new ControlQuotas(simulation.plan.control.quotas);
    this.#kept = new KeptAccounts(simulation.states?.keeperOf(CONTROL_KEEPER) ?? null);
  }

  /** What was kept before: those that are there, for the simulation to start; the soft-deleted stay here. */
  load(onProblem: (text: string) => void): readonly AccountSnapshot[] {
    return this.#kept.load(onProblem).filter((snapshot) => {
      const { deletedMs, options } = snapshot;
      if (deletedMs === null) return true;
      // A resource that the file names since is not the one that was deleted.
      if (this.#simulation.siteOfHost(options.name.toLowerCase()) === undefined) {
        this.#deleted.set(options.name.toLowerCase(), { ...snapshot, deletedMs });
      }
      return false;
    });
  }

  /** Something of an account is not as it was. */
  changed(site: Site): void {
    // Told late of one that was deleted meanwhile.
    if (this.#simulation.site(site.facts.name) !== site) return;
    // What is there is not deleted: purged later, it would take along what the new one keeps.
    this.#deleted.delete(site.facts.name.toLowerCase());
    this.#kept.put(snapshotOf(site));
  }

  /** An account is gone, and what is being made there with it. */
  removed(site: Site): void {
    for (const name of [...site.provisioning.keys()]) this.cancel(site, name);
    this.#kept.remove(site.facts.name);
  }

  /** A deployment that is being made will not be; one that is there stays. */
  cancel(site: Site, name: string): void {
    const provisioning = site.provisioning.get(name);
    if (provisioning === undefined) return;
    const { timer, operation } = provisioning;
    timer.cancel();
    site.provisioning.delete(name);
    operation.waits = false;
    operation.failure = deploymentCancelled(name);
    operation.doneMs = Math.min(operation.doneMs, this.#simulation.clock.nowMs());
  }

  get provisioningMs(): number {
    return this.#simulation.plan.control.provisioningSeconds * 1000;
  }

  /** Makes a deployment: at once, or when its time has come. @throws Refused where the options are wrong. */
  provision(site: Site, options: DeploymentOptions, control: DeploymentControl, operation: Operation | null): void {
    if (operation === null) {
      this.#simulation.deploy(site, options, control);
      return;
    }
    this.#simulation.checkDeployment(site, options);
    operation.waits = true;
    const timer = this.#simulation.clock.after(operation.doneMs - operation.startedMs, () => {
      operation.waits = false;
      site.provisioning.delete(options.name);
      try {
        this.#simulation.deploy(site, options, control);
      } catch (error) {
        operation.failure = propertiesInvalid(error instanceof Error ? error.message : String(error));
      }
    });
    site.provisioning.set(options.name, { options, control, timer, operation });
  }

  /** Those whose time is over are purged first. */
  get deleted(): readonly DeletedAccount[] {
    const nowMs = this.#simulation.clock.nowMs();
    for (const each of this.#deleted.values()) {
      if (each.deletedMs + PURGE_MS <= nowMs) this.purge(each.options.name);
    }
    return [...this.#deleted.values()];
  }

  deletedOf(name: string): DeletedAccount | undefined {
    return this.deleted.find(({ options }) => options.name.toLowerCase() === name.toLowerCase());
  }

  async softDelete(site: Site): Promise<void> {
    const deleted = { ...snapshotOf(site), deletedMs: this.#simulation.clock.nowMs() };
    this.#deleted.set(site.facts.name.toLowerCase(), deleted);
    const [oldest] = this.#deleted.values();
    if (this.#deleted.size > DELETED_ACCOUNTS_MAX && oldest !== undefined) this.purge(oldest.options.name);
    const gone = this.#simulation.removeResource(site.facts.name);
    // Not only when its port is closed: it may be restored, or purged, by then.
    this.#kept.put(deleted);
    await gone;
  }

  /** For good, with all that it kept. */
  purge(name: string): void {
    this.#deleted.delete(name.toLowerCase());
    this.#kept.remove(name);
    const keeper = this.#simulation.states?.keeperOf(name);
    for (const { kind, id } of [...(keeper?.load() ?? [])]) keeper?.remove(kind, id);
  }

  /** @returns the account, there again. @throws Refused where its port is taken. */
  restore(deleted: DeletedAccount): Promise<Site> {
    return this.#simulation.addResource(deleted.options, deleted);
  }

  /** All capacity that is held, that of soft-deleted accounts too: it is free only when they are purged. */
  holdings(): readonly Holding[] {
    const there = this.#simulation.sites.flatMap((site) => {
      const { name, subscription, region } = site.facts;
      const all = new Map<string, Pick<Provisioning, 'options'>>([...site.deployed, ...site.provisioning]);
      return [...all.values()].map(({ options }) => this.#holding({ name, subscription, region }, options));
    });
    const gone = this.deleted.flatMap(({ options: { name, subscription = '', region = '', deployments = [] } }) =>
      deployments.map((options) => this.#holding({ name, subscription, region }, options)),
    );
    return [...there, ...gone];
  }

  #holding(of: { name: string; subscription: string; region: string }, options: DeploymentOptions): Holding {
    const { subscription, region } = of;
    const quota = quotaName(this.#simulation.plan.models.facts(options.model), options.type ?? 'Standard').value;
    const { capacity } = options;
    return {
      subscription,
      region,
      account: of.name.toLowerCase(),
      deployment: options.name.toLowerCase(),
      quota,
      capacity,
    };
  }

  /** Nothing that is being made gets ready any more. */
  stop(): void {
    for (const { provisioning } of this.#simulation.sites) {
      for (const { timer } of provisioning.values()) timer.cancel();
    }
  }
}
