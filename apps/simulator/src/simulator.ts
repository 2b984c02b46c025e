/** Starts the simulated resources, each on a port of its own, and the admin port beside them. */
import type { DeploymentOptions } from '@spillway/azure-model';
import type { SteeredClock } from '@spillway/clock';
import { AdminAccess, type AdminOptions } from './admin/access.ts';
import { adminDoors } from './admin/doors.ts';
import { type SignIn, signInOf } from './entra/sign-in.ts';
import { front } from './front.ts';
import type { Journal } from './journal.ts';
import { Listener } from './listener.ts';
import type { ResourceOptions, SimulatorOptions } from './options.ts';
import { Simulation } from './simulation.ts';
import type { Site } from './site.ts';
import { type DeploymentState, deploymentState, type SimulatorState, simulatorState } from './state.ts';
import type { TrustedCa } from './tls/tls.ts';

export interface StartOptions extends SimulatorOptions, AdminOptions {
  /** Whether the journal keeps bodies, for tests that look at what a client sent. Default false. */
  readonly journalBodies?: boolean;
}

export interface RunningResource {
  readonly name: string;
  /** Without a trailing slash. */
  readonly url: string;
  /** The same port; null where it speaks no TLS. */
  readonly httpsUrl: string | null;
  /** The first of its keys. */
  readonly key: string;
}

export interface Simulator {
  /** Without a trailing slash. */
  readonly adminUrl: string;
  /** The same port; null where it speaks no TLS. */
  readonly adminHttpsUrl: string | null;
  /** What clients of the https URLs are to trust; null where there are none. */
  readonly tls: TrustedCa | null;
  /** How to sign in at its Entra ID. Secrets of the settings stand in it. */
  readonly signIn: SignIn;
  /** Those there are now. */
  readonly resources: readonly RunningResource[];
  /** The time of everything that is simulated: paused, stepped, sped up. */
  readonly clock: SteeredClock;
  /** What was received, without its secrets. */
  readonly journal: Pick<Journal, 'entries' | 'clear' | 'keepsBodies'>;
  /** As GET /admin/state shows it. */
  state(): SimulatorState;
  /** @throws Error that says everything that is wrong, or that the port is taken. */
  addResource(options: ResourceOptions): Promise<RunningResource>;
  /** @returns whether there was one. */
  removeResource(name: string): Promise<boolean>;
  /** Adds a deployment, or changes the one of that name. @throws Error that says everything that is wrong. */
  deploy(resource: string, options: DeploymentOptions): DeploymentState;
  /** @returns whether there was one. @throws Error where another deployment spills over to it. */
  remove(resource: string, deployment: string): boolean;
  /** Closes all ports and destroys what is on its way. */
  close(): Promise<void>;
}

/** @throws Error where the options are wrong or a port is taken; nothing is left open then. */
export async function startSimulator(options: StartOptions = {}): Promise<Simulator> {
  const { journalBodies = false, adminHost, adminKey, ...simulated } = options;
  const simulation = new Simulation(simulated, journalBodies);
  const access = new AdminAccess(simulation.plan.host, {
    ...(adminHost === undefined ? {} : { adminHost }),
    ...(adminKey === undefined ? {} : { adminKey }),
  });
  const admin = new Listener({
    what: 'admin',
    host: access.host,
    port: simulation.plan.port,
    portSetBy: '--port',
    tls: simulation.tls,
    onRequest: front({
      own: () => null,
      named: (name) => simulation.siteOfHost(name),
      otherwise: adminDoors(simulation, access),
    }),
  });
  try {
    await startAll([admin, ...simulation.sites.map((site) => site.listener)]);
  } catch (error) {
    await simulation.close();
    throw error;
  }
  return running(simulation, admin, (await simulation.tls?.trusted()) ?? null);
}

async function startAll(listeners: readonly Listener[]): Promise<void> {
  const started = await Promise.allSettled(listeners.map((listener) => listener.start()));
  const errors = started.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length === 0) return;
  await Promise.all(listeners.map((listener) => listener.stop()));
  // What is wrong with the certificate is so for every port.
  const texts = new Set(errors.map((error) => (error instanceof Error ? error.message : String(error))));
  throw new Error([...texts].join('\n'));
}

function running(simulation: Simulation, admin: Listener, tls: TrustedCa | null): Simulator {
  return {
    adminUrl: admin.url,
    adminHttpsUrl: admin.httpsUrl,
    tls,
    signIn: signInOf(simulation.plan.identity, admin.httpsUrl ?? admin.url),
    get resources() {
      return simulation.sites.map(runningResource);
    },
    clock: simulation.clock,
    journal: simulation.journal,
    state: () => simulatorState(simulation),
    addResource: async (options) => runningResource(await simulation.addResource(options)),
    removeResource: (name) => simulation.removeResource(name),
    deploy(resource, options) {
      const site = siteOf(simulation, resource);
      const deployment = simulation.deploy(site, options);
      return deploymentState(deployment, site.deployed.get(options.name), simulation.clock.nowMs());
    },
    remove: (resource, deployment) => simulation.remove(siteOf(simulation, resource), deployment),
    async close() {
      await Promise.all([admin.stop(), simulation.close()]);
    },
  };
}

function siteOf(simulation: Simulation, name: string): Site {
  const site = simulation.site(name);
  if (site !== undefined) return site;
  const there = simulation.sites.map((each) => each.facts.name).join(', ');
  throw new Error(`resource: "${name}" does not exist; there are ${there || 'none'}`);
}

function runningResource({ facts, listener }: Site): RunningResource {
  return { name: facts.name, url: listener.url, httpsUrl: listener.httpsUrl, key: facts.keys[0] ?? '' };
}
