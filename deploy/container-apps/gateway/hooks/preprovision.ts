/** Before the gateway is provisioned: looks at what is set, makes its keys once, and looks whether there is quota for what is asked. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Hook, keep, start, why } from '../../hooks/run.ts';
import { quotaProblems, quotasIn, wantsOf } from './quota.ts';
import { defaultsIn, type Env, settingProblems } from './settings.ts';

const KEY_BYTES = 32;
const PARAMETERS = new URL('../infra/main.bicepparam', import.meta.url);

export async function preprovision(hook: Hook): Promise<void> {
  const settings = { ...defaultsIn(readFileSync(PARAMETERS, 'utf8')), ...given(hook.env) };
  refuse('Not as it should be', settingProblems(settings));
  await makeKeys(hook);
  await checkQuota(hook, settings);
}

/** Without what is not set: a default must not be hidden by it. */
function given(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

function refuse(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`${what}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}

async function makeKeys(hook: Hook): Promise<void> {
  const missing = ['GATEWAY_KEY', 'GATEWAY_SEAL_KEY'].filter((name) => (hook.env[name] ?? '') === '');
  await keep(hook, Object.fromEntries(missing.map((name) => [name, randomBytes(KEY_BYTES).toString('base64url')])));
}

/** Deployments that are there already count as used: only the first time can what is left be told from what is asked. */
async function checkQuota(hook: Hook, settings: Env): Promise<void> {
  const wants = wantsOf(settings);
  const by = hook.env.CONTAINER_APP_URL === undefined ? 'left' : 'granted';
  const problems: string[] = [];
  for (const region of new Set(wants.map((want) => want.region))) {
    const words = ['cognitiveservices', 'usage', 'list', '--location', region, '--output', 'json'];
    const { code, stdout } = await hook.run('az', words);
    const quotas = code === 0 ? quotasIn(stdout) : null;
    if (quotas !== null) problems.push(...quotaProblems(wants, region, quotas, by));
    else {
      const reason = code === 0 ? 'printed no list of quotas' : why(code);
      hook.say(
        `Quota of ${region} was not looked at: az ${reason}. It has to be signed in (az login). Azure will tell.`,
      );
      // What did not answer for one region would not for the others: there may be many.
      if (code === 'absent' || code === 'late') break;
    }
  }
  refuse('Not enough quota', problems);
}

if (import.meta.main) await start(preprovision);
