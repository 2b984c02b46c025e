/**
 * After the chat app is provisioned: makes its identity known to the gateway, if that was deployed from the folder beside this one; else
 * says how. An app that has the gateway's key needs neither.
 */
import { fileURLToPath } from 'node:url';
import { type Hook, start } from '../../hooks/run.ts';

const GATEWAY_FOLDER = fileURLToPath(new URL('../../gateway', import.meta.url));

export async function postprovision(hook: Hook): Promise<void> {
  const { env, say } = hook;
  const principal = env.CHAT_PRINCIPAL_ID ?? '';
  if (principal === '') throw new Error('CHAT_PRINCIPAL_ID is not set; is this run by azd?');
  if ((env.AZURE_OPENAI_API_KEY_OVERRIDE ?? '') !== '') return;
  const name = await gatewayEnvironment(hook);
  if (name !== null) return introduce(hook, name, principal);
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

/** Of the environments in the gateway's folder, the one whose gateway this app asks. */
async function gatewayEnvironment(hook: Hook): Promise<string | null> {
  const wanted = withoutSlash(hook.env.AZURE_OPENAI_CUSTOM_URL ?? '');
  const { code, stdout } = await hook.run('azd', ['env', 'list', '--cwd', GATEWAY_FOLDER, '--output', 'json']);
  if (code !== 0) return null;
  for (const name of namesIn(stdout)) {
    if (withoutSlash(await readValue(hook, name, 'CONTAINER_APP_URL')) === wanted) return name;
  }
  return null;
}

async function introduce(hook: Hook, name: string, principal: string): Promise<void> {
  const known = listed(await readValue(hook, name, 'GATEWAY_PRINCIPALS'));
  if (known.includes(principal)) return;
  const all = [...known, principal].join(',');
  hook.say(`Making this app known to the gateway of the azd environment ${name}; this takes some minutes.`);
  await must(hook, ['env', 'set', 'GATEWAY_PRINCIPALS', all, ...inGateway(name)]);
  await must(hook, ['provision', '--no-prompt', ...inGateway(name)]);
}

const inGateway = (name: string): readonly string[] => ['--cwd', GATEWAY_FOLDER, '--environment', name];

async function must({ run }: Hook, args: readonly string[]): Promise<void> {
  const { code } = await run('azd', args);
  if (code !== 0) throw new Error(`azd ${args.join(' ')} failed; run it by hand to see why`);
}

async function readValue({ run }: Hook, environment: string, variable: string): Promise<string> {
  const { code, stdout } = await run('azd', ['env', 'get-value', variable, ...inGateway(environment)]);
  return code === 0 ? stdout.trim() : '';
}

function namesIn(json: string): readonly string[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'Name' in entry && typeof entry.Name === 'string'
      ? [entry.Name]
      : [],
  );
}

function listed(principals: string): readonly string[] {
  return principals.split(',').filter((principal) => principal !== '');
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

if (import.meta.main) await start(postprovision);
