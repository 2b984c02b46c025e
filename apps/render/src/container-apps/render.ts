/** A gateway's configuration as two azd projects on Container Apps: the gateway with its models, and the chat app. */
import type { Config } from '@spillway/config';
import type { Deployment } from '@spillway/policy';
import { armJson } from '../arm/arm.ts';
import { bicepFiles, bicepHead } from '../arm/bicep.ts';
import { bicepParameters, parametersHead, type Settings } from '../arm/settings.ts';
import type { Template } from '../arm/template.ts';
import type { Artefact } from '../artefact.ts';
import { chatTemplate } from './chat.ts';
import { gatewayTemplate } from './gateway.ts';
import { CHAT_SETTINGS, gatewaySettings } from './parameters.ts';

/** A resource as the template's parameter `openAiInstances` has it. */
interface Instance {
  readonly name: string;
  readonly region: string;
  readonly deployments?: readonly object[];
}

const MAKER = 'apps/render';

/** @throws where a backend has no region, or a deployment lacks what Azure needs to make it. */
export function renderContainerApps(config: Config): readonly Artefact[] {
  const instances = config.fleet.backends.map((backend) =>
    instanceOf(
      backend.name,
      backend.region,
      config.fleet.deployments.filter((deployment) => deployment.backend === backend && deployment.name !== ''),
    ),
  );
  return [...projectOf('gateway', gatewaySettings(instances)), ...projectOf('chat', CHAT_SETTINGS)];
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

function instanceOf(name: string, region: string | null, deployments: readonly Deployment[]): Instance {
  if (region === null) throw new Error(`backends.${name}.region: is missing; the resource has to be made somewhere`);
  const listed = deployments.map(deploymentOf);
  return { name, region, ...(listed.length === 0 ? {} : { deployments: listed }) };
}

function deploymentOf({
  id,
  name,
  model,
  modelVersion,
  type,
  capacity,
  priority,
  weight,
  contentFilter,
}: Deployment): object {
  const needed = { model, modelVersion, type, capacity };
  const missing = Object.entries(needed).find(([, value]) => value === null);
  if (missing !== undefined)
    throw new Error(`${id}.${missing[0]}: is missing; Azure cannot make the deployment without it`);
  return {
    name,
    model,
    version: modelVersion,
    type,
    capacity,
    priority,
    weight,
    ...(contentFilter === null ? {} : { contentFilter }),
  };
}
