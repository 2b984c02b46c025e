/** What Azure lets be deployed: model, version, type, size, spillover, quota. Pure: what is there comes as an argument. */
import { DEPLOYMENT_TYPES, type DeploymentOptions, type DeploymentType, isProvisioned } from '@spillway/azure-model';
import { buyableUnits, type ModelFacts, placeOf } from '@spillway/protocol';
import {
  ArmError,
  capacityOutOfRange,
  modelNotSupported,
  modelRetired,
  type NamedModel,
  propertiesInvalid,
  quotaInsufficient,
  skuNotSupported,
  unitsNotSold,
} from './arm-error.ts';
import {
  capacityConfigOf,
  formatOf,
  isRetired,
  type OfferedVersion,
  unitStepsOf,
  versionOf,
  versionsOf,
} from './offers.ts';
import { type ControlQuotas, type Holding, heldOf, type QuotaPlace, quotaName } from './quota.ts';
import type { WantedDeployment } from './wanted.ts';

export interface Circumstances {
  /** null for a model that nobody knows. */
  readonly factsOf: (model: string) => ModelFacts | null;
  readonly nowMs: number;
  readonly retiredModels: 'refuse' | 'allow';
  /** What is there under the name; null: nothing. */
  readonly present: DeploymentOptions | null;
  /** The other deployments of the account. */
  readonly others: readonly DeploymentOptions[];
  /** Those that are not there yet, but soon. */
  readonly beingMade: readonly DeploymentOptions[];
  readonly standardDeploymentsMax: number;
  readonly place: QuotaPlace;
  readonly account: string;
  /** Of the whole simulation. */
  readonly holdings: readonly Holding[];
  readonly quotas: Pick<ControlQuotas, 'limitOf'>;
}

interface Chosen {
  readonly name: string;
  readonly facts: ModelFacts;
  readonly model: NamedModel;
  readonly type: DeploymentType;
  readonly capacity: number;
  readonly spillover: string | null;
}

/** The options of the deployment, or why there cannot be one. */
export function judged(name: string, wanted: WantedDeployment, there: Circumstances): DeploymentOptions | ArmError {
  const found = chosenModel(wanted, there);
  if (found instanceof ArmError) return found;
  const { facts, model } = found;
  const type = DEPLOYMENT_TYPES.find((each) => each.toLowerCase() === wanted.sku.toLowerCase());
  if (type === undefined) return skuNotSupported(wanted.sku, model);
  const capacity = isSize(there.present, type, wanted.capacity)
    ? wanted.capacity
    : checkedCapacity(wanted.capacity, type, facts, model);
  if (capacity instanceof ArmError) return capacity;
  const chosen: Chosen = { name, facts, model, type, capacity, spillover: wanted.spilloverDeploymentName };
  return (
    otherModelProblem(chosen, there) ??
    spilloverProblem(chosen, there) ??
    countProblem(chosen, there) ??
    quotaProblem(chosen, there) ??
    optionsOf(chosen, there.present)
  );
}

type FoundModel = Pick<Chosen, 'facts' | 'model'>;

function chosenModel({ model }: WantedDeployment, there: Circumstances): FoundModel | ArmError {
  const facts = there.factsOf(model.name);
  const named = { format: model.format ?? 'OpenAI', name: model.name, version: model.version ?? '' };
  if (facts === null) return modelNotSupported(named);
  const format = formatOf(facts);
  if (model.format !== null && model.format.toLowerCase() !== format.toLowerCase()) return modelNotSupported(named);
  const version = model.version === null ? versionsOf(facts)[0] : knownVersion(facts, model.version, there.present);
  if (version === undefined || version === null) return modelNotSupported(named);
  const full = { format, name: facts.name, version: version.version };
  const gone = isRetired(version, there.nowMs) ? version.retiresOn : null;
  if (gone !== null && there.retiredModels === 'refuse' && !isThere(full, there.present, facts)) {
    return modelRetired(full, gone);
  }
  return { facts, model: full };
}

/** Of those that Azure has, or the one that is there already. */
function knownVersion(facts: ModelFacts, version: string, present: DeploymentOptions | null): OfferedVersion | null {
  const own = present?.modelVersion === version ? { version, retiresOn: null } : null;
  return versionOf(facts, version) ?? own;
}

/** What runs a retired version already may still be given another size. */
function isThere({ name, version }: NamedModel, present: DeploymentOptions | null, facts: ModelFacts): boolean {
  if (present === null) return false;
  return present.model.toLowerCase() === name.toLowerCase() && (present.modelVersion ?? facts.version) === version;
}

/** The size that is there, which other ways of making a deployment may have let be an odd one. */
function isSize(present: DeploymentOptions | null, type: DeploymentType, capacity: unknown): capacity is number {
  return present !== null && (present.type ?? 'Standard') === type && present.capacity === capacity;
}

