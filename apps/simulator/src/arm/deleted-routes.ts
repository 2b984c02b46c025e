/** Soft-deleted accounts: listed, shown, purged. They are restored by a PUT of the account with `restore`. */
import { deletedJson } from './account-json.ts';
import { PROVIDER, resourceNotFound } from './arm-error.ts';
import { type ArmAnswer, type ArmCall, type ArmRoute, isSameName, listed } from './call.ts';
import type { DeletedAccount } from './control.ts';
import { answerAsGone } from './operation-routes.ts';
import { regionId } from './regions.ts';

const SUBSCRIPTION = `/subscriptions/{sub}/providers/${PROVIDER}`;
const ONE = `${SUBSCRIPTION}/locations/{location}/resourceGroups/{group}/deletedAccounts/{account}`;

export const deletedRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: `${SUBSCRIPTION}/deletedAccounts`, act: list },
  { method: 'GET', path: ONE, act: show },
  { method: 'DELETE', path: ONE, act: purge },
];

function json(deleted: DeletedAccount) {
  const { name, subscription = '', resourceGroup = '', region = '' } = deleted.options;
  const base = `/subscriptions/${subscription}/providers/${PROVIDER}/locations/${regionId(region)}`;
  return deletedJson(deleted, `${base}/resourceGroups/${resourceGroup}/deletedAccounts/${name}`);
}

function list({ simulation, names }: ArmCall): ArmAnswer {
  const all = simulation.control.deleted;
  return listed(all.filter(({ options }) => isSameName(options.subscription ?? '', names[0] ?? '')).map(json));
}

function find({ simulation, names }: ArmCall): DeletedAccount | null {
  const [subscription = '', location = '', group = '', account = ''] = names;
  const deleted = simulation.control.deletedOf(account);
  if (deleted === undefined) return null;
  const { options } = deleted;
  const isIts =
    isSameName(options.subscription ?? '', subscription) &&
    isSameName(options.resourceGroup ?? '', group) &&
    regionId(options.region ?? '') === regionId(location);
  return isIts ? deleted : null;
}

function show(call: ArmCall): ArmAnswer {
  const deleted = find(call);
  if (deleted === null) throw resourceNotFound(call.names[3] ?? '', call.names[2] ?? '');
  return { status: 200, body: json(deleted) };
}

function purge(call: ArmCall): ArmAnswer {
  const deleted = find(call);
  if (deleted === null) return { status: 204 };
  call.simulation.control.purge(deleted.options.name);
  return answerAsGone(call, regionId(call.names[1] ?? ''));
}
