/** Accounts: made, changed, listed, deleted; their keys. */

import { isRecord } from '@spillway/protocol';
import type { Site } from '../site.ts';
import { ACCOUNT_KINDS, ACCOUNT_SKU, type AccountControl, changedAccount, plainAccount } from './account.ts';
import { accountJson } from './account-json.ts';
import {
  ArmError,
  accountQuota,
  contentInvalid,
  PROVIDER,
  propertiesInvalid,
  softDeleted,
  subdomainTaken,
} from './arm-error.ts';
import { type ArmAnswer, type ArmCall, type ArmRoute, isSameName, listed } from './call.ts';
import { accountPath, findAccount, siteOf, sitesIn } from './find.ts';
import { answerAsGone, answerAsMade } from './operation-routes.ts';
import { isInPlace } from './quota.ts';
import { regionId, regionName } from './regions.ts';
import { recordIn, textIn } from './wanted.ts';

const GROUP = `/subscriptions/{sub}/resourceGroups/{group}/providers/${PROVIDER}`;
export const ACCOUNT = `${GROUP}/accounts/{account}`;

export const accountRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: `/subscriptions/{sub}/providers/${PROVIDER}/accounts`, act: (call) => list(call, null) },
  { method: 'GET', path: `${GROUP}/accounts`, act: (call) => list(call, call.names[1] ?? '') },
  { method: 'GET', path: ACCOUNT, act: (call) => answer(call, findAccount(call)) },
  { method: 'PUT', path: ACCOUNT, act: put },
  { method: 'PATCH', path: ACCOUNT, act: (call) => change(call, findAccount(call)) },
  { method: 'DELETE', path: ACCOUNT, act: remove },
  { method: 'POST', path: `${ACCOUNT}/listKeys`, act: (call) => keys(findAccount(call)) },
  { method: 'POST', path: `${ACCOUNT}/regenerateKey`, act: regenerateKey },
];

function list(call: ArmCall, group: string | null): ArmAnswer {
  const sites = sitesIn(call, call.names[0] ?? '', group);
  return listed(sites.map((site) => accountJson(site, call.origin, call.nowMs)));
}

function answer(call: ArmCall, site: Site, status = 200): ArmAnswer {
  return { status, body: accountJson(site, call.origin, call.nowMs) };
}

function put(call: ArmCall): ArmAnswer | Promise<ArmAnswer> {
  if (!isRecord(call.body)) throw contentInvalid('the body is not a JSON object');
  const site = siteOf(call);
  return site === undefined ? create(call, call.body) : change(call, site);
}

/** Azure settles these when an account is made. */
interface Settled {
  readonly region: string;
  readonly kind: AccountControl['kind'];
}

async function create(call: ArmCall, body: Readonly<Record<string, unknown>>): Promise<ArmAnswer> {
  const { simulation, names, nowMs } = call;
  const [subscription = '', resourceGroup = '', name = ''] = names;
  const restored = await restore(call, body);
  if (restored !== null) return answer(call, restored);
  const { region, kind } = settled(body);
  const plain = { ...plainAccount(name, nowMs), isOwn: true, kind };
  const control = { ...changedAccount(plain, body, nowMs), readyMs: nowMs + simulation.control.provisioningMs };
  const taken = [name, control.customSubDomainName].find((each) => simulation.siteOfHost(each.toLowerCase()));
  if (taken !== undefined) throw subdomainTaken(taken);
  checkRoom(call, { subscription, region }, name);
  const key = `simulated-key-${name}`;
  const options = { name, subscription, resourceGroup, region, keys: [`${key}-1`, `${key}-2`], deployments: [] };
  const site = await simulation.addResource(options, { control, deployments: {} });
  simulation.describe(site, site.account);
  return answerAsMade(call, answer(call, site, 201), regionId(region));
}