function checkedCapacity(
  capacity: unknown,
  type: DeploymentType,
  facts: ModelFacts,
  model: NamedModel,
): number | ArmError {
  const config = capacityConfigOf(facts, type);
  if (config === null) return skuNotSupported(type, model);
  if (typeof capacity !== 'number' || !Number.isInteger(capacity) || capacity < 1 || capacity > config.maximum) {
    return capacityOutOfRange(capacity, config.maximum);
  }
  const steps = isProvisioned(type) ? unitStepsOf(facts, type) : null;
  const next = steps === null ? capacity : buyableUnits(steps, capacity);
  return steps === null || next === capacity ? capacity : unitsNotSold({ capacity, sku: type, model, ...steps, next });
}

/** The version may change, the model may not. The text is a guess. */
function otherModelProblem({ name, facts }: Chosen, { present, factsOf }: Circumstances): ArmError | null {
  if (present === null || (factsOf(present.model)?.name ?? present.model) === facts.name) return null;
  return propertiesInvalid(
    `The model name of the account deployment '${name}' cannot be changed from '${present.model}' to '${facts.name}'.`,
  );
}

/** Wire §7.7. The texts are a guess. */
function spilloverProblem({ name, facts, model, type, spillover }: Chosen, there: Circumstances): ArmError | null {
  if (spillover === null) return null;
  const refused = (why: string): ArmError =>
    propertiesInvalid(`The spillover deployment '${spillover}' of the account deployment '${name}' ${why}.`);
  if (!isProvisioned(type))
    return refused(`is not supported by the SKU '${type}'; only provisioned deployments have one`);
  const target = there.others.find((other) => other.name === spillover);
  if (target === undefined) return refused('does not exist in the account');
  const { type: targetType = 'Standard' } = target;
  if (isProvisioned(targetType)) return refused(`has the SKU '${targetType}'; it should be a Standard one`);
  if (placeOf(targetType) !== placeOf(type))
    return refused(`has the SKU '${targetType}', which processes data elsewhere`);
  const targetFacts = there.factsOf(target.model);
  if (targetFacts?.name !== facts.name) return refused(`runs the model '${target.model}', not '${facts.name}'`);
  const version = target.modelVersion ?? targetFacts.version;
  return version === null || version === model.version
    ? null
    : refused(`runs the version '${version}', not '${model.version}'`);
}

/** The text is a guess. */
function countProblem({ type }: Chosen, there: Circumstances): ArmError | null {
  const { present, others, beingMade, standardDeploymentsMax } = there;
  const isStandard = (options: DeploymentOptions): boolean => !isProvisioned(options.type ?? 'Standard');
  if (isProvisioned(type) || (present !== null && isStandard(present))) return null;
  if ([...others, ...beingMade].filter(isStandard).length < standardDeploymentsMax) return null;
  const message = `The account has ${standardDeploymentsMax} Standard deployments already, the most of one account. Delete one first.`;
  return new ArmError(400, 'DeploymentCountLimitExceeded', message);
}

function quotaProblem({ name, facts, type, capacity }: Chosen, there: Circumstances): ArmError | null {
  const quota = quotaName(facts, type);
  const limit = there.quotas.limitOf(there.place, facts, type);
  const used = heldOf(there.holdings, there.place, quota.value);
  const own = there.holdings.find(
    (each) =>
      each.account === there.account.toLowerCase() &&
      each.deployment === name.toLowerCase() &&
      each.quota === quota.value,
  );
  const more = capacity - (own?.capacity ?? 0);
  if (more <= 0 || used + more <= limit) return null;
  return quotaInsufficient({ quota: quota.localizedValue, more, used, limit });
}

/** What only other ways of making a deployment can say of it (a way of counting, a depth of the bucket) stays while its kind does. */
function optionsOf({ name, facts, model, type, capacity, spillover }: Chosen, present: DeploymentOptions | null) {
  const isSameKind = present !== null && isProvisioned(present.type ?? 'Standard') === isProvisioned(type);
  const { spilloverDeploymentName: _, requestsPerMinute, ...kept } = isSameKind ? present : { name };
  const isSameSize = isSameKind && present.capacity === capacity && (present.type ?? 'Standard') === type;
  return {
    ...kept,
    // Azure derives the rate from the size: one that was set by hand is of the old size.
    ...(isSameSize && requestsPerMinute !== undefined ? { requestsPerMinute } : {}),
    name,
    model: facts.name,
    modelVersion: model.version,
    type,
    capacity,
    ...(spillover === null ? {} : { spilloverDeploymentName: spillover }),
  } satisfies DeploymentOptions;
}
