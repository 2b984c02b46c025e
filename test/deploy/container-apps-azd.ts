/** A fake of azd: keeps an environment, runs hooks, reads `main.bicepparam` as azd has it read, and deploys into memory. */

import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { evaluateTemplate, type Prediction } from '../../apps/render/src/arm/evaluate.ts';
import type { Json, JsonObject } from '../../apps/render/src/arm/functions.ts';
import { postprovision as afterChat } from '../../deploy/container-apps/chat/hooks/postprovision.ts';
import { preprovision as beforeChat } from '../../deploy/container-apps/chat/hooks/preprovision.ts';
import { postprovision as afterGateway } from '../../deploy/container-apps/gateway/hooks/postprovision.ts';
import { preprovision as beforeGateway } from '../../deploy/container-apps/gateway/hooks/preprovision.ts';
import type { Ended, Hook } from '../../deploy/container-apps/hooks/run.ts';
import { artefact, at, configurationOf, list, type Project, templateOf } from './container-apps-fleets.ts';

const HOOKS = {
  gateway: { before: beforeGateway, after: afterGateway },
  chat: { before: beforeChat, after: afterChat },
} as const;

/** What `azd down --purge` clears away beyond the group: Azure keeps these for a while after they were deleted. Source: azd, its purge of resources. */
const PURGED = ['Microsoft.CognitiveServices/accounts', 'Microsoft.KeyVault/vaults'];
const KEPT_BY_AZURE = [...PURGED, 'Microsoft.ApiManagement/service', 'Microsoft.AppConfiguration/configurationStores'];

function failing(why: string): never {
  throw new Error(why);
}

export class FakeAzd {
  readonly #project: Project;
  readonly #env: Record<string, string> = {
    AZURE_ENV_NAME: 'balancer',
    AZURE_LOCATION: 'eastus',
    AZURE_PRINCIPAL_ID: '11111111-0000-4000-8000-000000000000',
  };
  #deployed: Prediction | null = null;

  constructor(project: Project) {
    this.#project = project;
  }

  /** Commands that wait for nothing; `azd up` is {@link up}. Any that is not known throws. */
  command(line: string): string {
    const [program, ...words] = line.split(' ');
    if (program !== 'azd') throw new Error(`no fake of ${line}`);
    const [, , name = '', value = ''] = words;
    const verb = words.slice(0, 2).join(' ');
    if (verb === 'auth login' || verb === 'config set') return '';
    if (verb === 'env new') this.#env.AZURE_ENV_NAME = name;
    else if (verb === 'env set') this.#env[name] = value;
    else if (verb === 'env get-values') return this.#values();
    else if (verb === 'env get-value')
      return `${this.#env[name] ?? failing(`azd: ${name} is not in the environment`)}\n`;
    else if (line === 'azd down --purge --force') this.#down();
    else throw new Error(`no fake of ${line}`);
    return '';
  }

  async up(): Promise<void> {
    const { before, after } = HOOKS[this.#project];
    await before(this.#hook());
    this.#deployed = evaluateTemplate(templateOf(this.#project), { parameters: this.#parameters() });
    // What only Azure knows stands in angle brackets: ids, and in addresses the domain.
    for (const [name, value] of Object.entries(this.#deployed.outputs)) {
      this.#env[name] = String(value)
        .replace(/^<.*>$/, 'id-of-the-app')
        .replace(/<[^>]*>/g, 'example.azurecontainerapps.io');
    }
    await after(this.#hook());
    // Then the image is built and takes the place of the one that was there.
    this.#env[`SERVICE_${this.#project.toUpperCase()}_IMAGE_NAME`] = 'registry.example/spillway:1';
  }

  capacities(): readonly Json[] {
    return this.#resources('modelDeployments').map((resource) => at(resource, 'sku', 'capacity'));
  }

  configuredCapacities(): readonly Json[] {
    return this.#backends().flatMap((backend) => list(at(backend, 'deployments')).map((one) => at(one, 'capacity')));
  }

  backendAddresses(): readonly string[] {
    return this.#backends().map((backend) => String(at(backend, 'url')));
  }

  /** Of the container. */
  variable(name: string): Json {
    const [container = {}] = list(at(this.#resources('app')[0] ?? {}, 'properties', 'template', 'containers'));
    const found = list(at(container, 'env')).find((entry) => at(entry, 'name') === name);
    return found === undefined ? null : at(found, 'value');
  }

  leftBehind(): readonly string[] {
    return (this.#deployed?.resources ?? []).map(({ type, name }) => `${type} ${name}`);
  }

  #backends(): readonly Json[] {
    const file: Json = this.#deployed === null ? {} : JSON.parse(configurationOf(this.#deployed));
    return list(at(file, 'backends'));
  }

  #resources(symbol: string): readonly JsonObject[] {
    return (this.#deployed?.resources ?? []).filter((one) => one.symbol === symbol).map(({ resource }) => resource);
  }

  #values(): string {
    return Object.entries(this.#env)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join('');
  }

  #down(): void {
    const kept = (this.#deployed?.resources ?? []).filter(
      ({ type }) => KEPT_BY_AZURE.includes(type) && !PURGED.includes(type),
    );
    this.#deployed = this.#deployed === null ? null : { ...this.#deployed, resources: kept };
  }

  #hook(): Hook {
    return { env: { ...this.#env }, run: (program, args) => Promise.resolve(this.#run(program, args)), say: () => {} };
  }

  /** What hooks run: keys are kept; there is no Azure CLI, and nothing beside this project. */
  #run(program: string, args: readonly string[]): Ended {
    const [first, second, option, file = ''] = args;
    if (program !== 'azd' || first !== 'env' || second !== 'set' || option !== '--file') return { code: 1, stdout: '' };
    Object.assign(this.#env, parseEnv(readFileSync(file, 'utf8')));
    return { code: 0, stdout: '' };
  }

  /** As `bicep build-params` does, for the few functions that the file uses. */
  #parameters(): JsonObject {
    const lines = artefact(`${this.#project}/infra/main.bicepparam`).matchAll(/^param (\w+) = (.+)$/gm);
    return Object.fromEntries([...lines].map(([, name = '', told = '']) => [name, this.#parameter(told)] as const));
  }

  #parameter(told: string): Json {
    const [, fn, variable = '', fallback] =
      /^(?:(int|bool|json)\()?readEnvironmentVariable\('(\w+)'(?:, '(.*)')?\)\)?$/.exec(told) ?? [];
    const value = this.#env[variable] ?? fallback;
    if (value === undefined) throw new Error(`BCP338: ${variable} is not set: ${told}`);
    return fn === undefined ? value : JSON.parse(value);
  }
}