/** null: nothing of that name was soft-deleted. */
async function restore({ simulation, names }: ArmCall, body: Readonly<Record<string, unknown>>): Promise<Site | null> {
  const [subscription = '', resourceGroup = '', name = ''] = names;
  const deleted = simulation.control.deletedOf(name);
  if (deleted === undefined) return null;
  const { options } = deleted;
  const isIts =
    isSameName(options.subscription ?? '', subscription) && isSameName(options.resourceGroup ?? '', resourceGroup);
  if (!isIts) throw subdomainTaken(name);
  if (recordIn(body, 'properties').restore !== true) throw softDeleted(accountPath(subscription, resourceGroup, name));
  return simulation.control.restore(deleted);
}

function settled(body: Readonly<Record<string, unknown>>): Settled {
  const location = textIn(body, 'location');
  if (location === null) {
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const wanted = textIn(body, 'kind') ?? '';
  const kind = ACCOUNT_KINDS.find((each) => isSameName(each, wanted));
  if (kind === undefined) {
    const message = `The account type '${wanted}' is either invalid or unavailable in given region.`;
    throw new ArmError(400, 'InvalidApiSetId', message);
  }
  const sku = textIn(recordIn(body, 'sku'), 'name') ?? '';
  if (!isSameName(sku, ACCOUNT_SKU))
    throw propertiesInvalid(`The specified SKU '${sku}' of the account type '${kind}' is not supported.`);
  return { region: regionName(location), kind };
}

function checkRoom({ simulation }: ArmCall, place: { subscription: string; region: string }, name: string): void {
  const there = simulation.sites.filter(({ facts }) => isInPlace(facts, place)).length;
  const gone = simulation.control.deleted.filter(({ options: { subscription = '', region = '' } }) =>
    isInPlace({ subscription, region }, place),
  ).length;
  if (there + gone >= simulation.plan.control.accountsPerRegion) throw accountQuota(name);
}

function change(call: ArmCall, site: Site): ArmAnswer {
  const { simulation, body, nowMs } = call;
  if (!isRecord(body)) throw contentInvalid('the body is not a JSON object');
  const { facts, resourceGroup } = site;
  const location = textIn(body, 'location');
  if (location !== null && regionId(location) !== regionId(facts.region)) {
    const message = `The resource '${facts.name}' already exists in location '${regionId(facts.region)}' in resource group '${resourceGroup}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`;
    throw new ArmError(409, 'InvalidResourceLocation', message);
  }
  const account = changedAccount(site.account, body, nowMs);
  const other = simulation.siteOfHost(account.customSubDomainName.toLowerCase());
  if (other !== undefined && other !== site) throw subdomainTaken(account.customSubDomainName);
  simulation.describe(site, account);
  return answer(call, site);
}

async function remove(call: ArmCall): Promise<ArmAnswer> {
  const site = siteOf(call);
  if (site === undefined) return { status: 204 };
  await call.simulation.control.softDelete(site);
  return answerAsGone(call, regionId(site.facts.region));
}

function keys({ facts, account }: Site): ArmAnswer {
  if (account.disableLocalAuth) {
    throw new ArmError(400, 'BadRequest', 'Failed to list key. disableLocalAuth is set to be true');
  }
  const [key1 = '', key2 = key1] = facts.keys;
  return { status: 200, body: { key1, key2 } };
}

function regenerateKey(call: ArmCall): ArmAnswer {
  const site = findAccount(call);
  const which = textIn(call.body, 'keyName')?.toLowerCase();
  if (which !== 'key1' && which !== 'key2') {
    throw contentInvalid("the property 'keyName' is neither 'Key1' nor 'Key2'");
  }
  const [key1 = '', key2 = key1, ...others] = site.facts.keys;
  const keysMade = site.account.keysMade + 1;
  const made = `simulated-key-${site.facts.name}-${keysMade + 2}`;
  const [first, second] = which === 'key1' ? [made, key2] : [key1, made];
  call.simulation.change(site, { keys: [first, second, ...others] });
  call.simulation.describe(site, { ...site.account, keysMade, modifiedMs: call.nowMs });
  return keys(site);
}
