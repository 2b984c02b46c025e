/** After the gateway is provisioned: tells what to say to the chat app. The key is named, not shown. */
import { type Hook, isHttpsAddress, start } from '../../hooks/run.ts';

export async function postprovision({ env, say }: Hook): Promise<void> {
  const url = env.CONTAINER_APP_URL ?? '';
  if (!isHttpsAddress(url)) {
    throw new Error(`CONTAINER_APP_URL is ${url === '' ? 'not set' : 'no https address'}; is this run by azd?`);
  }
  say(`The gateway will answer at ${url} once azd has deployed it. In the chat app's folder:`);
  say('  azd env set OPENAI_HOST azure_custom');
  say(`  azd env set AZURE_OPENAI_CUSTOM_URL ${url}`);
  say(
    'An app that cannot sign in by Entra ID, or whose identity is not listed in GATEWAY_PRINCIPALS here, needs a third:',
  );
  say('  azd env set AZURE_OPENAI_API_KEY_OVERRIDE KEY    (KEY: what "azd env get-value GATEWAY_KEY" prints here)');
}

if (import.meta.main) await start(postprovision);
