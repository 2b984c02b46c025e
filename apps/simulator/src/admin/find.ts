/** Finds what a path names, or says what there is. */
import type { Deployment } from '@spillway/azure-model';
import type { Simulation } from '../simulation.ts';
import type { Site } from '../site.ts';
import { type Call, failed, type Outcome, shown } from './outcome.ts';

export function isOutcome(found: object): found is Outcome {
  return 'status' in found;
}

export function findSite(simulation: Simulation, { names }: Call): Site | Outcome {
  const there = simulation.sites.map((site) => site.facts.name).join(', ');
  return (
    simulation.site(names[0] ?? '') ??
    failed(404, 'noSuchResource', [`resource: ${shown(names[0])} does not exist; there are ${there || 'none'}`])
  );
}

export interface FoundDeployment {
  readonly site: Site;
  readonly deployment: Deployment;
}

export function findDeployment(simulation: Simulation, call: Call): FoundDeployment | Outcome {
  const site = findSite(simulation, call);
  if (isOutcome(site)) return site;
  const deployment = site.resource.deployments.get(call.names[1] ?? '');
  if (deployment !== undefined) return { site, deployment };
  const there = [...site.resource.deployments.keys()].join(', ');
  return failed(404, 'noSuchDeployment', [
    `deployment: ${shown(call.names[1])} does not exist; there are ${there || 'none'}`,
  ]);
}
