/** Routes of the quotas that several deployments share. */
import type { NumberedQuota } from '../numbered-quotas.ts';
import type { Simulation } from '../simulation.ts';
import { sharedQuotaState } from '../state.ts';
import { type AdminRoute, type Call, failed, invalid, type Outcome, ok, shown } from './outcome.ts';
import { type NamedAction, QUOTA_ACTIONS } from './quota-actions.ts';

export const quotaRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/admin/quotas', does: 'quotas that several deployments share', act: listQuotas },
  ...QUOTA_ACTIONS.map((action): AdminRoute => {
    const { method, name, does } = action;
    const act = (simulation: Simulation, call: Call): Outcome => onQuota(simulation, call, action);
    return { method, path: `/admin/quotas/{quota}/${name}`, does, act };
  }),
];

function listQuotas({ sharedQuotas, clock }: Simulation): Outcome {
  return ok({ quotas: sharedQuotas.map((shared) => sharedQuotaState(shared, clock.nowMs())) });
}

function onQuota(simulation: Simulation, { names, body }: Call, { act }: NamedAction): Outcome {
  const found = find(simulation, names[0]);
  if (found === undefined) {
    const there = simulation.sharedQuotas.map(({ id }) => id).join(', ');
    return failed(404, 'noSuchQuota', [`quota: ${shown(names[0])} does not exist; there are ${there || 'none'}`]);
  }
  const nowMs = simulation.clock.nowMs();
  const errors = act(found.quota, body, nowMs);
  return errors.length > 0 ? invalid(errors) : ok(sharedQuotaState(found, nowMs));
}

function find({ sharedQuotas }: Simulation, id: string | undefined): NumberedQuota | undefined {
  return sharedQuotas.find((shared) => shared.id === id);
}
