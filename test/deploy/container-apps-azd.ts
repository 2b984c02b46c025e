/**
 * A fake of azd: keeps an environment for each project, runs hooks where azd runs them, reads `main.bicepparam` as azd has it read, and deploys
 * into a model of Azure. Projects of one machine see each other, as `--cwd` lets them.
 */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { evaluateTemplate, type Prediction } from '../../apps/render/src/arm/evaluate.ts';
import type { Json, JsonObject } from '../../apps/render/src/arm/functions.ts';
import { postprovision as afterChat } from '../../deploy/container-apps/chat/hooks/postprovision.ts';
import { preprovision as beforeChat } from '../../deploy/container-apps/chat/hooks/preprovision.ts';
import { postprovision as afterGateway } from '../../deploy/container-apps/gateway/hooks/postprovision.ts';
import { preprovision as beforeGateway } from '../../deploy/container-apps/gateway/hooks/preprovision.ts';
import type { Ended, Hook } from '../../deploy/container-apps/hooks/run.ts';
import { asObject } from './arm-schemas.ts';
import { FakeAzure } from './azure-fake.ts';
import { artefact, at, configurationOf, list, templateOf } from './container-apps-fleets.ts';
import { pageOf } from './documents.ts';

type Run = (hook: Hook) => Promise<void>;

export interface AzdProject {
  /** From the checkout's root. */
  readonly folder: string;
  readonly template: JsonObject;
  /** `infra/main.bicepparam` */
  readonly parameters: string;
  readonly hooks: { readonly preprovision: Run; readonly postprovision: Run } | null;
  /** What azd builds an image for. */
  readonly service: string | null;
}

function onContainerApps(name: 'gateway' | 'chat', preprovision: Run, postprovision: Run): AzdProject {
  return {
    folder: `deploy/container-apps/${name}`,
    template: templateOf(name),
    parameters: artefact(`${name}/infra/main.bicepparam`),
    hooks: { preprovision, postprovision },
    service: name,
  };
}

export const AZD_PROJECTS = {
  gateway: onContainerApps('gateway', beforeGateway, afterGateway),
  chat: onContainerApps('chat', beforeChat, afterChat),
  'api-management': {
    folder: 'deploy/api-management',
    template: asObject(JSON.parse(pageOf('deploy/api-management/infra/main.json'))),
    parameters: pageOf('deploy/api-management/infra/main.bicepparam'),
    hooks: null,
    service: null,
  },
} as const satisfies Readonly<Record<string, AzdProject>>;

/** One person's checkout, signed in to one subscription. */
export class FakeMachine {
  readonly azure = new FakeAzure();
  readonly #projects: FakeAzd[] = [];

  azd(project: AzdProject): FakeAzd {
    const made = new FakeAzd(project, this);
    this.#projects.push(made);
    return made;
  }

  /** @param folder as a hook names it: a whole path. */
  at(folder: string): FakeAzd | null {
    return this.#projects.find((azd) => folder.replace(/\/$/, '').endsWith(azd.folder)) ?? null;
  }
}

const FAILED: Ended = { code: 1, stdout: '' };
const PRINCIPAL_OF_DEPLOYER = '11111111-0000-4000-8000-000000000000';

