/**
 * Before the chat app is provisioned: looks whether it knows a gateway, and makes its first user and the key of its cookies once. It may come
 * before its gateway: then it is told what to do when there is one.
 */
import { randomBytes } from 'node:crypto';
import { hashOf } from '../../../../apps/chat/src/auth/password.ts';
import { type Hook, isHttpsAddress, keep, start } from '../../hooks/run.ts';
import { NEXT } from './gateways.ts';

const KEY_BYTES = 32;
const PASSWORD_BYTES = 15;

export async function preprovision(hook: Hook): Promise<void> {
  const { env, say } = hook;
  const url = env.AZURE_OPENAI_CUSTOM_URL ?? '';
  if (url !== '' && !isHttpsAddress(url)) {
    throw new Error(`AZURE_OPENAI_CUSTOM_URL is no https address; say which gateway to ask:
${NEXT.join('\n')}`);
  }
  await keep(hook, await missingValues(env));
  say('Sign in to the chat app as owner; "azd env get-value CHAT_PASSWORD" prints the password.');
}

async function missingValues(env: Hook['env']): Promise<Readonly<Record<string, string>>> {
  const isMissing = (name: string): boolean => (env[name] ?? '') === '';
  const values: Record<string, string> = {};
  if (isMissing('SPILLWAY_CHAT_SESSION_KEY')) {
    values.SPILLWAY_CHAT_SESSION_KEY = randomBytes(KEY_BYTES).toString('base64url');
  }
  if (isMissing('SPILLWAY_CHAT_USERS')) {
    values.CHAT_PASSWORD = randomBytes(PASSWORD_BYTES).toString('base64url');
    values.SPILLWAY_CHAT_USERS = `owner:${await hashOf(values.CHAT_PASSWORD)}`;
  }
  return values;
}

if (import.meta.main) await start(preprovision);
