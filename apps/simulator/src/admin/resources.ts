/** Routes of the resources: there, not there, listening or not. */
import type { Simulation } from '../simulation.ts';
import type { Site } from '../site.ts';
import { type ResourceState, resourceState } from '../state.ts';
import { findSite, isOutcome } from './find.ts';
import { type AdminRoute, type Call, created, failed, invalid, type Outcome, ok } from './outcome.ts';
import { readChanges, readResource } from './read.ts';

export const resourceRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/admin/resources', does: 'all resources with their deployments', act: listResources },
  {
    method: 'POST',
    path: '/admin/resources',
    does: 'adds a resource, with the fields of `resources` in the configuration; only `name` must be there',
    act: addResource,
  },
  { method: 'GET', path: '/admin/resources/{resource}', does: 'one resource', act: showResource },
  {
    method: 'PATCH',
    path: '/admin/resources/{resource}',
    does: 'changes key or keys, dialect, latency, answers (style, script…), spilloverFailure; nothing else may change',
    act: changeResource,
  },
  { method: 'DELETE', path: '/admin/resources/{resource}', does: 'removes a resource', act: removeResource },
  {
    method: 'POST',
    path: '/admin/resources/{resource}/stop',
    does: 'closes its port and breaks its connections; counters stay',
    act: stopResource,
  },
  { method: 'POST', path: '/admin/resources/{resource}/start', does: 'opens its port again', act: startResource },
];

function listResources({ sites, clock }: Simulation): Outcome {
  return ok({ resources: sites.map((site) => resourceState(site, clock.nowMs())) });
}

function stateOf({ clock }: Simulation, site: Site): ResourceState {
  return resourceState(site, clock.nowMs());
}

async function addResource(simulation: Simulation, { body }: Call): Promise<Outcome> {
  const read = readResource(body);
  if (read.kind === 'errors') return invalid(read.errors);
  const site = await simulation.addResource(read.value);
  return created({ ...stateOf(simulation, site), keys: site.facts.keys });
}

function showResource(simulation: Simulation, call: Call): Outcome {
  const site = findSite(simulation, call);
  return isOutcome(site) ? site : ok(stateOf(simulation, site));
}

function changeResource(simulation: Simulation, call: Call): Outcome {
  const site = findSite(simulation, call);
  if (isOutcome(site)) return site;
  const read = readChanges(call.body);
  if (read.kind === 'errors') return invalid(read.errors);
  simulation.change(site, read.value);
  const { dialect, latency, answers, spilloverFailure } = site.facts;
  return ok({ ...stateOf(simulation, site), dialect, latency, answers, spilloverFailure });
}

async function removeResource(simulation: Simulation, call: Call): Promise<Outcome> {
  const site = findSite(simulation, call);
  if (isOutcome(site)) return site;
  await simulation.removeResource(site.facts.name);
  return ok({ removed: site.facts.name });
}

async function stopResource(simulation: Simulation, call: Call): Promise<Outcome> {
  const site = findSite(simulation, call);
  if (isOutcome(site)) return site;
  await site.listener.stop();
  return ok(stateOf(simulation, site));
}

async function startResource(simulation: Simulation, call: Call): Promise<Outcome> {
  const site = findSite(simulation, call);
  if (isOutcome(site)) return site;
  try {
    await site.listener.start();
  } catch (error) {
    return failed(409, 'portTaken', [error instanceof Error ? error.message : String(error)]);
  }
  return ok(stateOf(simulation, site));
}
