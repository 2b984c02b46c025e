/** The gateways that the chat app may ask, as far as they were deployed from folders of this checkout: who may come in is listed there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Hook, isObject, type JsonObject, readJson } from '../../hooks/run.ts';

/** An azd project that ends in a gateway. */
export interface Place {
  readonly what: string;
  readonly folder: string;
  /** The output that is its address. */
  readonly address: 'CONTAINER_APP_URL' | 'APIM_GATEWAY_URL';
  /** The variable that lists who may come in, by their object ids. */
  readonly list: 'GATEWAY_PRINCIPALS' | 'ALLOWED_PRINCIPALS';
}

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const GATEWAY: Place = {
  what: 'the gateway',
  folder: folder('../../gateway'),
  address: 'CONTAINER_APP_URL',
  list: 'GATEWAY_PRINCIPALS',
};
export const API_MANAGEMENT: Place = {
  what: 'API Management',
  folder: folder('../../../api-management'),
  address: 'APIM_GATEWAY_URL',
  list: 'ALLOWED_PRINCIPALS',
};
const PLACES = [GATEWAY, API_MANAGEMENT] as const;

/** What to type where there is no gateway yet, or none that can be. */
export const NEXT: readonly string[] = [
  '  azd env set OPENAI_HOST azure_custom',
  '  azd env set AZURE_OPENAI_CUSTOM_URL <CONTAINER_APP_URL>    (or <APIM_GATEWAY_URL>)',
];

/** As azd names environments: it is an argument of azd, and must not look like an option. */
const ENVIRONMENT = /^[A-Za-z0-9][\w.()-]{0,63}$/;
/** Environments of a project that are looked into; a person has a handful. */
export const ENVIRONMENTS_MAX = 50;

export interface GatewayEnvironment {
  readonly place: Place;
  readonly name: string;
  /** Who may come already. */
  readonly principals: readonly string[];
}

/** Of the environments in the folders beside this one, the one whose gateway answers at the address. */
export async function gatewayEnvironment(hook: Hook, url: string): Promise<GatewayEnvironment | null> {
  for (const place of PLACES) {
    const { code, stdout } = await hook.run('azd', ['env', 'list', '--cwd', place.folder, '--output', 'json']);
    // What did not answer for one folder would not for the other.
    if (code === 'absent' || code === 'late') return null;
    for (const name of code === 0 ? namesIn(stdout) : []) {
      const values = await valuesOf(hook, place, name);
      if (values === null || !isSame(textAt(values, place.address), url)) continue;
      return { place, name, principals: listed(place.list in values ? textAt(values, place.list) : presetOf(place)) };
    }
  }
  return null;
}

/** Who may come where the variable is not set: once it is set, they would be gone. */
export function presetOf({ folder, list }: Place): string {
  const file = join(folder, 'infra/main.bicepparam');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return new RegExp(`readEnvironmentVariable\\('${list}', '([^'\n]*)'\\)`).exec(text)?.[1] ?? '';
}

/** The options of azd that say which project and environment is meant. */
export const within = ({ folder }: Place, environment: string): readonly string[] => [
  '--cwd',
  folder,
  '--environment',
  environment,
];

/** The app's address may have a path below the gateway's. */
function isSame(address: string, asked: string): boolean {
  const origin = URL.parse(address)?.origin;
  return origin !== undefined && origin === URL.parse(asked)?.origin;
}

/** All at once: of one value azd would not tell whether it is not set or could not be read, and what is there must not be lost. */
async function valuesOf({ run }: Hook, place: Place, environment: string): Promise<JsonObject | null> {
  const words = ['env', 'get-values', '--output', 'json', ...within(place, environment)];
  const { code, stdout } = await run('azd', words);
  const values = code === 0 ? readJson(stdout) : null;
  return isObject(values) ? values : null;
}

function textAt(values: JsonObject, name: string): string {
  const value = values[name];
  return typeof value === 'string' ? value : '';
}

function namesIn(json: string): readonly string[] {
  const list = readJson(json);
  if (!Array.isArray(list)) return [];
  const names = list.flatMap((entry: unknown) =>
    isObject(entry) && typeof entry.Name === 'string' ? [entry.Name] : [],
  );
  return names.filter((name) => ENVIRONMENT.test(name)).slice(0, ENVIRONMENTS_MAX);
}

function listed(principals: string): readonly string[] {
  return principals
    .split(',')
    .map((principal) => principal.trim())
    .filter((principal) => principal !== '');
}
