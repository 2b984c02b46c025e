/** Admin routes of the control plane's quota: Azure raises it by a form that somebody reads. */
import { type AdminRoute, type Call, failed, invalid, type Outcome, ok } from '../admin/outcome.ts';
import { readControlQuota } from '../admin/read.ts';
import type { Simulation } from '../simulation.ts';
import { CONTROL_QUOTAS_MAX } from './quota.ts';
import { usagesInUse } from './usage-routes.ts';

export const controlQuotaRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/admin/control/quotas',
    does: 'the quota of the control plane as it was set, and what is used of it by subscription and region',
    act: show,
  },
  {
    method: 'POST',
    path: '/admin/control/quotas',
    does: 'sets a quota of the control plane, with the fields of `control.quotas` in the configuration; what is deployed already stays',
    act: set,
  },
];

function show(simulation: Simulation): Outcome {
  return ok({ quotas: simulation.control.quotas.list, places: usagesInUse(simulation) });
}

function set(simulation: Simulation, { body }: Call): Outcome {
  const read = readControlQuota(body);
  if (read.kind === 'errors') return invalid(read.errors);
  if (simulation.control.quotas.set(read.value)) return show(simulation);
  return failed(409, 'tooMany', [`quotas: there are ${CONTROL_QUOTAS_MAX} already; change one of them`]);
}
