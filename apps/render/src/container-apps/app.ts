/** A container app: one container, its probes, and what it is told. */
import { API } from '../arm/azure.ts';
import { call, idOf, parameter, propertiesOf, type Value } from '../arm/expression.ts';
import { named, type Resource } from '../arm/template.ts';
import { HEALTH_PATH, PLACEHOLDER, PORT } from './names.ts';
import { imageOr, location, type Platform, tags } from './platform.ts';

export interface AppOptions {
  readonly platform: Platform;
  readonly name: Value;
  /** Its name under `services` in azure.yaml. */
  readonly service: string;
  readonly args: readonly string[];
  readonly env: Value;
  readonly secrets: Value;
  readonly volumes: readonly Value[];
  readonly volumeMounts: readonly Value[];
  readonly cpu: string;
  readonly memory: string;
  readonly replicasMax: Value;
  /** From SIGTERM to SIGKILL. Seconds, 600 at most. */
  readonly graceSeconds: number;
  readonly rules: Value;
  readonly after: readonly Resource[];
}

export function containerApp(options: AppOptions): Resource {
  const { platform, name, service, after } = options;
  return {
    symbol: 'app',
    type: 'Microsoft.App/containerApps',
    apiVersion: API.app,
    name: named(name),
    body: {
      location,
      // azd finds the app that a service is deployed to by this tag.
      tags: call('union', tags, { 'azd-service-name': service }),
      identity: {
        type: 'UserAssigned',
        userAssignedIdentities: call('createObject', idOf(platform.identity), {}),
      },
      properties: {
        managedEnvironmentId: idOf(platform.environment),
        workloadProfileName: 'Consumption',
        configuration: configurationOf(options),
        template: templateOf(options),
      },
    },
    after,
  };
}

function configurationOf({ platform, secrets }: AppOptions): Value {
  return {
    activeRevisionsMode: 'Single',
    ingress: { external: true, targetPort: PORT, transport: 'auto', allowInsecure: false },
    registries: [{ server: propertiesOf(platform.registry).at('loginServer'), identity: idOf(platform.identity) }],
    secrets,
  };
}

function templateOf(options: AppOptions): Value {
  const { service, args, env, cpu, memory, volumes, volumeMounts, replicasMax, graceSeconds, rules } = options;
  return {
    terminationGracePeriodSeconds: graceSeconds,
    containers: [
      {
        name: service,
        image: imageOr(`${service}Image`, PLACEHOLDER),
        args,
        env,
        resources: { cpu: call('json', cpu), memory },
        probes: PROBES,
        volumeMounts,
      },
    ],
    scale: { minReplicas: 1, maxReplicas: replicasMax, rules },
    volumes,
  };
}

/** All by one path, which the placeholder answers too. It asks nothing behind the app: a gateway whose backends are busy is healthy. */
const httpGet = { path: HEALTH_PATH, port: PORT };
const PROBES: readonly Value[] = [
  { type: 'Startup', httpGet, periodSeconds: 2, failureThreshold: 10, timeoutSeconds: 2 },
  { type: 'Readiness', httpGet, periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 2 },
  { type: 'Liveness', httpGet, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
];

export const plainEnv = (name: string, value: Value): Value => ({ name, value });
export const secretEnv = (name: string, secretRef: string): Value => ({ name, secretRef });
export const isGiven = (name: string): Value => call('not', call('empty', parameter(name)));
