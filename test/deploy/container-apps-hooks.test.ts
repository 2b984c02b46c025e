/** The hooks of the two azd projects, with fakes of azd and az; and each command of the article, in its order. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { isPassword } from '../../apps/chat/src/auth/password.ts';
import {
  API_MANAGEMENT,
  ENVIRONMENTS_MAX,
  GATEWAY,
  presetOf,
} from '../../deploy/container-apps/chat/hooks/gateways.ts';
import { postprovision as afterChat } from '../../deploy/container-apps/chat/hooks/postprovision.ts';
import { preprovision as beforeChat } from '../../deploy/container-apps/chat/hooks/preprovision.ts';
import { postprovision as afterGateway } from '../../deploy/container-apps/gateway/hooks/postprovision.ts';
import { preprovision as beforeGateway } from '../../deploy/container-apps/gateway/hooks/preprovision.ts';
import { quotaProblems, quotasIn, wantsOf } from '../../deploy/container-apps/gateway/hooks/quota.ts';
import type { Ended, Hook } from '../../deploy/container-apps/hooks/run.ts';
import { artefact } from './container-apps-fleets.ts';

const URL_OF_GATEWAY = 'https://ca-gateway-0.example.azurecontainerapps.io';

/** Remembers what was run and said; what is kept by `azd env set --file` can be read. */
class FakeHook implements Hook {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runs: string[] = [];
  readonly said: string[] = [];
  readonly kept: NodeJS.Dict<string> = {};
  readonly #answer: (line: string) => Ended;
  lastFile = '';

  constructor(env: Hook['env'], answer: (line: string) => Ended = () => ({ code: 0, stdout: '' })) {
    this.env = env;
    this.#answer = answer;
  }

