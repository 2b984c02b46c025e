/**
 * After the chat app is provisioned: makes its identity known to the gateway, if that was deployed from a folder beside this one; else says
 * how. An app that has the gateway's key needs neither, and one that has no gateway yet is told what comes next.
 */
import { type Hook, PROVISION_MS_MAX, start, why } from '../../hooks/run.ts';
import { API_MANAGEMENT, GATEWAY, type GatewayEnvironment, gatewayEnvironment, NEXT, within } from './gateways.ts';

/** An object id: it becomes part of a list with commas, and of a command that a person pastes. */
const PRINCIPAL = /^[A-Za-z0-9][\w-]{0,99}$/;

export async function postprovision(hook: Hook): Promise<void> {
  const { env, say } = hook;
  const principal = env.CHAT_PRINCIPAL_ID ?? '';
  if (!PRINCIPAL.test(principal)) {
    throw new Error(`CHAT_PRINCIPAL_ID is ${principal === '' ? 'not set' : 'no object id'}; is this run by azd?`);
  }
  const url = env.AZURE_OPENAI_CUSTOM_URL ?? '';
  if (url === '') {
    for (const line of ['The app answers no questions yet: it knows no gateway. When there is one, here:', ...NEXT])
      say(line);
    return say('  azd up');
  }
  if ((env.AZURE_OPENAI_API_KEY_OVERRIDE ?? '') !== '') return;
  const gateway = await gatewayEnvironment(hook, url);
  if (gateway !== null) return introduce(hook, gateway, principal);
  say('The gateway has to know this app. Where it was deployed from, or have it done:');
  say(`  azd env set ${listOn(url)} ${principal}    (commas between it and those that are there)`);
  say('  azd provision');
}

/** Azure gives API Management addresses of its own. */
function listOn(url: string): string {
  const isApiManagement = URL.parse(url)?.hostname.endsWith('.azure-api.net') === true;
  return (isApiManagement ? API_MANAGEMENT : GATEWAY).list;
}

async function introduce(hook: Hook, { place, name, principals }: GatewayEnvironment, principal: string) {
  if (principals.includes(principal)) return;
  const all = [...principals, principal].join(',');
  hook.say(`Making this app known to ${place.what} of the azd environment ${name}; this takes some minutes.`);
  await must(hook, ['env', 'set', place.list, all, ...within(place, name)]);
  await must(hook, ['provision', '--no-prompt', ...within(place, name)], PROVISION_MS_MAX);
}

async function must({ run }: Hook, args: readonly string[], msMax?: number): Promise<void> {
  const { code } = await run('azd', args, msMax);
  if (code !== 0) throw new Error(`azd ${args.join(' ')} ${why(code)}; run it by hand to see why`);
}

if (import.meta.main) await start(postprovision);
