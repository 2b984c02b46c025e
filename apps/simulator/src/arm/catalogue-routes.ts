/** What can be deployed, and where there is room for it: models, SKUs, capacities; and the small questions that clients ask before. */
import { DEPLOYMENT_TYPES, isProvisioned } from '@spillway/azure-model';
import { buyableUnits, type ModelFacts, requestsPerMinuteOf } from '@spillway/protocol';
import { ACCOUNT_KINDS, ACCOUNT_SKU } from './account.ts';
import { ACCOUNT } from './account-routes.ts';
import { contentInvalid, modelNotSupported, PROVIDER } from './arm-error.ts';
import { type ArmAnswer, type ArmCall, type ArmRoute, isSameName, listed } from './call.ts';
import { capabilitiesOf, rateLimits } from './deployment-json.ts';
import { findAccount, regionsOf } from './find.ts';
import {
  capacityConfigOf,
  formatOf,
  isRetired,
  type OfferedVersion,
  typesOf,
  unitStepsOf,
  versionsOf,
} from './offers.ts';
import { heldOf, quotaName } from './quota.ts';
import { REGION_IDS, regionId } from './regions.ts';
import { recordIn, textIn } from './wanted.ts';

const SUBSCRIPTION = `/subscriptions/{sub}/providers/${PROVIDER}`;
const LOCATION = `${SUBSCRIPTION}/locations/{location}`;

export const catalogueRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: `${LOCATION}/models`, act: modelsOfRegion },
  { method: 'GET', path: `${ACCOUNT}/models`, act: modelsOfAccount },
  { method: 'GET', path: `${SUBSCRIPTION}/skus`, act: skus },
  { method: 'GET', path: `${ACCOUNT}/skus`, act: skusOfAccount },
  { method: 'GET', path: `${SUBSCRIPTION}/modelCapacities`, act: capacities },
  { method: 'GET', path: `${LOCATION}/modelCapacities`, act: capacities },
  { method: 'POST', path: `${LOCATION}/checkSkuAvailability`, act: checkSkus },
  { method: 'POST', path: `${SUBSCRIPTION}/checkDomainAvailability`, act: checkDomain },
  { method: 'POST', path: `${SUBSCRIPTION}/calculateModelCapacity`, act: calculate },
  { method: 'GET', path: `/providers/${PROVIDER}/operations`, act: operations },
];

interface Offered {
  readonly facts: ModelFacts;
  readonly offered: OfferedVersion;
}

function allOffered({ simulation }: ArmCall): readonly Offered[] {
  const { models } = simulation.plan;
  return models.names.flatMap((name) => {
    const facts = models.facts(name);
    return versionsOf(facts).map((offered) => ({ facts, offered }));
  });
}

function modelJson({ facts, offered }: Offered, nowMs: number) {
  const { version, retiresOn } = offered;
  const inference = retiresOn === null ? null : `${retiresOn}T00:00:00Z`;
  return {
    format: formatOf(facts),
    name: facts.name,
    version,
    isDefaultVersion: version === versionsOf(facts)[0]?.version,
    maxCapacity: capacityConfigOf(facts, 'GlobalStandard')?.maximum,
    capabilities: capabilitiesOf(facts),
    ...(inference === null ? {} : { deprecation: { inference } }),
    lifecycleStatus: isRetired(offered, nowMs) ? 'Deprecated' : 'GenerallyAvailable',
    skus: typesOf(facts).map((type) => ({
      name: type,
      usageName: quotaName(facts, type).value,
      ...(inference === null ? {} : { deprecationDate: inference }),
      capacity: capacityConfigOf(facts, type),
      ...(isProvisioned(type) ? {} : { rateLimits: limitsOfOne(facts) }),
    })),
  };
}

/** What comes with a capacity of 1. */
function limitsOfOne(facts: ModelFacts) {
  return rateLimits(requestsPerMinuteOf(facts, 1000), facts.requestWindowSeconds, 1000);
}

function modelsOfRegion(call: ArmCall): ArmAnswer {
  return listed(
    ACCOUNT_KINDS.flatMap((kind) =>
      allOffered(call)
        .filter(({ facts }) => kind === 'AIServices' || formatOf(facts) === 'OpenAI')
        .map((each) => ({ kind, skuName: ACCOUNT_SKU, model: modelJson(each, call.nowMs) })),
    ),
  );
}

function modelsOfAccount(call: ArmCall): ArmAnswer {
  const { account } = findAccount(call);
  const offered = allOffered(call).filter(({ facts }) => account.kind === 'AIServices' || formatOf(facts) === 'OpenAI');
  return listed(offered.map((each) => modelJson(each, call.nowMs)));
}

function skus(): ArmAnswer {
  const common = { resourceType: 'accounts', name: ACCOUNT_SKU, tier: 'Standard', restrictions: [] };
  return listed(
    ACCOUNT_KINDS.flatMap((kind) =>
      REGION_IDS.map((region) => ({ ...common, kind, locations: [region.toUpperCase()] })),
    ),
  );
}

function skusOfAccount(call: ArmCall): ArmAnswer {
  findAccount(call);
  return listed([{ resourceType: `${PROVIDER}/accounts`, sku: { name: ACCOUNT_SKU } }]);
}