export class FakeAzd {
  readonly #project: AzdProject;
  readonly #machine: FakeMachine;
  readonly #env: Record<string, string> = {
    AZURE_ENV_NAME: 'balancer',
    AZURE_LOCATION: 'eastus',
    AZURE_PRINCIPAL_ID: PRINCIPAL_OF_DEPLOYER,
  };
  /** What hooks said, in order. */
  readonly said: string[] = [];
  #deployed: Prediction | null = null;

  constructor(project: AzdProject, machine: FakeMachine) {
    this.#project = project;
    this.#machine = machine;
    this.#env.AZURE_ENV_NAME = `of-${project.folder.split('/').at(-1) ?? ''}`;
  }

  get folder(): string {
    return this.#project.folder;
  }

  /** What it prints. Any that is not known throws. */
  async command(line: string): Promise<string> {
    const words = line.split(' ');
    const [, , , name = '', value = ''] = words;
    switch (words.slice(1, 3).join(' ')) {
      case 'auth login':
      case 'config set':
        return '';
      case 'env new':
        this.#env.AZURE_ENV_NAME = name;
        return '';
      case 'env set':
        this.#env[name] = value;
        return '';
      case 'env get-values':
        return this.#values();
      case 'env get-value':
        return `${this.#env[name] ?? failing(`azd: ${name} is not in the environment`)}\n`;
      default:
        return await this.#long(line);
    }
  }

  async #long(line: string): Promise<string> {
    switch (line) {
      case 'azd up':
        await this.#provision();
        this.#deployImage();
        return '';
      case 'azd provision':
        await this.#provision();
        return '';
      case 'azd provision --preview':
        // No hook runs. Source: Azure/azure-dev, pull request 2570 and issue 9252.
        return this.#predicted()
          .resources.map(({ type, name }) => `Create ${type} ${name}\n`)
          .join('');
      case 'azd hooks run preprovision':
        await this.#project.hooks?.preprovision(this.#hook());
        return '';
      case 'azd down --force':
      case 'azd down --purge --force':
        this.#down(line.includes('--purge'));
        return '';
      default:
        throw new Error(`no fake of ${line}`);
    }
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

  /** Object ids that what is deployed lets in by a token. */
  letsIn(): readonly string[] {
    const resources = this.#deployed?.resources ?? [];
    if (resources.some(({ symbol }) => symbol === 'app')) {
      return list(at(this.#configuration(), 'signIn')).flatMap((entry) =>
        list(at(entry, 'principals')).map((id) => String(id)),
      );
    }
    return String(this.namedValue('allowed-principals')).split(',');
  }

  /** Of API Management. */
  namedValue(name: string): Json {
    const found = this.#deployed?.resources.find((one) => one.name.endsWith(`/${name}`));
    return found === undefined ? null : at(found.resource, 'properties', 'value');
  }

  #configuration(): Json {
    return this.#deployed === null ? {} : JSON.parse(configurationOf(this.#deployed));
  }

  #backends(): readonly Json[] {
    return list(at(this.#configuration(), 'backends'));
  }

  #resources(symbol: string): readonly JsonObject[] {
    return (this.#deployed?.resources ?? []).filter((one) => one.symbol === symbol).map(({ resource }) => resource);
  }

  #values(): string {
    return Object.entries(this.#env)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join('');
  }

  #predicted(): Prediction {
    return evaluateTemplate(this.#project.template, { parameters: this.#parameters() });
  }

  async #provision(): Promise<void> {
    await this.#project.hooks?.preprovision(this.#hook());
    this.#deployed = this.#predicted();
    this.#machine.azure.deploy(this.#deployed.resources);
    for (const [name, value] of Object.entries(this.#deployed.outputs)) this.#env[name] = toldByAzure(name, value);
    await this.#project.hooks?.postprovision(this.#hook());
  }

  /** The image is built and takes the place of the one that was there. */
  #deployImage(): void {
    const { service } = this.#project;
    if (service !== null) this.#env[`SERVICE_${service.toUpperCase()}_IMAGE_NAME`] = 'registry.example/spillway:1';
  }

  #down(isPurging: boolean): void {
    const gone = this.#machine.azure.deleteGroups(this.#deployed?.resources ?? []);
    if (isPurging) this.#machine.azure.purge(gone);
    this.#deployed = null;
  }

  #hook(): Hook {
    const { said } = this;
    return { env: { ...this.#env }, run: (program, args) => this.#run(program, args), say: (line) => said.push(line) };
  }

  /** What hooks run: there is no Azure CLI; azd is asked of this project, or of one beside it. */
  async #run(program: string, args: readonly string[]): Promise<Ended> {
    if (program !== 'azd') return { code: 'absent', stdout: '' };
    const [first, second, option, file = ''] = args;
    if (first === 'env' && second === 'set' && option === '--file') {
      Object.assign(this.#env, parseEnv(readFileSync(file, 'utf8')));
      return { code: 0, stdout: '' };
    }
    const beside = this.#machine.at(optionIn(args, '--cwd'));
    return beside === null ? FAILED : await beside.asked(args);
  }

  /** By a hook of a project beside this one. */
  async asked(args: readonly string[]): Promise<Ended> {
    const words = args.join(' ');
    const done = (stdout = ''): Ended => ({ code: 0, stdout });
    if (words.startsWith('env list ')) return done(JSON.stringify([{ Name: this.#env.AZURE_ENV_NAME }]));
    if (optionIn(args, '--environment') !== this.#env.AZURE_ENV_NAME) return FAILED;
    if (words.startsWith('env get-values --output json ')) return done(JSON.stringify(this.#env));
    if (words.startsWith('env set ')) return done(await this.command(`azd ${args.slice(0, 4).join(' ')}`));
    if (words.startsWith('provision --no-prompt ')) return done(await this.command('azd provision'));
    return FAILED;
  }

  /** As `bicep build-params` does, for the few functions that the file uses. */
  #parameters(): JsonObject {
    const lines = this.#project.parameters.matchAll(/^param (\w+) = (.+)$/gm);
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

function failing(why: string): never {
  throw new Error(why);
}

function optionIn(args: readonly string[], name: string): string {
  const index = args.indexOf(name);
  return index < 0 ? '' : (args[index + 1] ?? '');
}

/** What only Azure knows stands in angle brackets: ids, which are named for their outputs here, addresses, and in addresses the domain. */
function toldByAzure(output: string, value: Json): string {
  const whole = output.endsWith('_URL') ? 'https://apim-abc.azure-api.net' : output.toLowerCase().replaceAll('_', '-');
  return String(value)
    .replace(/^<.*>$/, whole)
    .replace(/<[^>]*>/g, 'example.azurecontainerapps.io');
}
