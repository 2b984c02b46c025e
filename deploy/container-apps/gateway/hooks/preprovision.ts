/** Before the gateway is provisioned: makes its keys once, and looks whether there is quota for what is asked. */
import { randomBytes } from 'node:crypto';
import { type Hook, keep, start } from '../../hooks/run.ts';
import { quotaProblems, wantsOf } from './quota.ts';

const KEY_BYTES = 32;

export async function preprovision(hook: Hook): Promise<void> {
  await makeKeys(hook);
  // Deployments that are there already count as used: only the first time can what is left be told from what is asked.
  if (hook.env.CONTAINER_APP_URL === undefined) await checkQuota(hook);
}

async function makeKeys(hook: Hook): Promise<void> {
  const missing = ['GATEWAY_KEY', 'GATEWAY_SEAL_KEY'].filter((name) => (hook.env[name] ?? '') === '');
  await keep(hook, Object.fromEntries(missing.map((name) => [name, randomBytes(KEY_BYTES).toString('base64url')])));
}

async function checkQuota(hook: Hook): Promise<void> {
  const wants = wantsOf(hook.env);
  const problems: string[] = [];
  for (const region of new Set(wants.map((want) => want.region))) {
    const { code, stdout } = await hook.run('az', [
      'cognitiveservices',
      'usage',
      'list',
      '--location',
      region,
      '--output',
      'json',
    ]);
    if (code === 0) problems.push(...quotaProblems(wants, region, stdout));
    else
      hook.say(`Quota of ${region} was not looked at: it needs the Azure CLI, signed in (az login). Azure will tell.`);
  }
  if (problems.length > 0)
    throw new Error(`Not enough quota:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}

if (import.meta.main) await start(preprovision);
