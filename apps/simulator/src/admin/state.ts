/** Routes that look at, or set, the simulator as a whole. */
import type { Simulation } from '../simulation.ts';
import { simulatorState } from '../state.ts';
import { readNumbers } from './numbers.ts';
import { type AdminRoute, type Call, invalid, type Outcome, ok } from './outcome.ts';

const SEED_MAX = 2 ** 32 - 1;

export const stateRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/admin/state',
    does: 'everything: clock, seed, resources with the counters of their deployments, shared quotas, faults',
    act: (simulation) => ok(simulatorState(simulation)),
  },
  {
    method: 'POST',
    path: '/admin/reset',
    does: 'empties all counters, faults and the journal; what is deployed, the clock and the seed stay',
    act: resetAll,
  },
  { method: 'GET', path: '/admin/seed', does: 'the seed', act: ({ seed }) => ok({ seed }) },
  {
    method: 'PUT',
    path: '/admin/seed',
    does: 'sets the seed: {"seed": whole number}; answers depend on it and the prompt alone',
    act: setSeed,
  },
];

function resetAll(simulation: Simulation): Outcome {
  for (const { resource } of simulation.sites) for (const { quota } of resource.deployments.values()) quota.reset();
  for (const { quota } of simulation.sharedQuotas) quota.reset();
  simulation.faults.clear();
  simulation.journal.clear();
  return ok(simulatorState(simulation));
}

function setSeed(simulation: Simulation, { body }: Call): Outcome {
  const read = readNumbers(body, { seed: { low: 0, high: SEED_MAX, whole: true } });
  if (read.kind === 'errors') return invalid(read.errors);
  simulation.seed = read.numbers.seed ?? 0;
  return ok({ seed: simulation.seed });
}
