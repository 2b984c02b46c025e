/** Quota and what is used of it: a row for each model and Standard type, and one for the units of each provisioned type. */
import type { Simulation } from '../simulation.ts';
import { ACCOUNT } from './account-routes.ts';
import { PROVIDER } from './arm-error.ts';
import { type ArmAnswer, type ArmCall, type ArmRoute, listed } from './call.ts';
import { findAccount } from './find.ts';
import { typesOf } from './offers.ts';
import { heldOf, isInPlace, type QuotaName, type QuotaPlace, quotaName } from './quota.ts';

export const usageRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: `/subscriptions/{sub}/providers/${PROVIDER}/locations/{location}/usages`, act: ofRegion },
  { method: 'GET', path: `${ACCOUNT}/usages`, act: ofAccount },
];

interface UsageRow {
  readonly name: QuotaName;
  readonly unit: 'Count';
  readonly currentValue: number;
  readonly limit: number;
}

function ofRegion({ simulation, names }: ArmCall): ArmAnswer {
  return listed(usagesOf(simulation, { subscription: names[0] ?? '', region: names[1] ?? '' }));
}

/** Rows of what the account itself has. */
function ofAccount(call: ArmCall): ArmAnswer {
  const { facts } = findAccount(call);
  const own = call.simulation.control.holdings().filter((each) => each.account === facts.name.toLowerCase());
  const used = new Set(own.map(({ quota }) => quota));
  const rows = usagesOf(call.simulation, facts).filter(({ name }) => used.has(name.value));
  return listed(rows.map((row) => ({ ...row, currentValue: heldOf(own, facts, row.name.value) })));
}

/** Of the models of the table, and of those that are deployed there without being in it. */
function usagesOf(simulation: Simulation, place: QuotaPlace): readonly UsageRow[] {
  const { plan, control } = simulation;
  const holdings = control.holdings();
  const rows = new Map<string, UsageRow>();
  for (const model of [...plan.models.names, ...deployedModels(simulation)]) {
    const facts = plan.models.facts(model);
    for (const type of typesOf(facts)) {
      const name = quotaName(facts, type);
      if (rows.has(name.value)) continue;
      const currentValue = heldOf(holdings, place, name.value);
      rows.set(name.value, { name, unit: 'Count', currentValue, limit: control.quotas.limitOf(place, facts, type) });
    }
  }
  return [accountsRow(simulation, place), ...rows.values()];
}

function deployedModels({ sites }: Simulation): readonly string[] {
  return sites.flatMap(({ deployed }) => [...deployed.values()].map(({ options }) => options.model));
}

function accountsRow({ sites, plan }: Simulation, place: QuotaPlace): UsageRow {
  const currentValue = sites.filter(({ facts }) => isInPlace(facts, place)).length;
  const name = { value: 'OpenAI.S0.AccountCount', localizedValue: 'Azure OpenAI - S0 - Account Count' };
  return { name, unit: 'Count', currentValue, limit: plan.control.accountsPerRegion };
}

/** By subscription and region, the rows of which something is used: what a person wants to see at a glance. */
export function usagesInUse(simulation: Simulation) {
  const places = new Map(
    simulation.sites.map(({ facts: { subscription, region } }) => {
      return [`${subscription}\n${region}`.toLowerCase(), { subscription, region }];
    }),
  );
  return [...places.values()].map((place) => ({
    ...place,
    usages: usagesOf(simulation, place).filter(({ currentValue }) => currentValue > 0),
  }));
}
