/** The body of a deployment, as it comes: `sku` and `properties`, read once. What is absent has Azure's default. */
import type { DeploymentOptions } from '@spillway/azure-model';
import { isRecord } from '@spillway/protocol';
import { type ArmError, contentInvalid, propertiesInvalid } from './arm-error.ts';

export const UPGRADE_OPTIONS = [
  'OnceNewDefaultVersionAvailable',
  'OnceCurrentVersionExpired',
  'NoAutoUpgrade',
] as const;

/** What the control plane keeps of a deployment, besides what the running one needs. */
export interface DeploymentControl {
  /** Whether the control plane made it: then it outlives the process. */
  readonly isOwn: boolean;
  /** As it was written: `OpenAI`. null: by the model's name. */
  readonly format: string | null;
  readonly raiPolicyName: string;
  readonly versionUpgradeOption: (typeof UPGRADE_OPTIONS)[number];
  readonly dynamicThrottlingEnabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/** Of a deployment that the control plane has never seen. */
export function plainControl(nowMs: number): DeploymentControl {
  return {
    isOwn: false,
    format: null,
    raiPolicyName: 'Microsoft.DefaultV2',
    versionUpgradeOption: 'OnceNewDefaultVersionAvailable',
    dynamicThrottlingEnabled: false,
    tags: {},
    createdMs: nowMs,
    modifiedMs: nowMs,
  };
}

export interface WantedDeployment {
  readonly sku: string;
  /** As it came: whether it is a whole number is looked at with the other rules. */
  readonly capacity: unknown;
  readonly model: { readonly format: string | null; readonly name: string; readonly version: string | null };
  readonly spilloverDeploymentName: string | null;
  readonly control: Omit<DeploymentControl, 'isOwn' | 'createdMs' | 'modifiedMs'>;
}

/** Where no SKU is named. The old form, `scaleSettings`, named the capacity elsewhere. */
const USUAL_SKU = 'Standard';
const USUAL_CAPACITY = 1;

export function readWanted(body: unknown): WantedDeployment | ArmError {
  if (!isRecord(body)) return contentInvalid('the body is not a JSON object');
  const properties = recordIn(body, 'properties');
  const sku = recordIn(body, 'sku');
  const model = recordIn(properties, 'model');
  const name = textIn(model, 'name');
  if (name === null) return propertiesInvalid("The property 'model.name' of account deployment is required.");
  const upgrade = textIn(properties, 'versionUpgradeOption') ?? UPGRADE_OPTIONS[0];
  const versionUpgradeOption = UPGRADE_OPTIONS.find((option) => option.toLowerCase() === upgrade.toLowerCase());
  if (versionUpgradeOption === undefined) {
    return propertiesInvalid(
      `The specified version upgrade option '${upgrade}' of account deployment is not supported.`,
    );
  }
  const format = textIn(model, 'format');
  return {
    sku: textIn(sku, 'name') ?? USUAL_SKU,
    capacity: sku.capacity ?? recordIn(properties, 'scaleSettings').capacity ?? USUAL_CAPACITY,
    model: { format, name, version: textIn(model, 'version') },
    spilloverDeploymentName: textIn(properties, 'spilloverDeploymentName'),
    control: {
      format,
      raiPolicyName: textIn(properties, 'raiPolicyName') ?? 'Microsoft.DefaultV2',
      versionUpgradeOption,
      dynamicThrottlingEnabled: properties.dynamicThrottlingEnabled === true,
      tags: tagsIn(body),
    },
  };
}

/** The body of a PUT that would make what is there: a PATCH is merged into it. */
export function bodyOf(options: DeploymentOptions, control: DeploymentControl): Record<string, unknown> {
  const { model: name, modelVersion: version, type = 'Standard', capacity, spilloverDeploymentName } = options;
  const { format, raiPolicyName, versionUpgradeOption, dynamicThrottlingEnabled, tags } = control;
  const model = { ...(format === null ? {} : { format }), name, ...(version === undefined ? {} : { version }) };
  const spillover = spilloverDeploymentName === undefined ? {} : { spilloverDeploymentName };
  const properties = { model, raiPolicyName, versionUpgradeOption, dynamicThrottlingEnabled, ...spillover };
  return { sku: { name: type, capacity }, properties, tags };
}

/** Objects by their fields, anything else whole; null takes a field away (RFC 7396). */
export function merged(base: unknown, patch: unknown, depth = MERGE_DEPTH_MAX): unknown {
  if (!isRecord(patch) || depth === 0) return patch;
  const fields = new Map<string, unknown>(isRecord(base) ? Object.entries(base) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else fields.set(name, merged(fields.get(name), value, depth - 1));
  }
  return Object.fromEntries(fields);
}

/** Nothing that is read is deeper. */
const MERGE_DEPTH_MAX = 5;

export function recordIn(holder: unknown, name: string): Readonly<Record<string, unknown>> {
  const value = isRecord(holder) ? holder[name] : undefined;
  return isRecord(value) ? value : {};
}

/** An empty text is none. */
export function textIn(holder: unknown, name: string): string | null {
  const value = isRecord(holder) ? holder[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** As ARM has it. */
export const TAGS_MAX = 50;

/** What is no text, and what is beyond {@link TAGS_MAX}, is left out. */
export function tagsIn(body: unknown): Readonly<Record<string, string>> {
  const tags = Object.entries(recordIn(body, 'tags')).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(tags.slice(0, TAGS_MAX));
}
