/** Fleets that the templates are tried with, and what a template would deploy for them. */
import { evaluateTemplate, type Prediction } from '../../apps/render/src/arm/evaluate.ts';
import { type Json, type JsonObject, textOf } from '../../apps/render/src/arm/functions.ts';
import { defaultContainerApps } from '../../apps/render/src/index.ts';
import { asObject } from './arm-schemas.ts';

export const PROJECTS = ['gateway', 'chat'] as const;
export type Project = (typeof PROJECTS)[number];

const REGIONS = ['eastus', 'eastus2', 'swedencentral', 'northcentralus', 'westus3', 'uksouth'];
const instances = (count: number): Json =>
  Array.from({ length: count }, (_, at) => ({ region: REGIONS[at % 6] ?? '' }));
const MIXED: Json = [
  {
    name: 'reserved',
    region: 'swedencentral',
    deployments: [
      {
        name: 'gpt-ptu',
        model: 'gpt-5.4',
        version: '2026-03-05',
        type: 'ProvisionedManaged',
        capacity: 100,
        priority: 1,
      },
      { name: 'gpt', model: 'gpt-5.4', version: '2026-03-05', type: 'Standard', capacity: 50, priority: 2, weight: 2 },
    ],
  },
  {
    name: 'spill',
    region: 'eastus2',
    deployments: [
      {
        name: 'gpt',
        model: 'gpt-5.4',
        version: '2026-03-05',
        type: 'GlobalStandard',
        capacity: 300,
        priority: 3,
        contentFilter: 'strict',
      },
    ],
  },
];

/** What each shape sets beside the defaults. */
export const FLEETS: Readonly<Record<string, JsonObject>> = {
  'three-resources': {},
  'one-resource': { openAiInstances: instances(1), deploymentCapacity: 50, principalId: '' },
  'twelve-resources': { openAiInstances: instances(12), replicasMax: 3, deploymentType: 'DataZoneStandard' },
  'provisioned-and-standard': { openAiInstances: MIXED, idleMinutes: 30 },
  'private-network': { isPrivate: true, ptuCapacity: 50, gatewayImage: 'cr.example/gateway:1' },
};

const GATEWAY: JsonObject = {
  environmentName: 'test',
  location: 'eastus',
  gatewayKey: 'SECRET-KEY',
  sealKey: 'SECRET-SEAL',
  principalId: '11111111-0000-4000-8000-000000000000',
};
const CHAT: JsonObject = {
  environmentName: 'talk',
  location: 'westeurope',
  gatewayUrl: 'https://ca-gateway-0123.example.azurecontainerapps.io',
  gatewayKey: '',
  users: 'SECRET-USERS',
  sessionKey: 'SECRET-SESSION',
};

export function templateOf(project: Project): JsonObject {
  return asObject(JSON.parse(artefact(`${project}/infra/main.json`)));
}

export function artefact(path: string): string {
  const found = defaultContainerApps().find((one) => one.path === path);
  if (found === undefined) throw new Error(`no artefact ${path}`);
  return found.text;
}

/** Values as `main.bicepparam` has them where no variable is set. */
export function defaultsOf(project: Project): JsonObject {
  const lines = artefact(`${project}/infra/main.bicepparam`).split('\n');
  const entries = lines.flatMap((line) => {
    const [, name = '', fn, given] =
      /^param (\w+) = (?:(\w+)\()?readEnvironmentVariable\('\w+'(?:, '(.*)')?\)\)?$/.exec(line) ?? [];
    if (given === undefined) return [];
    return [[name, fn === undefined || fn === 'readEnvironmentVariable' ? given : asJson(given)] as const];
  });
  return Object.fromEntries(entries);
}

function asJson(text: string): Json {
  return JSON.parse(text);
}

export function predict(project: Project, more: JsonObject = {}, template = templateOf(project)): Prediction {
  const given = project === 'gateway' ? GATEWAY : CHAT;
  return evaluateTemplate(template, { parameters: { ...defaultsOf(project), ...given, ...more } });
}

/** The gateway's file that the app is given. */
export function configurationOf(prediction: Prediction): string {
  const app = prediction.resources.find(({ symbol }) => symbol === 'app');
  const secrets = at(app?.resource ?? {}, 'properties', 'configuration', 'secrets');
  const found = list(secrets).find((secret) => asObject(secret).name === 'spillway-yaml');
  return textOf(asObject(found ?? {}).value ?? '');
}

export function at(value: Json, ...path: readonly string[]): Json {
  return path.reduce((from: Json, key) => asObject(from)[key] ?? null, value);
}

export function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
