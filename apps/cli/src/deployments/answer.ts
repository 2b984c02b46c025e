/** Answers of the control plane, parsed once: accounts and deployments. What is missing is null. Pure. */
import { isRecord } from '@spillway/config';

export interface RateLimit {
  /** `request` or `token`. */
  readonly key: string;
  readonly count: number;
  readonly renewalSeconds: number;
}

export interface ArmDeployment {
  readonly name: string;
  readonly model: { readonly format: string | null; readonly name: string | null; readonly version: string | null };
  /** The `sku.name`. */
  readonly type: string | null;
  readonly capacity: number | null;
  readonly state: string | null;
  readonly raiPolicyName: string | null;
  readonly versionUpgradeOption: string | null;
  readonly spilloverDeploymentName: string | null;
  readonly dynamicThrottlingEnabled: boolean | null;
  readonly rateLimits: readonly RateLimit[];
  readonly id: string | null;
}

export interface ArmAccount {
  readonly id: string;
  readonly name: string;
  /** `OpenAI`, `AIServices`, `SpeechServices` … */
  readonly kind: string | null;
  readonly location: string | null;
  /** Where its models answer. */
  readonly endpoint: string | null;
  /** Keys are refused: Entra ID alone. */
  readonly localAuthDisabled: boolean;
}

/** @returns null for what is no deployment. */
export function deploymentOf(value: unknown): ArmDeployment | null {
  if (!isRecord(value) || typeof value.name !== 'string') return null;
  const sku = record(value.sku);
  const properties = record(value.properties);
  const model = record(properties.model);
  return {
    name: value.name,
    model: { format: text(model.format), name: text(model.name), version: text(model.version) },
    type: text(sku.name),
    capacity: number(sku.capacity),
    state: text(properties.provisioningState),
    raiPolicyName: text(properties.raiPolicyName),
    versionUpgradeOption: text(properties.versionUpgradeOption),
    spilloverDeploymentName: text(properties.spilloverDeploymentName),
    dynamicThrottlingEnabled:
      typeof properties.dynamicThrottlingEnabled === 'boolean' ? properties.dynamicThrottlingEnabled : null,
    rateLimits: list(properties.rateLimits).flatMap(rateLimitOf),
    id: text(value.id),
  };
}

function rateLimitOf(value: unknown): readonly RateLimit[] {
  const { key, count, renewalPeriod } = record(value);
  if (typeof key !== 'string' || typeof count !== 'number' || typeof renewalPeriod !== 'number') return [];
  return [{ key, count, renewalSeconds: renewalPeriod }];
}

/** @returns null for what is no account. */
export function accountOf(value: unknown): ArmAccount | null {
  if (!isRecord(value) || typeof value.name !== 'string' || typeof value.id !== 'string') return null;
  const properties = record(value.properties);
  // Of an `AIServices` account, `endpoint` is the general host, and the models answer at another one.
  const endpoint =
    text(record(properties.endpoints)['OpenAI Language Model Instance API']) ?? text(properties.endpoint);
  return {
    id: value.id,
    name: value.name,
    kind: text(value.kind),
    location: text(value.location),
    endpoint: endpoint?.replace(/\/+$/, '') ?? null,
    localAuthDisabled: properties.disableLocalAuth === true,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
