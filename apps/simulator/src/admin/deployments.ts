/** Routes of the deployments: added, changed and removed, and their quota set by hand. */
import type { Simulation } from '../simulation.ts';
import { type DeploymentState, deploymentState } from '../state.ts';
import { type FoundDeployment, findDeployment, findSite, isOutcome } from './find.ts';
import { type AdminRoute, type Call, created, failed, invalid, type Outcome, ok, shown } from './outcome.ts';
import { type NamedAction, QUOTA_ACTIONS } from './quota-actions.ts';
import { readDeployment, readDeploymentChanges } from './read.ts';

const ALL = '/admin/resources/{resource}/deployments';
const ONE = `${ALL}/{deployment}`;

export const deploymentRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: ALL,
    does: 'adds a deployment, with the fields of `deployments` in the configuration; name, model and capacity must be there',
    act: addDeployment,
  },
  { method: 'GET', path: ONE, does: 'one deployment', act: showDeployment },
  {
    method: 'PATCH',
    path: ONE,
    does: 'changes any field but the name; null takes a field back to its default. Counters that the new quota knows too are kept, what the prompt cache holds is not',
    act: changeDeployment,
  },
  { method: 'DELETE', path: ONE, does: 'removes a deployment', act: removeDeployment },
  ...QUOTA_ACTIONS.map((action): AdminRoute => {
    const { method, name, does } = action;
    const act = (simulation: Simulation, call: Call): Outcome => onDeployment(simulation, call, action);
    return { method, path: `${ONE}/${name}`, does, act };
  }),
];

function stateOf({ clock }: Simulation, { site, deployment }: FoundDeployment): DeploymentState {
  return deploymentState(deployment, site.deployed.get(deployment.name), clock.nowMs());
}

function addDeployment(simulation: Simulation, call: Call): Outcome {
  const site = findSite(simulation, call);
  if (isOutcome(site)) return site;
  const read = readDeployment(call.body);
  if (read.kind === 'errors') return invalid(read.errors);
  const { name } = read.value;
  if (site.deployed.has(name)) {
    return failed(409, 'exists', [`name: ${shown(name)} is there already; PATCH it, or DELETE it first`]);
  }
  const deployment = simulation.deploy(site, read.value);
  return created(stateOf(simulation, { site, deployment }));
}

function showDeployment(simulation: Simulation, call: Call): Outcome {
  const found = findDeployment(simulation, call);
  return isOutcome(found) ? found : ok(stateOf(simulation, found));
}

function changeDeployment(simulation: Simulation, call: Call): Outcome {
  const found = findDeployment(simulation, call);
  if (isOutcome(found)) return found;
  const { site } = found;
  const { name } = found.deployment;
  const read = readDeploymentChanges(call.body, site.deployed.get(name)?.options);
  if (read.kind === 'errors') return invalid(read.errors);
  const deployment = simulation.deploy(site, { ...read.value, name });
  return ok(stateOf(simulation, { site, deployment }));
}

function removeDeployment(simulation: Simulation, call: Call): Outcome {
  const found = findDeployment(simulation, call);
  if (isOutcome(found)) return found;
  simulation.remove(found.site, found.deployment.name);
  return ok({ removed: found.deployment.name });
}

function onDeployment(simulation: Simulation, call: Call, { act }: NamedAction): Outcome {
  const found = findDeployment(simulation, call);
  if (isOutcome(found)) return found;
  const errors = act(found.deployment.quota, call.body, simulation.clock.nowMs());
  return errors.length > 0 ? invalid(errors) : ok(stateOf(simulation, found));
}
