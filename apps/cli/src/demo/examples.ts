/** What a visitor can paste into another terminal. Pure; as few lines as will do, so that they fit above the live view. */
import type { Line } from '../lines.ts';

export const CLIENT_KEY = 'demo-key';
export const DEPLOYMENT = 'chat';
export const API_VERSION = '2024-10-21';

export interface Urls {
  readonly gateway: string;
  readonly admin: string;
  /** Admin port of the simulator behind the gateway. */
  readonly simulator: string;
  /** The chat app and its page. */
  readonly chat: string;
}

export function exampleLines({ gateway, admin, simulator, chat }: Urls): readonly Line[] {
  return [
    [[' Chat app: ', 'strong'], [`${chat}  `], ['("How this was answered": who wrote it, why)', 'faint']],
    ...examples('Your turn, in another terminal; what you send shows below. Ctrl-C ends.', [
      `curl ${gateway}/openai/v1/chat/completions \\`,
      `  -H 'api-key: ${CLIENT_KEY}' -H 'content-type: application/json' \\`,
      `  -d '{"model":"${DEPLOYMENT}","messages":[{"role":"user","content":"Hello"}]}'`,
    ]),
    ...examples('Your own program (here Node), and the chat app of the Azure samples:', [
      `new AzureOpenAI({ endpoint: '${gateway}', apiKey: '${CLIENT_KEY}',`,
      `  apiVersion: '${API_VERSION}', deployment: '${DEPLOYMENT}' })`,
      `OPENAI_HOST=azure_custom AZURE_OPENAI_API_KEY_OVERRIDE=${CLIENT_KEY} \\`,
      `  AZURE_OPENAI_CUSTOM_URL=${gateway}`,
    ]),
    ...examples(`Look at ${admin}/admin/fleet and /metrics; take a resource away:`, [
      `curl -X POST ${simulator}/admin/resources/openai1/stop`,
    ]),
  ];
}

function examples(title: string, commands: readonly string[]): readonly Line[] {
  return [[[` ${title}`, 'faint']], ...commands.map((command): Line => [[`   ${command}`]])];
}
