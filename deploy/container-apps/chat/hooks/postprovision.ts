/**
 * After the chat app is provisioned: makes its identity known to the gateway, if that was deployed from the folder beside this one; else
 * says how. An app that has the gateway's key needs neither.
 */
import { fileURLToPath } from 'node:url';
import { type Hook, isObject, type JsonObject, PROVISION_MS_MAX, readJson, start, why } from '../../hooks/run.ts';

const GATEWAY_FOLDER = fileURLToPath(new URL('../../gateway', import.meta.url));
/** As azd names environments: it is an argument of azd, and must not look like an option. */
const ENVIRONMENT = /^[A-Za-z0-9][\w.()-]{0,63}$/;
/** An object id: it becomes part of a list with commas, and of a command that a person pastes. */
const PRINCIPAL = /^[A-Za-z0-9][\w-]{0,99}$/;
/** Environments that are looked into; a person has a handful. */
const ENVIRONMENTS_MAX = 50;

export async function postprovision(hook: Hook): Promise<void> {
  const { env, say } = hook;
  const principal = env.CHAT_PRINCIPAL_ID ?? '';
  if (!PRINCIPAL.test(principal)) {
    throw new Error(`CHAT_PRINCIPAL_ID is ${principal === '' ? 'not set' : 'no object id'}; is this run by azd?`);
  }
  if ((env.AZURE_OPENAI_API_KEY_OVERRIDE ?? '') !== '') return;
  const gateway = await gatewayEnvironment(hook);
  if (gateway !== null) return introduce(hook, gateway, principal);
  say('The gateway has to know this app. Where it was deployed from, or have it done:');
  say(
    `  azd env set ${listOn(env.AZURE_OPENAI_CUSTOM_URL)} ${principal}    (commas between it and those that are there)`,
  );
  say('  azd provision');
}

/** The variable that lists who may come: of the gateway, or of API Management, which Azure gives addresses of its own. */
function listOn(url = ''): string {
  const isApiManagement = URL.parse(url)?.hostname.endsWith('.azure-api.net') === true;
  return isApiManagement ? 'ALLOWED_PRINCIPALS' : 'GATEWAY_PRINCIPALS';
}

interface GatewayEnvironment {
  readonly name: string;
  /** Who may come already. */
  readonly principals: readonly string[];
}

/** Of the environments in the gateway's folder, the one whose gateway this app asks. */
async function gatewayEnvironment(hook: Hook): Promise<GatewayEnvironment | null> {
  const wanted = withoutSlash(hook.env.AZURE_OPENAI_CUSTOM_URL ?? '');
  const { code, stdout } = await hook.run('azd', ['env', 'list', '--cwd', GATEWAY_FOLDER, '--output', 'json']);
  if (code !== 0) return null;
  for (const name of namesIn(stdout)) {
    const values = await valuesOf(hook, name);
    if (values === null || withoutSlash(textAt(values, 'CONTAINER_APP_URL')) !== wanted) continue;
    return { name, principals: listed(textAt(values, 'GATEWAY_PRINCIPALS')) };
  }
  return null;
}

async function introduce(hook: Hook, { name, principals }: GatewayEnvironment, principal: string): Promise<void> {
  if (principals.includes(principal)) return;
  const all = [...principals, principal].join(',');
  hook.say(`Making this app known to the gateway of the azd environment ${name}; this takes some minutes.`);
  await must(hook, ['env', 'set', 'GATEWAY_PRINCIPALS', all, ...inGateway(name)]);
  await must(hook, ['provision', '--no-prompt', ...inGateway(name)], PROVISION_MS_MAX);
}

const inGateway = (name: string): readonly string[] => ['--cwd', GATEWAY_FOLDER, '--environment', name];

async function must({ run }: Hook, args: readonly string[], msMax?: number): Promise<void> {
  const { code } = await run('azd', args, msMax);
  if (code !== 0) throw new Error(`azd ${args.join(' ')} ${why(code)}; run it by hand to see why`);
}

/** All at once: of one value azd would not tell whether it is not set or could not be read, and what is there must not be lost. */
async function valuesOf({ run }: Hook, environment: string): Promise<JsonObject | null> {
  const { code, stdout } = await run('azd', ['env', 'get-values', '--output', 'json', ...inGateway(environment)]);
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

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

if (import.meta.main) await start(postprovision);
