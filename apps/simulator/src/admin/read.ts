/**
 * Resources and deployments as JSON, by the schema of the configuration file, so that both say the same of a value. What must agree
 * between several values is checked where a change is made (simulation.ts).
 */
import type { DeploymentOptions } from '@spillway/azure-model';
import {
  checkAgainst,
  type FileKind,
  Findings,
  formatPath,
  jsonSchemaOf,
  printError,
  type Source,
  valueAt,
} from '@spillway/config';
import { isRecord } from '@spillway/protocol';
import type * as z from 'zod';
import type { ControlQuota } from '../arm/control-options.ts';
import { controlQuota } from '../configure/schema-control.ts';
import { deployment } from '../configure/schema-deployment.ts';
import { resource } from '../configure/schema-resource.ts';
import { SIMULATOR_FILE } from '../configure/simulator-file.ts';
import type { ResourceOptions } from '../options.ts';
import type { ChangeableOptions } from '../simulation.ts';

const changes = resource.pick({
  key: true,
  keys: true,
  dialect: true,
  latency: true,
  answers: true,
  spilloverFailure: true,
});
const deploymentWithoutName = deployment.omit({ name: true });

export type Read<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

export function readResource(body: unknown): Read<ResourceOptions> {
  return read(resource, body);
}

/** Of a resource that is there. */
export function readChanges(body: unknown): Read<ChangeableOptions> {
  return read(changes, body);
}

export function readDeployment(body: unknown): Read<DeploymentOptions> {
  return read(deployment, body);
}

export function readControlQuota(body: unknown): Read<ControlQuota> {
  return read(controlQuota, body);
}

/** The options as they are after the changes; null takes one back to its default. */
export function readDeploymentChanges(
  body: unknown,
  options: DeploymentOptions | undefined,
): Read<Omit<DeploymentOptions, 'name'>> {
  if (!isRecord(body)) return read(deploymentWithoutName, body);
  const { name: _, ...present } = options ?? { name: '' };
  const wanted = Object.entries({ ...present, ...body }).filter(([, value]) => value !== null);
  return read(deploymentWithoutName, Object.fromEntries(wanted));
}

function read<Value>(schema: z.ZodType<Value>, body: unknown): Read<Value> {
  if (!isRecord(body)) return { kind: 'errors', errors: ['body: is not a JSON object; send one'] };
  const findings = new Findings(sourceOf(body));
  const kind: FileKind = { ...SIMULATOR_FILE, jsonSchema: () => jsonSchemaOf(schema) };
  const value = checkAgainst(schema, kind, body, findings);
  return value === null ? { kind: 'errors', errors: findings.errors.map(printError) } : { kind: 'value', value };
}

function sourceOf(body: unknown): Source {
  return {
    file: null,
    place: () => ({ line: null, column: null }),
    name: formatPath,
    written: (path) => valueAt(body, path),
  };
}