  readonly run = (program: string, args: readonly string[]): Promise<Ended> => {
    const line = [program, ...args].join(' ');
    this.runs.push(line);
    const [, , option, file = ''] = args;
    if (option === '--file') {
      this.lastFile = file;
      assert.equal(statSync(file).mode & 0o077, 0, 'nobody else may read it');
      Object.assign(this.kept, parseEnv(readFileSync(file, 'utf8')));
    }
    return Promise.resolve(this.#answer(line));
  };

  readonly say = (line: string): void => {
    this.said.push(line);
  };
}

test('preprovision of the gateway: makes two keys once, and lets nobody see them', async () => {
  const hook = new FakeHook({});
  await beforeGateway(hook);
  assert.deepEqual(Object.keys(hook.kept), ['GATEWAY_KEY', 'GATEWAY_SEAL_KEY']);
  for (const key of Object.values(hook.kept)) {
    assert.match(key ?? '', /^[\w-]{43}$/);
    assert.ok(![...hook.runs, ...hook.said].join().includes(key ?? ''));
  }
  assert.equal(existsSync(hook.lastFile), false);
  const again = new FakeHook({ ...hook.env, ...hook.kept });
  await beforeGateway(again);
  assert.deepEqual(again.kept, {});
  assert.ok(!again.runs.some((line) => line.includes('env set')));
});

const usage = (value: string, limit: number, currentValue: number) => ({ name: { value }, limit, currentValue });
const quotasOf = (...usages: readonly object[]) => quotasIn(JSON.stringify(usages)) ?? new Map();

test('preprovision of the gateway: asks each region for its quota, and says what to lower', async () => {
  const usages = JSON.stringify([usage('OpenAI.GlobalStandard.gpt-5.4-mini', 50, 38)]);
  const hook = new FakeHook({ GATEWAY_KEY: 'k', GATEWAY_SEAL_KEY: 's' }, () => ({ code: 0, stdout: usages }));
  await assert.rejects(beforeGateway(hook), {
    message:
      /eastus2: OpenAI\.GlobalStandard\.gpt-5\.4-mini has 12 left, 30 are asked for; azd env set OPENAI_CAPACITY 12, or/,
  });
  assert.deepEqual(
    hook.runs,
    ['eastus', 'northcentralus', 'eastus2'].map(
      (region) => `az cognitiveservices usage list --location ${region} --output json`,
    ),
  );
});

test('preprovision of the gateway: without the Azure CLI it goes on, and says so', async () => {
  const hook = new FakeHook({ GATEWAY_KEY: 'k', GATEWAY_SEAL_KEY: 's' }, () => ({ code: 'absent', stdout: '' }));
  await beforeGateway(hook);
  assert.deepEqual(hook.said, [
    'Quota of eastus was not looked at: az is not there. It has to be signed in (az login). Azure will tell.',
  ]);
});

test('preprovision of the gateway: fails where azd does not keep the keys', async () => {
  const hook = new FakeHook({}, () => ({ code: 1, stdout: '' }));
  await assert.rejects(beforeGateway(hook), /azd env set failed \(exit code 1\) for GATEWAY_KEY, GATEWAY_SEAL_KEY/);
  assert.equal(existsSync(hook.lastFile), false);
});

test('quotaProblems: sums what draws on one quota, names the variable to change, passes quotas that Azure does not list', () => {
  const deployments = [
    { name: 'a', model: 'gpt-5.4', type: 'Standard', capacity: 40 },
    { name: 'b', model: 'gpt-5.4', type: 'Standard', capacity: 40 },
    { name: 'c', model: 'gpt-5.4', type: 'GlobalProvisionedManaged', capacity: 50 },
  ];
  const wants = wantsOf({ OPENAI_INSTANCES: JSON.stringify([{ region: 'eastus', deployments }]) });
  const problems = quotaProblems(wants, 'eastus', quotasOf(usage('OpenAI.Standard.gpt-5.4', 60, 0)), 'left');
  assert.deepEqual(problems, [
    'eastus: OpenAI.Standard.gpt-5.4 has 60 left, 80 are asked for; change OPENAI_INSTANCES, or ask Azure for more',
  ]);
});

test('postprovision of the gateway: prints the two lines of the article, and how to get the third', async () => {
  const hook = new FakeHook({ CONTAINER_APP_URL: URL_OF_GATEWAY, GATEWAY_KEY: 'not-to-be-shown' });
  await afterGateway(hook);
  const said = hook.said.join('\n');
  assert.match(said, /azd env set OPENAI_HOST azure_custom\n/);
  assert.ok(said.includes(`azd env set AZURE_OPENAI_CUSTOM_URL ${URL_OF_GATEWAY}\n`));
  assert.match(said, /azd env set AZURE_OPENAI_API_KEY_OVERRIDE KEY/);
  assert.doesNotMatch(said, /not-to-be-shown/);
  await assert.rejects(afterGateway(new FakeHook({})), /CONTAINER_APP_URL is not set/);
});

test('preprovision of the chat app: makes an owner with a password that fits its hash, with a gateway or before it', async () => {
  await assert.rejects(
    beforeChat(new FakeHook({ AZURE_OPENAI_CUSTOM_URL: 'http://x' })),
    /no https address; say which gateway to ask:\n {2}azd env set OPENAI_HOST azure_custom/,
  );
  const hook = new FakeHook({});
  await beforeChat(hook);
  const { CHAT_PASSWORD = '', SPILLWAY_CHAT_USERS = '', SPILLWAY_CHAT_SESSION_KEY = '' } = hook.kept;
  const [name, ...hash] = SPILLWAY_CHAT_USERS.split(':');
  assert.equal(name, 'owner');
  assert.equal(await isPassword(CHAT_PASSWORD, hash.join(':')), true);
  assert.match(SPILLWAY_CHAT_SESSION_KEY, /^[\w-]{43}$/);
  assert.ok(!hook.said.join().includes(CHAT_PASSWORD));
});

const CHAT_ENV = { AZURE_OPENAI_CUSTOM_URL: `${URL_OF_GATEWAY}/`, CHAT_PRINCIPAL_ID: 'principal-of-chat' };

/** Two environments in the gateway's folder; the second one is asked. */
function gatewayFolder(principals: string): (line: string) => Ended {
  return (line) => {
    if (line.includes('env list')) return { code: 0, stdout: '[{"Name":"other"},{"Name":"mine"}]' };
    if (line.includes('get-values --output json')) {
      const url = line.endsWith('mine') ? URL_OF_GATEWAY : 'https://x';
      return { code: 0, stdout: JSON.stringify({ CONTAINER_APP_URL: url, GATEWAY_PRINCIPALS: principals }) };
    }
    return { code: 0, stdout: '' };
  };
}

test('postprovision of the chat app: makes its identity known to the gateway that it asks, once', async () => {
  const hook = new FakeHook(CHAT_ENV, gatewayFolder('someone'));
  await afterChat(hook);
  const [set = '', provision = ''] = hook.runs.slice(-2);
  assert.match(
    set,
    /^azd env set GATEWAY_PRINCIPALS someone,principal-of-chat --cwd .*container-apps\/gateway --environment mine$/,
  );
  assert.match(provision, /^azd provision --no-prompt --cwd .*container-apps\/gateway --environment mine$/);
  const known = new FakeHook(CHAT_ENV, gatewayFolder('principal-of-chat'));
  await afterChat(known);
  assert.ok(!known.runs.some((line) => line.includes('provision --')));
});

test('postprovision of the chat app: without a gateway it says what comes next, and asks nobody', async () => {
  const hook = new FakeHook({ CHAT_PRINCIPAL_ID: 'principal-of-chat' });
  await afterChat(hook);
  assert.deepEqual(hook.runs, []);
  assert.deepEqual(hook.said, [
    'The app answers no questions yet: it knows no gateway. When there is one, here:',
    '  azd env set OPENAI_HOST azure_custom',
    '  azd env set AZURE_OPENAI_CUSTOM_URL <CONTAINER_APP_URL>    (or <APIM_GATEWAY_URL>)',
    '  azd up',
  ]);
});

/** An environment in API Management's folder alone. */
function apimFolder(values: object): (line: string) => Ended {
  return (line) => {
    if (!line.includes('deploy/api-management')) return { code: 1, stdout: '' };
    if (line.includes('env list')) return { code: 0, stdout: '[{"Name":"front"}]' };
    const told = { APIM_GATEWAY_URL: 'https://apim-0.azure-api.net', ...values };
    return { code: 0, stdout: line.includes('get-values') ? JSON.stringify(told) : '' };
  };
}

test('postprovision of the chat app: who may come by a default stays, once the variable is set', async () => {
  const hook = new FakeHook(CHAT_ENV, (line) => {
    const values = { CONTAINER_APP_URL: URL_OF_GATEWAY };
    if (line.includes('env list')) return { code: 0, stdout: '[{"Name":"mine"}]' };
    return { code: 0, stdout: line.includes('get-values') ? JSON.stringify(values) : '' };
  });
  await afterChat(hook);
  assert.match(hook.runs.at(-2) ?? '', /GATEWAY_PRINCIPALS principal-of-chat --cwd/);
  const folder = mkdtempSync(join(tmpdir(), 'spillway-place-'));
  try {
    mkdirSync(join(folder, 'infra'));
    const line = "param allowedPrincipals = readEnvironmentVariable('ALLOWED_PRINCIPALS', 'one,two')\n";
    writeFileSync(join(folder, 'infra/main.bicepparam'), line);
    assert.equal(presetOf({ ...API_MANAGEMENT, folder }), 'one,two');
    assert.equal(presetOf({ ...GATEWAY, folder }), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('postprovision of the chat app: looks into so many environments of a folder and no more', async () => {
  const names = Array.from({ length: ENVIRONMENTS_MAX + 1 }, (_, i) => ({ Name: `e${i}` }));
  const hook = new FakeHook(CHAT_ENV, (line) => {
    if (!line.includes('container-apps/gateway')) return { code: 1, stdout: '' };
    return { code: 0, stdout: line.includes('env list') ? JSON.stringify(names) : '{}' };
  });
  await afterChat(hook);
  assert.equal(ENVIRONMENTS_MAX, 50);
  assert.equal(hook.runs.filter((line) => line.includes('get-values')).length, 50);
});

test('postprovision of the chat app: makes its identity known to API Management, also where its address has a path', async () => {
  const env = { ...CHAT_ENV, AZURE_OPENAI_CUSTOM_URL: 'https://apim-0.azure-api.net/openai/v1' };
  const hook = new FakeHook(env, apimFolder({ ALLOWED_PRINCIPALS: 'someone' }));
  await afterChat(hook);
  assert.match(
    hook.runs.at(-2) ?? '',
    /^azd env set ALLOWED_PRINCIPALS someone,principal-of-chat --cwd .*deploy\/api-management --environment front$/,
  );
  assert.match(
    hook.runs.at(-1) ?? '',
    /^azd provision --no-prompt --cwd .*deploy\/api-management --environment front$/,
  );
  const other = new FakeHook({ ...env, AZURE_OPENAI_CUSTOM_URL: 'https://apim-1.azure-api.net' }, apimFolder({}));
  await afterChat(other);
  assert.ok(!other.runs.some((line) => line.includes('env set')));
});

test('postprovision of the chat app: says what to do where the gateway was deployed from elsewhere; a key needs nothing', async () => {
  const hook = new FakeHook(CHAT_ENV, () => ({ code: 1, stdout: '' }));
  await afterChat(hook);
  assert.match(hook.said.join('\n'), /azd env set GATEWAY_PRINCIPALS principal-of-chat/);
  const apim = new FakeHook({ ...CHAT_ENV, AZURE_OPENAI_CUSTOM_URL: 'https://apim-0.azure-api.net' }, () => ({
    code: 1,
    stdout: '',
  }));
  await afterChat(apim);
  assert.match(apim.said.join('\n'), /azd env set ALLOWED_PRINCIPALS principal-of-chat/);
  const keyed = new FakeHook({ ...CHAT_ENV, AZURE_OPENAI_API_KEY_OVERRIDE: 'key' });
  await afterChat(keyed);
  assert.deepEqual([keyed.runs, keyed.said], [[], []]);
});

test('docs/deploy-container-apps.md: names each variable that azd hands to the gateway, but for keys and its own', () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/deploy-container-apps.md', import.meta.url)), 'utf8');
  const names = [...artefact('gateway/infra/main.bicepparam').matchAll(/readEnvironmentVariable\('(\w+)'/g)].map(
    ([, name = '']) => name,
  );
  const told = names.filter((name) => !/^AZURE_|^SERVICE_/.test(name));
  assert.ok(told.length > 10);
  assert.deepEqual(
    told.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});
