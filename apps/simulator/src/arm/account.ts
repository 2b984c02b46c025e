/** What the control plane knows of an account beyond what the resource itself needs, and how both are written down. */
import { isRecord } from '@spillway/protocol';
import type { ResourceOptions } from '../options.ts';
import type { Site } from '../site.ts';
import { type DeploymentControl, plainControl, recordIn, tagsIn, textIn, UPGRADE_OPTIONS } from './wanted.ts';

export const ACCOUNT_KINDS = ['OpenAI', 'AIServices'] as const;
/** The only size that Azure OpenAI comes in. */
export const ACCOUNT_SKU = 'S0';

export interface AccountControl {
  /** Whether the control plane made it: then it outlives the process. */
  readonly isOwn: boolean;
  readonly kind: (typeof ACCOUNT_KINDS)[number];
  readonly tags: Readonly<Record<string, string>>;
  /** A host name of the resource, as its name is. */
  readonly customSubDomainName: string;
  /** Whether keys are refused. */
  readonly disableLocalAuth: boolean;
  /** Properties that are shown as they came, and change nothing here. */
  readonly given: Readonly<Record<string, unknown>>;
  /** How often its keys were made anew. */
  readonly keysMade: number;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly modifiedMs: number;
  /** From when on it is there. */
  readonly readyMs: number;
}

/** Of a resource that the options name, or an admin route. */
export function plainAccount(name: string, nowMs: number): AccountControl {
  return {
    isOwn: false,
    kind: 'OpenAI',
    tags: {},
    customSubDomainName: name.toLowerCase(),
    disableLocalAuth: false,
    given: {},
    keysMade: 0,
    createdMs: nowMs,
    modifiedMs: nowMs,
    readyMs: nowMs,
  };
}

/** What Azure keeps of them is more; these are the ones that templates set. */
const GIVEN = [
  'publicNetworkAccess',
  'networkAcls',
  'restrictOutboundNetworkAccess',
  'allowedFqdnList',
  'dynamicThrottlingEnabled',
  'storedCompletionsDisabled',
  'allowProjectManagement',
  'apiProperties',
];

/** The body of an account on top of what is there. */
export function changedAccount(before: AccountControl, body: unknown, nowMs: number): AccountControl {
  const properties = recordIn(body, 'properties');
  const given = Object.entries(properties).filter(([name]) => GIVEN.includes(name));
  const tags = isRecord(body) && isRecord(body.tags) ? tagsIn(body) : before.tags;
  const { disableLocalAuth } = properties;
  return {
    ...before,
    tags,
    customSubDomainName: textIn(properties, 'customSubDomainName') ?? before.customSubDomainName,
    disableLocalAuth: typeof disableLocalAuth === 'boolean' ? disableLocalAuth : before.disableLocalAuth,
    given: { ...before.given, ...Object.fromEntries(given) },
    modifiedMs: nowMs,
  };
}

/** All that makes an account again: after a restart, and when it is restored. As JSON has it. */
export interface AccountSnapshot {
  readonly options: ResourceOptions;
  readonly control: AccountControl;
  /** By name. */
  readonly deployments: Readonly<Record<string, DeploymentControl>>;
  /** When it was soft-deleted; null: it is there. Milliseconds since 1970. */
  readonly deletedMs: number | null;
}

/** What the control plane knows of a resource and of its deployments. */
export type ControlPart = Pick<AccountSnapshot, 'control' | 'deployments'>;

export function snapshotOf({ facts, resourceGroup, upstream, port, account, deployed }: Site): AccountSnapshot {
  const { name, subscription, region, keys, dialect, latency, answers, spilloverFailure } = facts;
  const options: ResourceOptions = {
    ...{ name, subscription, region, keys, dialect, latency, answers, spilloverFailure, resourceGroup, port },
    ...(upstream === null ? {} : { upstream }),
    deployments: [...deployed.values()].map((each) => each.options),
  };
  const deployments = Object.fromEntries([...deployed].map(([each, { control }]) => [each, control]));
  return { options, control: account, deployments, deletedMs: null };
}

/** Of a resource that comes from elsewhere only the deployments that the control plane made, and the name. */
export function ownPartOf(snapshot: AccountSnapshot): AccountSnapshot {
  const { name, deployments = [] } = snapshot.options;
  const own = deployments.filter((each) => snapshot.deployments[each.name]?.isOwn === true);
  return { ...snapshot, options: { name, deployments: own } };
}

export function accountControlFrom(value: unknown, name: string): AccountControl {
  const fields = recordIn({ value }, 'value');
  const plain = plainAccount(name, numberIn(fields, 'createdMs'));
  return {
    isOwn: fields.isOwn === true,
    kind: ACCOUNT_KINDS.find((kind) => kind === fields.kind) ?? plain.kind,
    tags: tagsIn(fields),
    customSubDomainName: textIn(fields, 'customSubDomainName') ?? plain.customSubDomainName,
    disableLocalAuth: fields.disableLocalAuth === true,
    given: recordIn(fields, 'given'),
    keysMade: numberIn(fields, 'keysMade'),
    createdMs: plain.createdMs,
    modifiedMs: numberIn(fields, 'modifiedMs'),
    // The clock that said when may have been far ahead of the one that says so now: what was being made before a restart is made.
    readyMs: 0,
  };
}

export function deploymentControlFrom(value: unknown): DeploymentControl {
  const fields = recordIn({ value }, 'value');
  const plain = plainControl(numberIn(fields, 'createdMs'));
  const upgrade = UPGRADE_OPTIONS.find((option) => option === fields.versionUpgradeOption);
  return {
    isOwn: fields.isOwn === true,
    format: textIn(fields, 'format'),
    raiPolicyName: textIn(fields, 'raiPolicyName') ?? plain.raiPolicyName,
    versionUpgradeOption: upgrade ?? plain.versionUpgradeOption,
    dynamicThrottlingEnabled: fields.dynamicThrottlingEnabled === true,
    tags: tagsIn(fields),
    createdMs: plain.createdMs,
    modifiedMs: numberIn(fields, 'modifiedMs'),
  };
}

/** ECMAScript, "Time Values and Time Range": what is beyond is no date, and cannot be shown. Milliseconds. */
const MOMENT_MS_MAX = 8.64e15;

function numberIn(holder: Readonly<Record<string, unknown>>, name: string): number {
  const value = holder[name];
  return typeof value === 'number' && Math.abs(value) <= MOMENT_MS_MAX ? value : 0;
}
