/**
 * What can be read off options that may be full of errors: enough to check names and references, so that one error does not hide
 * the others. null stands for what is absent or of the wrong kind; the schema has told that.
 */
import { isRecord, type Path } from '@spillway/config';
import { DEFAULT_DEPLOYMENTS, DEFAULT_RESOURCES, DEFAULT_SUBSCRIPTION, defaultRegion } from '../defaults.ts';

export interface Outline {
  readonly port: number | null;
  readonly resources: readonly ResourceOutline[];
  readonly quotas: readonly QuotaOutline[];
  readonly faults: readonly Placed[];
  /** Keys of `recording` with their values. */
  readonly recording: Readonly<Record<string, unknown>>;
}

export interface Placed {
  readonly path: Path;
  readonly value: unknown;
}

export interface ResourceOutline {
  readonly path: Path;
  readonly name: string | null;
  readonly subscription: string;
  readonly region: string;
  readonly port: number | null;
  readonly keys: ReadonlySet<string>;
  readonly deployments: readonly DeploymentOutline[];
}

export interface DeploymentOutline {
  readonly path: Path;
  readonly name: string | null;
  readonly model: string | null;
  readonly type: string;
  readonly capacity: number | null;
  readonly spilloverDeploymentName: string | null;
  readonly keys: ReadonlySet<string>;
}

export interface QuotaOutline {
  readonly path: Path;
  readonly subscription: string;
  readonly region: string | null;
  readonly model: string | null;
  readonly type: string;
}

export function outline(data: unknown): Outline {
  return {
    port: numberAt(data, 'port'),
    resources: listAt(data, 'resources', [], DEFAULT_RESOURCES).map(resourceOutline),
    quotas: listAt(data, 'quotas', [], []).map(({ value, path }) => ({
      path,
      subscription: textAt(value, 'subscription') ?? DEFAULT_SUBSCRIPTION,
      region: textAt(value, 'region'),
      model: textAt(value, 'model'),
      type: textAt(value, 'type') ?? 'Standard',
    })),
    faults: listAt(data, 'faults', [], []),
    recording: isRecord(data) && isRecord(data.recording) ? data.recording : {},
  };
}

function resourceOutline({ value, path }: Placed, index: number): ResourceOutline {
  return {
    path,
    name: textAt(value, 'name'),
    subscription: textAt(value, 'subscription') ?? DEFAULT_SUBSCRIPTION,
    region: textAt(value, 'region') ?? defaultRegion(index),
    port: numberAt(value, 'port'),
    keys: keysOf(value),
    deployments: listAt(value, 'deployments', path, DEFAULT_DEPLOYMENTS).map(deploymentOutline),
  };
}

function deploymentOutline({ value, path }: Placed): DeploymentOutline {
  return {
    path,
    name: textAt(value, 'name'),
    model: textAt(value, 'model'),
    type: textAt(value, 'type') ?? 'Standard',
    capacity: numberAt(value, 'capacity'),
    spilloverDeploymentName: textAt(value, 'spilloverDeploymentName'),
    keys: keysOf(value),
  };
}

function keysOf(value: unknown): ReadonlySet<string> {
  return new Set(isRecord(value) ? Object.keys(value) : []);
}

function fieldOf(holder: unknown, key: string): unknown {
  return isRecord(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
}

function textAt(holder: unknown, key: string): string | null {
  const value = fieldOf(holder, key);
  return typeof value === 'string' ? value : null;
}

function numberAt(holder: unknown, key: string): number | null {
  const value = fieldOf(holder, key);
  return typeof value === 'number' ? value : null;
}

/** @param preset where the key is absent. */
function listAt(holder: unknown, key: string, path: Path, preset: readonly unknown[]): readonly Placed[] {
  const given = fieldOf(holder, key);
  const list: readonly unknown[] = given === undefined ? preset : Array.isArray(given) ? given : [];
  return list.map((value, index) => ({ value, path: [...path, key, index] }));
}
