/** A gateway's configuration as two azd projects on Container Apps: the gateway with its models, and the chat app. */
import type { Config } from '@spillway/config';
import type { Backend, Deployment } from '@spillway/policy';
import { armJson } from '../arm/arm.ts';
import { bicepFiles, bicepHead } from '../arm/bicep.ts';
import { bicepParameters, parametersHead, type Settings } from '../arm/settings.ts';
import type { Template } from '../arm/template.ts';
import type { Artefact } from '../artefact.ts';
import { Names } from '../names.ts';
import { notes } from '../notes.ts';
import { chatTemplate } from './chat.ts';
import { gatewayTemplate } from './gateway.ts';
import { leftOut } from './left-out.ts';
import { CHAT_SETTINGS, gatewaySettings } from './parameters.ts';

/** A resource as the template's parameter `openAiInstances` has it. */
interface Instance {
  readonly name: string;
  readonly region: string;
  readonly deployments?: readonly object[];
}

const MAKER = 'apps/render';

/** @throws where a backend has no region, or a deployment lacks what Azure needs to make it: all of it at once. */
export function renderContainerApps(config: Config): readonly Artefact[] {
  const { backends } = config.fleet;
  const missing = backends.flatMap((backend) => missingIn(backend, listedOn(backend, config)));
  if (missing.length > 0) {
    throw new Error(`Azure needs more than the configuration says:\n${missing.map((line) => `  ${line}`).join('\n')}`);
  }
  const names = new Names();
  const made = new Map(backends.map((backend) => [backend.name, names.take(backend.name)]));
  const instances = backends.map((backend) =>
    instanceOf(made.get(backend.name) ?? '', backend.region, listedOn(backend, config)),
  );
  return [
    ...projectOf('gateway', gatewaySettings(instances)),
    { path: 'gateway/infra/left-out.md', text: notes('Container Apps', leftOut(config, made)) },
    ...projectOf('chat', CHAT_SETTINGS),
  ];
}

function listedOn(backend: Backend, { fleet }: Config): readonly Deployment[] {
  return fleet.deployments.filter((deployment) => deployment.backend === backend && deployment.name !== '');
}

/** What Azure has to be told, each with where to find it. */
const NEEDED = {
  model: 'add the model that it runs, for example gpt-5.4-mini',
  modelVersion: '"az cognitiveservices model list --location REGION" lists versions',
  type: 'add for example type: GlobalStandard',
  capacity: 'add thousands of tokens per minute, or units, for example capacity: 30',
} as const;
const KEYS = ['model', 'modelVersion', 'type', 'capacity'] as const;

function missingIn({ name, region }: Backend, deployments: readonly Deployment[]): readonly string[] {
  const own = region === null ? [`backends.${name}.region: is missing; add for example region: eastus`] : [];
  const theirs = deployments.flatMap(({ id, model, modelVersion, type, capacity }) => {
    const said: Readonly<Record<keyof typeof NEEDED, string | number | null>> = { model, modelVersion, type, capacity };
    return KEYS.filter((key) => said[key] === null).map((key) => `${id}.${key}: is missing; ${NEEDED[key]}`);
  });
  return [...own, ...theirs];
}

/** As it is in deploy/container-apps: three resources, each with a deployment for chat and one for embeddings. */
export function defaultContainerApps(): readonly Artefact[] {
  return [...projectOf('gateway', gatewaySettings()), ...projectOf('chat', CHAT_SETTINGS)];
}

function projectOf(name: 'gateway' | 'chat', settings: Settings): readonly Artefact[] {
  const template: Template = name === 'gateway' ? gatewayTemplate(settings) : chatTemplate();
  return [
    { path: `${name}/infra/main.json`, text: armJson(template) },
    { path: `${name}/infra/main.bicepparam`, text: bicepParameters(parametersHead(MAKER), settings) },
    ...bicepFiles(template, bicepHead(MAKER)).map((file) => ({
      path: `${name}/infra/bicep/${file.name}`,
      text: file.text,
    })),
  ];
}

/** @param name as Azure takes it: it becomes the resource's own, and its host. */
function instanceOf(name: string, region: string | null, deployments: readonly Deployment[]): Instance {
  const listed = deployments.map(deploymentOf);
  return { name, region: region ?? '', ...(listed.length === 0 ? {} : { deployments: listed }) };
}

function deploymentOf(deployment: Deployment): object {
  const { name, model, modelVersion: version, type, capacity, priority, weight, contentFilter } = deployment;
  const filter = contentFilter === null ? {} : { contentFilter };
  return { name, model, version, type, capacity, priority, weight, ...filter };
}