/** How much more could be deployed: in each region where the subscription has something, or in the one of the path. */
function capacities(call: ArmCall): ArmAnswer {
  const { simulation, names, query } = call;
  const [subscription = '', location] = names;
  const wanted = ['modelFormat', 'modelName', 'modelVersion'].map((name) => query.get(name) ?? '');
  const [format = '', name = '', version = ''] = wanted;
  const offered = allOffered(call).filter(
    (each) => isSameName(each.facts.name, name) && isSameName(each.offered.version, version),
  );
  const [found] = offered.filter(({ facts }) => isSameName(formatOf(facts), format));
  if (found === undefined) return listed([]);
  const { facts } = found;
  const model = { format: formatOf(facts), name: facts.name, version: found.offered.version };
  const { control } = simulation;
  const holdings = control.holdings();
  const regions = location === undefined ? regionsOf(call, subscription) : [regionId(location)];
  const rows = regions.flatMap((region) =>
    typesOf(facts).map((skuName) => {
      const place = { subscription, region };
      const limit = control.quotas.limitOf(place, facts, skuName);
      const availableCapacity = Math.max(0, limit - heldOf(holdings, place, quotaName(facts, skuName).value));
      const id = `/subscriptions/${subscription}/providers/${PROVIDER}/locations/${region}/models/${model.format}.${model.name}.${model.version}/${skuName}`;
      const type = `${PROVIDER}/locations/models/skuCapacities`;
      const properties = { model, skuName, availableCapacity, availableFinetuneCapacity: 0 };
      return { id, name: skuName, type, location: region, properties };
    }),
  );
  return listed(rows);
}

/** Each is answered with kind and type beside it. Azure's limit is not known. */
export const SKUS_ASKED_MAX = 100;

function checkSkus({ body }: ArmCall): ArmAnswer {
  const { skus: wanted, kind, type } = recordIn({ body }, 'body');
  const names: readonly unknown[] = Array.isArray(wanted) ? wanted : [];
  if (names.length > SKUS_ASKED_MAX) throw contentInvalid(`the property 'skus' has more than ${SKUS_ASKED_MAX} items`);
  const isKind = ACCOUNT_KINDS.some((each) => each === kind);
  return listed(
    names.map((skuName) => {
      const skuAvailable = isKind && skuName === ACCOUNT_SKU;
      return { kind, type, skuName, skuAvailable, ...(skuAvailable ? {} : { reason: 'NotAvailableForSubscription' }) };
    }),
  );
}

function checkDomain({ simulation, body }: ArmCall): ArmAnswer {
  const subdomainName = textIn(body, 'subdomainName');
  if (subdomainName === null) throw contentInvalid("the property 'subdomainName' is required");
  const { control } = simulation;
  const isTaken =
    simulation.siteOfHost(subdomainName.toLowerCase()) !== undefined || control.deletedOf(subdomainName) !== undefined;
  const type = textIn(body, 'type');
  const kind = textIn(body, 'kind');
  const reason = isTaken ? `Sub domain name '${subdomainName}' is not valid. Reason: already used.` : null;
  return { status: 200, body: { isSubdomainAvailable: !isTaken, reason, subdomainName, type, kind } };
}

/** Wire §7.4: the units that a load needs, as it comes out, and as it is sold. */
function calculate({ simulation, body }: ArmCall): ArmAnswer {
  const model = recordIn(body, 'model');
  const name = textIn(model, 'name') ?? '';
  const { models } = simulation.plan;
  const facts = models.facts(name);
  const skuName = textIn(body, 'skuName');
  const type = DEPLOYMENT_TYPES.find((each) => each === skuName);
  const steps = type === undefined ? null : unitStepsOf(facts, type);
  if (!models.isKnown(name) || type === undefined || !isProvisioned(type) || steps === null) {
    throw modelNotSupported({ format: formatOf(facts), name, version: textIn(model, 'version') ?? '' });
  }
  const { workloads } = recordIn({ body }, 'body');
  const loads: readonly unknown[] = Array.isArray(workloads) ? workloads : [];
  const { inputTokensPerMinutePerUnit, outputWeight } = facts.provisioned;
  const tokens = loads.reduce<number>((sum, load) => sum + tokensPerMinuteOf(load, outputWeight), 0);
  const value = tokens / inputTokensPerMinutePerUnit;
  return {
    status: 200,
    body: { model, skuName, estimatedCapacity: { value, deployableValue: buyableUnits(steps, value) } },
  };
}

function tokensPerMinuteOf(load: unknown, outputWeight: number): number {
  const requests = numberIn(load, 'requestPerMinute');
  const shape = recordIn(load, 'requestParameters');
  return requests * (numberIn(shape, 'avgPromptTokens') + outputWeight * numberIn(shape, 'avgGeneratedTokens'));
}

function numberIn(holder: unknown, name: string): number {
  const value = recordIn({ holder }, 'holder')[name];
  return typeof value === 'number' && value >= 0 ? value : 0;
}

/** Of the many of Azure, those that are here. */
function operations(): ArmAnswer {
  const names = ['accounts', 'accounts/deployments'].flatMap((type) =>
    ['read', 'write', 'delete'].map((act) => ({ name: `${PROVIDER}/${type}/${act}`, type, act })),
  );
  return listed(
    names.map(({ name, type, act }) => ({
      name,
      isDataAction: false,
      display: { provider: 'Microsoft Cognitive Services', resource: type, operation: act, description: act },
    })),
  );
}
