/** What of the resources found goes into a configuration of the gateway, and why the rest does not. Pure. */
import { urlProblem } from '@spillway/config';
import { DEPLOYMENT_TYPES, type DeploymentType, isProvisioned } from '@spillway/protocol';
import type { ArmAccount, ArmDeployment } from './answer.ts';
import { type Found, MODEL_KINDS } from './discover.ts';
import { accountOfId } from './place.ts';

export interface Draft {
  readonly backends: readonly DraftBackend[];
  /** Resources left out, `name: reason`. */
  readonly leftOut: readonly string[];
  /** Names of deployments that mean several models: each is given one of them, for a person to look at. */
  readonly aliases: readonly DraftAlias[];
}

export interface DraftBackend {
  readonly name: string;
  readonly url: string;
  /** `eastus`; null where Azure does not say, or not in a way that the file takes. */
  readonly region: string | null;
  /** Of the environment; null: Entra ID. */
  readonly keyVariable: string | null;
  /** Why Entra ID although keys were asked for; null where that is not so. */
  readonly signInNote: string | null;
  readonly account: string;
  readonly resourceGroup: string;
  readonly deployments: readonly DraftDeployment[];
  /** Deployments left out, `name: reason`. */
  readonly leftOut: readonly string[];
}

export interface DraftDeployment {
  readonly name: string;
  readonly model: string;
  readonly version: string | null;
  readonly type: DeploymentType;
  readonly capacity: number | null;
  readonly priority: number;
}

export interface DraftAlias {
  readonly name: string;
  readonly target: string;
  /** All that it could mean. */
  readonly models: readonly string[];
}

export type Auth = 'key' | 'entra';

export function draftOf(found: readonly Found[], auth: Auth): Draft {
  const backends: DraftBackend[] = [];
  const leftOut: string[] = [];
  const taken = { names: new Set<string>(), urls: new Set<string>(), variables: new Set<string>() };
  for (const { account, deployments } of found) {
    const reason = unusable(account, taken.urls);
    if (reason !== null) {
      leftOut.push(`${account.name}: ${reason}`);
      continue;
    }
    const sorted = sort(deployments ?? []);
    if (sorted.usable.length === 0) {
      leftOut.push(
        `${account.name}: has no deployment that the gateway could serve`,
        ...sorted.leftOut.map((each) => `${account.name}/${each}`),
      );
      continue;
    }
    const url = account.endpoint ?? '';
    taken.urls.add(url.toLowerCase());
    const byKey = auth === 'key' && !account.localAuthDisabled;
    backends.push({
      name: free(backendName(account.name), taken.names, '-'),
      url,
      region: regionOf(account),
      keyVariable: byKey ? free(variableOf(account.name), taken.variables, '_') : null,
      signInNote:
        auth === 'key' && account.localAuthDisabled ? 'keys are switched off on this resource: Entra ID' : null,
      account: account.name,
      resourceGroup: accountOfId(account.id)?.resourceGroup ?? '-',
      deployments: sorted.usable,
      leftOut: sorted.leftOut,
    });
  }
  return { backends, leftOut, aliases: aliasesOf(backends) };
}

function unusable({ kind, endpoint }: ArmAccount, urls: ReadonlySet<string>): string | null {
  if (!MODEL_KINDS.has(kind ?? '')) return `is of kind ${kind ?? 'unknown'}, which serves no models of Azure OpenAI`;
  if (endpoint === null) return 'has no endpoint yet';
  const problem = urlProblem(endpoint);
  if (problem !== null) return `has an endpoint that ${problem.rule}`;
  // Resources without a subdomain of their own share the address of their region, and are told apart by key alone.
  return urls.has(endpoint.toLowerCase())
    ? 'answers at the address of a resource above; give it a custom subdomain'
    : null;
}

/** The rules of the file for names, of deployments and of models. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MODEL = /^[A-Za-z0-9](?:[A-Za-z0-9._:-]|\/(?!\.)){0,127}$/;
const NAME_CHARS_MAX = 64;
const CAPACITY_MAX = 1_000_000_000;
/** Capacity that is paid for anyway serves first. */
const PRIORITY = { provisioned: 1, standard: 2 };

function sort(all: readonly ArmDeployment[]): { readonly usable: DraftDeployment[]; readonly leftOut: string[] } {
  const usable: DraftDeployment[] = [];
  const leftOut: string[] = [];
  for (const deployment of all) {
    const read = usableOf(deployment);
    if (typeof read === 'string') leftOut.push(`${deployment.name}: ${read}`);
    else usable.push(read);
  }
  return { usable, leftOut };
}

/** @returns the reason where it cannot be served. */
function usableOf({ name, model, type, capacity, state }: ArmDeployment): DraftDeployment | string {
  const known = DEPLOYMENT_TYPES.find((each) => each === type);
  if (state !== null && state !== 'Succeeded') return `is in state ${state}`;
  if (known === undefined) return `is of type ${type ?? 'unknown'}, which the gateway does not balance`;
  if (model.format !== null && model.format !== 'OpenAI') return `runs a model of ${model.format}, not of Azure OpenAI`;
  if (!NAME.test(name)) return 'has a name that the file does not take';
  if (model.name === null || !MODEL.test(model.name)) return 'has a model name that the file does not take';
  const counts = capacity !== null && Number.isInteger(capacity) && capacity >= 1 && capacity <= CAPACITY_MAX;
  return {
    name,
    model: model.name,
    version: model.version,
    type: known,
    capacity: counts ? capacity : null,
    priority: isProvisioned(known) ? PRIORITY.provisioned : PRIORITY.standard,
  };
}

/** `East US` and `eastus` are one. */
function regionOf({ location }: ArmAccount): string | null {
  const region = location?.toLowerCase().replaceAll(' ', '') ?? '';
  return NAME.test(region) ? region : null;
}

/** Names of resources are names of the file, but for what Azure has never given. */
function backendName(name: string): string {
  const cleaned = name.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return cleaned === '' ? 'resource' : cleaned.slice(0, NAME_CHARS_MAX);
}

function variableOf(name: string): string {
  const words = `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_KEY`;
  return /^[0-9]/.test(words) ? `KEY_${words}` : words;
}

/** The name, numbered where it is taken; names that differ only in case count as one. */
function free(name: string, taken: Set<string>, joint: string): string {
  let choice = name;
  for (let n = 2; taken.has(choice.toLowerCase()); n++) choice = `${name.slice(0, NAME_CHARS_MAX - 6)}${joint}${n}`;
  taken.add(choice.toLowerCase());
  return choice;
}

/** A name that means one model here and another there leads nowhere until something says which (see `spillway check`). */
function aliasesOf(backends: readonly DraftBackend[]): readonly DraftAlias[] {
  const deployments = backends.flatMap((backend) => backend.deployments);
  const pools = new Set(deployments.map(({ model }) => model));
  const meanings = Map.groupBy(deployments, ({ name }) => name);
  return [...meanings].flatMap(([name, all]) => {
    const models = [...new Set(all.map(({ model }) => model))];
    const [target] = models;
    return target === undefined || models.length === 1 || pools.has(name) ? [] : [{ name, target, models }];
  });
}
