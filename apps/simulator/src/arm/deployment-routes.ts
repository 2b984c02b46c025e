/** Deployments: made, changed, listed, deleted. They are those of the running resource. */
import type { DeploymentOptions } from '@spillway/azure-model';
import type { Site } from '../site.ts';
import { ACCOUNT } from './account-routes.ts';
import { ArmError, PROVIDER } from './arm-error.ts';
import { type ArmAnswer, type ArmCall, type ArmRoute, isSameName, listed } from './call.ts';
import { deploymentJson } from './deployment-json.ts';
import { accountId, deploymentIn, deploymentsOf, type Found, findAccount, findDeployment, siteOf } from './find.ts';
import { capacityConfigOf, typesOf } from './offers.ts';
import { answerAsGone, answerAsMade, begun } from './operation-routes.ts';
import { regionId } from './regions.ts';
import { judged } from './rules.ts';
import { bodyOf, type DeploymentControl, merged, readWanted, type WantedDeployment } from './wanted.ts';

const ALL = `${ACCOUNT}/deployments`;
const ONE = `${ALL}/{deployment}`;

export const deploymentRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: ALL, act: list },
  { method: 'GET', path: ONE, act: (call) => answer(call, findDeployment(call), 200) },
  { method: 'PUT', path: ONE, act: put },
  { method: 'PATCH', path: ONE, act: patch },
  { method: 'DELETE', path: ONE, act: remove },
  { method: 'GET', path: `${ONE}/skus`, act: skus },
];

function list(call: ArmCall): ArmAnswer {
  return listed(deploymentsOf(findAccount(call)).map((found) => json(call, found)));
}

function json({ simulation, nowMs }: ArmCall, found: Found) {
  return deploymentJson(found, simulation.plan.models.facts(found.options.model), nowMs);
}

function answer(call: ArmCall, found: Found, status: number): ArmAnswer {
  return { status, body: json(call, found) };
}

function put(call: ArmCall): ArmAnswer {
  const site = findAccount(call);
  return made(call, site, deploymentIn(site, call.names[3] ?? '') ?? null, call.body);
}

function patch(call: ArmCall): ArmAnswer {
  const found = findDeployment(call);
  return made(call, found.site, found, merged(bodyOf(found.options, found.control), call.body));
}

function made(call: ArmCall, site: Site, present: Found | null, body: unknown): ArmAnswer {
  if (present?.running === null) throw notTerminal(present);
  const wanted = readWanted(body);
  if (wanted instanceof ArmError) throw wanted;
  const name = present?.options.name ?? call.names[3] ?? '';
  const options = judgedHere(call, site, name, wanted);
  const control = controlOf(wanted, present?.control ?? null, call.nowMs);
  // Only what is new takes its time: a changed one counts by its new size at once.
  const operation = present === null ? begun(call) : null;
  call.simulation.control.provision(site, options, control, operation);
  const found = deploymentIn(site, name);
  if (found === undefined) throw new Error(`deployment ${name}: is not there though it was made`);
  const status = present === null ? 201 : 200;
  return operation === null
    ? answer(call, found, status)
    : answerAsMade(call, answer(call, found, status), regionId(site.facts.region), operation);
}

function judgedHere(call: ArmCall, site: Site, name: string, wanted: WantedDeployment): DeploymentOptions {
  const { simulation, nowMs } = call;
  const { control, plan } = simulation;
  const all = [...site.deployed.values()].map(({ options }) => options);
  // What the file deploys without a row in the table is known here too.
  const isKnown = (model: string): boolean =>
    plan.models.isKnown(model) || all.some((each) => isSameName(each.model, model));
  const options = judged(name, wanted, {
    factsOf: (model) => (isKnown(model) ? plan.models.facts(model) : null),
    nowMs,
    retiredModels: plan.control.retiredModels,
    present: all.find((each) => isSameName(each.name, name)) ?? null,
    others: all.filter((each) => !isSameName(each.name, name)),
    beingMade: [...site.provisioning.values()].map((each) => each.options),
    standardDeploymentsMax: plan.control.standardDeploymentsPerAccount,
    place: site.facts,
    account: site.facts.name,
    holdings: control.holdings(),
    quotas: control.quotas,
  });
  if (options instanceof ArmError) throw options;
  return options;
}

function controlOf(wanted: WantedDeployment, before: DeploymentControl | null, nowMs: number): DeploymentControl {
  const { createdMs = nowMs, isOwn = true } = before ?? {};
  return { ...wanted.control, isOwn, createdMs, modifiedMs: nowMs };
}

function remove(call: ArmCall): ArmAnswer {
  const site = siteOf(call);
  const found = site === undefined ? undefined : deploymentIn(site, call.names[3] ?? '');
  if (site === undefined || found === undefined) return { status: 204 };
  const { name } = found.options;
  const from = deploymentsOf(site).find(({ options }) => options.spilloverDeploymentName === name);
  if (from !== undefined) throw stillSpills(name, from);
  call.simulation.control.cancel(site, name);
  call.simulation.remove(site, name);
  return answerAsGone(call, regionId(site.facts.region));
}

/** The text is a guess. */
function stillSpills(name: string, { options }: Found): ArmError {
  const message = `The account deployment '${name}' cannot be deleted: it is the spillover deployment of '${options.name}'. Change that one first.`;
  return new ArmError(409, 'Conflict', message);
}

function notTerminal({ site, options }: Found): ArmError {
  const id = `${accountId(site)}/deployments/${options.name}`;
  const message = `Cannot modify resource with id '${id}' because the resource entity provisioning state is not terminal. Please wait for the provisioning state to become terminal and then retry the request.`;
  return new ArmError(409, 'RequestConflict', message);
}

function skus(call: ArmCall): ArmAnswer {
  const { options } = findDeployment(call);
  const facts = call.simulation.plan.models.facts(options.model);
  return listed(
    typesOf(facts).map((type) => ({
      resourceType: `${PROVIDER}/accounts/deployments`,
      sku: { name: type },
      capacity: capacityConfigOf(facts, type),
    })),
  );
}
