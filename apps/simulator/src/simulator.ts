/** Starts the simulated resources, each on a port of its own, and the admin port beside them. */
import { Faults, Resource } from '@spillway/azure-model';
import { seededUnit } from '@spillway/clock';
import { adminPlane } from './admin.ts';
import { dataPlane } from './data-plane.ts';
import { Journal } from './journal.ts';
import { Listener } from './listener.ts';
import { type Plan, type PlannedResource, planOf, type SimulatorOptions } from './options.ts';
import type { Site } from './site.ts';

export interface Simulator {
  /** Without a trailing slash, as the urls of the resources. */
  readonly adminUrl: string;
  readonly resources: ReadonlyArray<{ readonly name: string; readonly url: string; readonly key: string }>;
  /** Closes all ports and destroys what is on its way. */
  close(): Promise<void>;
}

/** @throws Error where the options are wrong or a port is taken; nothing is left open then. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const plan = planOf(options);
  const faults = new Faults();
  const journal = new Journal();
  const sites = plan.resources.map((planned) => siteOf(plan, planned, faults, journal));
  const admin = new Listener('admin', plan.host, plan.port, adminPlane({ sites, faults, journal, clock: plan.clock }));
  const listeners = [admin, ...sites.map((site) => site.listener)];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.stop()));
  };
  const started = await Promise.allSettled(listeners.map((listener) => listener.start()));
  const errors = started.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) {
    await close();
    throw new Error(errors.map((error) => (error instanceof Error ? error.message : String(error))).join('\n'));
  }
  return {
    adminUrl: admin.url,
    resources: sites.map(({ resource, listener }) => ({
      name: resource.facts.name,
      url: listener.url,
      key: resource.facts.key,
    })),
    close,
  };
}

function siteOf(plan: Plan, planned: PlannedResource, faults: Faults, journal: Journal): Site {
  const { clock, host, onRequest, seed } = plan;
  const resource = new Resource(planned.facts, faults, seededUnit, seed);
  const listener = new Listener(
    `resource ${planned.facts.name}`,
    host,
    planned.port,
    dataPlane({ resource, clock, journal, onRequest }),
  );
  return { resource, listener };
}
