/**
 * Refusals of the control plane: `{"error":{"code","message"}}` with a status. Texts that Azure's answers in public issues show are
 * taken from there, literally, slips of grammar included; those marked as a guess are ours.
 */
import { inWords } from '@spillway/azure-model';

export class ArmError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const PROVIDER = 'Microsoft.CognitiveServices';

export function apiVersionMissing(): ArmError {
  const message = 'The api-version query parameter (?api-version=) is required for all requests.';
  return new ArmError(400, 'MissingApiVersionParameter', message);
}

export function apiVersionInvalid(version: string): ArmError {
  const message = `The api-version '${version}' is invalid. A version is a date, with or without the suffix '-preview'.`;
  return new ArmError(400, 'InvalidApiVersionParameter', message);
}

export function contentInvalid(why: string): ArmError {
  const message = `The request content was invalid and could not be deserialized: '${why}'.`;
  return new ArmError(400, 'InvalidRequestContent', message);
}

/** Of an account; ARM names the type and the group. */
export function resourceNotFound(account: string, group: string): ArmError {
  const message = `The Resource '${PROVIDER}/accounts/${account}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return new ArmError(404, 'ResourceNotFound', message);
}

/** The text is a guess, after that of other child resources. */
export function deploymentNotFound(deployment: string, account: string): ArmError {
  const message = `The deployment '${deployment}' of the account '${account}' was not found.`;
  return new ArmError(404, 'DeploymentNotFound', message);
}

/** Of an operation: who began to make it has it deleted meanwhile. The text is a guess. */
export function deploymentCancelled(deployment: string): ArmError {
  return new ArmError(409, 'Canceled', `The deployment '${deployment}' was deleted before it was there.`);
}

export function typeNotFound(type: string, apiVersion: string): ArmError {
  const message = `The resource type '${type}' could not be found in the namespace '${PROVIDER}' for api version '${apiVersion}'.`;
  return new ArmError(404, 'InvalidResourceType', message);
}

export function namespaceInvalid(namespace: string): ArmError {
  return new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
}

/** The text is a guess. */
export function methodNotAllowed(method: string, type: string): ArmError {
  const message = `The requested resource '${type}' does not support http method '${method}'.`;
  return new ArmError(405, 'MethodNotAllowed', message);
}

export function softDeleted(id: string): ArmError {
  const message = `An existing resource with ID '${id}' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please purge it first.`;
  return new ArmError(409, 'FlagMustBeSetForRestore', message);
}

/** Names of accounts are subdomains, which all of Azure shares. */
export function subdomainTaken(name: string): ArmError {
  const message = `Please pick a different name. The subdomain name '${name}' is not available as it's already used by a resource.`;
  return new ArmError(409, 'CustomDomainInUse', message);
}

export function accountQuota(name: string): ArmError {
  return new ArmError(400, 'InsufficientQuota', `Insufficient quota. Cannot create/update/move resource '${name}'.`);
}

export function propertiesInvalid(message: string): ArmError {
  return new ArmError(400, 'InvalidResourceProperties', message);
}

/** A model as these messages name it. */
export interface NamedModel {
  readonly format: string;
  readonly name: string;
  readonly version: string;
}

function modelText({ format, name, version }: NamedModel): string {
  return `Format:${format},Name:${name},Version:${version}`;
}

export function modelNotSupported(model: NamedModel): ArmError {
  const message = `The model '${modelText(model)}' of account deployment is not supported.`;
  return new ArmError(400, 'DeploymentModelNotSupported', message);
}

/** @param retiredOn `2025-06-06`. */
export function modelRetired(model: NamedModel, retiredOn: string): ArmError {
  const [year, month, day] = retiredOn.split('-');
  const message = `The model '${modelText(model)}' has been deprecated since ${month}/${day}/${year} 00:00:00.`;
  return new ArmError(400, 'ServiceModelDeprecated', message);
}

export function skuNotSupported(sku: string, { name, version }: NamedModel): ArmError {
  const message = `The specified SKU '${sku}' of account deployment is not supported by the model '${name}' version: '${version}'.`;
  return propertiesInvalid(message);
}

/** @param max the most that would do. */
export function capacityOutOfRange(capacity: unknown, max: number): ArmError {
  const message = `The specified capacity '${inWords(capacity)}' of account deployment should be greater than 0 and no more than ${max}.`;
  return new ArmError(400, 'InvalidCapacity', message);
}

export interface OddUnits {
  readonly capacity: number;
  readonly sku: string;
  readonly model: NamedModel;
  readonly min: number;
  readonly step: number;
  readonly next: number;
}

/** Code as for other capacities; how Azure words it for units was not found, so this text is a guess. */
export function unitsNotSold({ capacity, sku, model, min, step, next }: OddUnits): ArmError {
  const message = `The specified capacity '${capacity}' of account deployment is not valid for the SKU '${sku}' of the model '${model.name}' version: '${model.version}': it should be at least ${min}, in increments of ${step}. The next capacity that fits is ${next}.`;
  return new ArmError(400, 'InvalidCapacity', message);
}

export interface Shortage {
  /** As `localizedValue` of the usage. */
  readonly quota: string;
  /** Beyond what the deployment holds already. */
  readonly more: number;
  readonly used: number;
  readonly limit: number;
}

export function quotaInsufficient({ quota, more, used, limit }: Shortage): ArmError {
  const message = `This operation require ${more} new capacity in quota ${quota}, which is bigger than the current available capacity ${Math.max(0, limit - used)}. The current quota usage is ${used} and the quota limit is ${limit} for quota ${quota}.`;
  return new ArmError(400, 'InsufficientQuota', message);
}
