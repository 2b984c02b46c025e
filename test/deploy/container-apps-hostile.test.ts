/** The hooks of the two azd projects with an environment by somebody careless or hostile, and with azd and az that fail in every way. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderContainerApps } from '@spillway/render';
import { postprovision as afterChat } from '../../deploy/container-apps/chat/hooks/postprovision.ts';
import { preprovision as beforeChat } from '../../deploy/container-apps/chat/hooks/preprovision.ts';
import { postprovision as afterGateway } from '../../deploy/container-apps/gateway/hooks/postprovision.ts';
import { preprovision as beforeGateway } from '../../deploy/container-apps/gateway/hooks/preprovision.ts';
import { quotaProblems, quotasIn, wantsOf } from '../../deploy/container-apps/gateway/hooks/quota.ts';
import {
  DEPLOYMENTS_MAX,
  defaultsIn,
  IN_REGION_MAX,
  INSTANCES_MAX,
  settingProblems,
} from '../../deploy/container-apps/gateway/hooks/settings.ts';
import {
  ASK_MS_MAX,
  type Ended,
  type Hook,
  needsShell,
  PROVISION_MS_MAX,
  runProgram,
  visible,
} from '../../deploy/container-apps/hooks/run.ts';
import { configOf } from './apim/fleets.ts';
import { artefact } from './container-apps-fleets.ts';

const HOSTILE = ['a b', "'", '"', 'a;id', '$(id)', '`id`', 'a\nb', 'a&b', 'a|b', '%0a', '--help', '\u001b[2J', '{{x}}'];
const DEFAULTS = defaultsIn(artefact('gateway/infra/main.bicepparam'));

interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly msMax: number | undefined;
}

/** Remembers what it was asked to run. */
class Recorder implements Hook {
  readonly env: Hook['env'];
  readonly runs: Run[] = [];
  readonly said: string[] = [];
  readonly #answer: (line: string) => Ended;

  constructor(env: Hook['env'], answer: (line: string) => Ended = () => ({ code: 0, stdout: '[]' })) {
    this.env = { GATEWAY_KEY: 'key-not-shown', GATEWAY_SEAL_KEY: 'seal-not-shown', ...env };
    this.#answer = answer;
  }

  readonly run: Hook['run'] = (program, args, msMax) => {
    this.runs.push({ program, args, msMax });
    return Promise.resolve(this.#answer(args.join(' ')));
  };

  readonly say = (line: string): void => {
    this.said.push(line);
  };
}

test('defaultsIn: are those of the template, also of a rendered configuration with quotes in its names', () => {
  assert.equal(DEFAULTS.OPENAI_CAPACITY, '30');
  const deployment = {
    name: 'chat',
    model: 'gpt-4o',
    modelVersion: '1',
    type: 'Standard',
    capacity: 7,
    contentFilter: "it's \\ \n $x",
  };
  const backend = { name: 'one', url: 'https://one.openai.azure.com', region: 'norwayeast', deployments: [deployment] };
  const artefacts = renderContainerApps(configOf(`backends: ${JSON.stringify([backend])}`));
  const text = artefacts.find(({ path }) => path === 'gateway/infra/main.bicepparam')?.text ?? '';
  const [instance] = JSON.parse(defaultsIn(text).OPENAI_INSTANCES ?? '');
  assert.equal(instance.deployments[0].contentFilter, "it's \\ \n $x");
  assert.deepEqual(settingProblems(defaultsIn(text)), []);
  assert.deepEqual(wantsOf(defaultsIn(text)), [
    { region: 'norwayeast', quota: 'OpenAI.Standard.gpt-4o', capacity: 7, variable: 'OPENAI_INSTANCES' },
  ]);
});

test('settingProblems: has nothing against the defaults, and against what the docs show', () => {
  assert.deepEqual(settingProblems(DEFAULTS), []);
  const page = readFileSync(new URL('../../docs/deploy-container-apps.md', import.meta.url), 'utf8');
  const [, fleet = ''] = /azd env set OPENAI_INSTANCES '(.+)'/.exec(page) ?? [];
  assert.deepEqual(settingProblems({ ...DEFAULTS, OPENAI_INSTANCES: fleet }), []);
});

const WRONG: readonly (readonly [variable: string, value: string, problem: RegExp])[] = [
  [
    'OPENAI_CAPACITY',
    'abc',
    /^OPENAI_CAPACITY: "abc" is not a whole number from 1 to 1000000; azd env set OPENAI_CAPACITY 30$/,
  ],
  ['OPENAI_CAPACITY', '', /"" is not a whole number/],
  ['OPENAI_CAPACITY', '-1', /"-1" is not a whole number/],
  ['OPENAI_CAPACITY', '0', /"0" is not a whole number/],
  ['OPENAI_CAPACITY', '1e9', /"1e9" is not a whole number/],
  ['OPENAI_CAPACITY', '30.5', /"30\.5" is not a whole number/],
  ['OPENAI_CAPACITY', ' 30', /" 30" is not a whole number/],
  ['OPENAI_CAPACITY', '9'.repeat(400), /^OPENAI_CAPACITY: "9{59}… is not a whole number/],
  ['OPENAI_PTU', '-5', /from 0 to 1000000; azd env set OPENAI_PTU 0$/],
  ['OPENAI_DEPLOYMENT_TYPE', 'standard', /is none of GlobalStandard, DataZoneStandard, Standard; azd env set/],
  ['OPENAI_PTU_TYPE', 'PTU', /is none of ProvisionedManaged/],
  ['GATEWAY_IDLE_MINUTES', '31', /from 4 to 30/],
  ['GATEWAY_REPLICAS_MAX', '0', /from 1 to 30/],
  ['GATEWAY_PRIVATE', 'True', /is none of true, false/],
  ['GATEWAY_PRINCIPALS', 'a, b', /is not a list of object ids with commas between them, without blanks/],
  ['OPENAI_INSTANCES', 'eastus', /^OPENAI_INSTANCES: "eastus" is not a list in JSON; azd env set OPENAI_INSTANCES '\[/],
  ['OPENAI_INSTANCES', '{"region":"eastus"}', /is not a list in JSON/],
  ['OPENAI_INSTANCES', '[]', /lists 0 resources, which is not 1 to 100/],
  ['OPENAI_INSTANCES', '[null]', /^OPENAI_INSTANCES\[0\]: null is not an object; it has region, name, deployments$/],
  [
    'OPENAI_INSTANCES',
    '[{"regio":"eastus"}]',
    /^OPENAI_INSTANCES\[0\]\.regio: is not known; known are region, name, deployments$/,
  ],
  ['OPENAI_INSTANCES', '[{"name":"a1"}]', /^OPENAI_INSTANCES\[0\]\.region: is missing$/],
  ['OPENAI_INSTANCES', '[{"region":"East US"}]', /\[0\]\.region: "East US" is not a region, such as "eastus"/],
  ['OPENAI_INSTANCES', '[{"region":"eastus","name":"A_b"}]', /\.name: "A_b" is not a name of 1 to 45 small letters/],
  [
    'OPENAI_INSTANCES',
    '[{"region":"eastus","name":"openai2"},{"region":"eastus"}]',
    /two resources are called openai2/,
  ],
  [
    'OPENAI_INSTANCES',
    '[{"region":"eastus","deployments":[]}]',
    /\.deployments: \[\] is not a list of 1 to 32 deployments/,
  ],
];

for (const [variable, value, problem] of WRONG) {
  test(`settingProblems: ${variable}=${value.slice(0, 60)}`, () => {
    const [first = '', ...more] = settingProblems({ ...DEFAULTS, [variable]: value });
    assert.match(first, problem);
    assert.deepEqual(more.length, variable === 'OPENAI_INSTANCES' && value.includes('regio"') ? 1 : 0);
  });
}

const regions = (count: number, region = (i: number): string => `region${i}`) =>
  JSON.stringify(Array.from({ length: count }, (_, i) => ({ region: region(i) })));

test('settingProblems: takes a name of one character, which the renderer makes of a short one, and of 45; not of none, and not of 46', () => {
  const problemsOf = (name: string) =>
    settingProblems({ ...DEFAULTS, OPENAI_INSTANCES: JSON.stringify([{ region: 'eastus', name }]) });
  assert.deepEqual(problemsOf('x'), []);
  assert.deepEqual(problemsOf('x'.repeat(45)), []);
  assert.match(problemsOf('x'.repeat(46))[0] ?? '', /is not a name of 1 to 45 small letters/);
  assert.match(problemsOf('')[0] ?? '', /is not a name of 1 to 45 small letters/);
  const deployment = { name: 'chat', model: 'gpt-4o', modelVersion: '1', type: 'Standard', capacity: 7 };
  const backend = { name: 'A', url: 'https://a.openai.azure.com', region: 'norwayeast', deployments: [deployment] };
  const artefacts = renderContainerApps(configOf(`backends: ${JSON.stringify([backend])}`));
  const given = defaultsIn(artefacts.find(({ path }) => path === 'gateway/infra/main.bicepparam')?.text ?? '');
  assert.equal(JSON.parse(given.OPENAI_INSTANCES ?? '')[0].name, 'a');
  assert.deepEqual(settingProblems(given), []);
});

test('settingProblems: as many resources as may be, and one more', () => {
  const problemsOf = (instances: string) => settingProblems({ ...DEFAULTS, OPENAI_INSTANCES: instances });
  assert.deepEqual(problemsOf(regions(INSTANCES_MAX)), []);
  assert.match(problemsOf(regions(INSTANCES_MAX + 1))[0] ?? '', /lists 101 resources/);
  assert.deepEqual(problemsOf(regions(IN_REGION_MAX, () => 'eastus')), []);
  assert.deepEqual(problemsOf(regions(60, () => 'eastus')), [
    'OPENAI_INSTANCES: 60 resources in eastus; Azure has 30 at most: use other regions',
  ]);
});

test('settingProblems: deployments that are listed are looked at one by one, all at once', () => {
  const good = { name: 'chat', model: 'gpt-4o', version: '1', type: 'Standard', capacity: 10 };
  const problemsOf = (...deployments: readonly object[]) =>
    settingProblems({ ...DEFAULTS, OPENAI_INSTANCES: JSON.stringify([{ region: 'eastus', deployments }]) });
  assert.deepEqual(problemsOf(good), []);
  assert.deepEqual(problemsOf({ ...good, capacity: '10', type: 'standard', wieght: 2 }, good), [
    'OPENAI_INSTANCES[0].deployments[0].wieght: is not known; known are name, model, version, type, capacity, priority, weight, contentFilter',
    'OPENAI_INSTANCES[0].deployments[0].type: "standard" is none of GlobalStandard, DataZoneStandard, Standard, ProvisionedManaged, DataZoneProvisionedManaged, GlobalProvisionedManaged',
    'OPENAI_INSTANCES[0].deployments[0].capacity: "10" is not a whole number from 1 to 1000000',
    'OPENAI_INSTANCES[0].deployments: two are called chat; rename one',
  ]);
  const many = Array.from({ length: DEPLOYMENTS_MAX + 1 }, (_, i) => ({ ...good, name: `d${i}` }));
  assert.match(problemsOf(...many)[0] ?? '', /is not a list of 1 to 32 deployments/);
  const own = JSON.stringify([{ region: 'eastus', deployments: [good] }]);
  assert.match(
    settingProblems({ ...DEFAULTS, OPENAI_INSTANCES: own, OPENAI_PTU: '50' })[0] ?? '',
    /^OPENAI_PTU: does nothing/,
  );
});

const PROGRAMS_SEE_NOTHING = ['OPENAI_INSTANCES', 'OPENAI_CHAT_MODEL', 'OPENAI_CAPACITY', 'GATEWAY_PRINCIPALS'];

for (const value of HOSTILE) {
  test(`preprovision of the gateway: ${JSON.stringify(value)} in a variable stops it before anything is run`, async () => {
    for (const variable of PROGRAMS_SEE_NOTHING) {
      const told = variable === 'OPENAI_INSTANCES' ? JSON.stringify([{ region: value }]) : value;
      const hook = new Recorder({ [variable]: told });
      await assert.rejects(beforeGateway(hook), (error: Error) => {
        assert.match(error.message, new RegExp(`^Not as it should be:\n {2}${variable}`));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        assert.doesNotMatch(error.message, /[\u0000-\u0009\u000b-\u001f]/);
        return true;
      });
      assert.deepEqual([hook.runs, hook.said], [[], []]);
    }
  });

  test(`hooks: an address or id such as ${JSON.stringify(value)} is never part of a command to be pasted`, async () => {
    const url = `https://gateway.example/${value}`;
    for (const hook of [beforeChat, afterGateway]) {
      const at = new Recorder({ CONTAINER_APP_URL: url, AZURE_OPENAI_CUSTOM_URL: url });
      if (/^[\w./-]+$/.test(value)) await hook(at);
      else await assert.rejects(hook(at), /is no https address/);
    }
    const chat = new Recorder({ CHAT_PRINCIPAL_ID: value, AZURE_OPENAI_CUSTOM_URL: 'https://gateway.example' });
    await assert.rejects(afterChat(chat), /CHAT_PRINCIPAL_ID is no object id/);
    assert.deepEqual([chat.runs, chat.said], [[], []]);
  });

  test(`postprovision of the chat app: an azd environment called ${JSON.stringify(value)} is not looked into`, async () => {
    const hook = new Recorder({ CHAT_PRINCIPAL_ID: 'id', AZURE_OPENAI_CUSTOM_URL: 'https://g.example' }, () => ({
      code: 0,
      stdout: JSON.stringify([{ Name: value }]),
    }));
    await afterChat(hook);
    assert.deepEqual(
      hook.runs.map(({ args }) => args.slice(0, 2).join(' ')),
      ['env list', 'env list'],
    );
  });
}

const ENDINGS: readonly (readonly [name: string, ended: Ended, reason: string, regionsAsked: number])[] = [
  ['is not there', { code: 'absent', stdout: '' }, 'is not there', 1],
  ['hangs', { code: 'late', stdout: '' }, 'did not end in time', 1],
  ['fails', { code: 1, stdout: '' }, 'failed (exit code 1)', 3],
  ['prints garbage', { code: 0, stdout: '<html>' }, 'printed no list of quotas', 3],
  ['prints another list', { code: 0, stdout: '{"value":[]}' }, 'printed no list of quotas', 3],
];

for (const [name, ended, reason, regionsAsked] of ENDINGS) {
  test(`preprovision of the gateway: goes on where az ${name}, and says so`, async () => {
    const hook = new Recorder({}, () => ended);
    await beforeGateway(hook);
    assert.equal(hook.said.length, regionsAsked);
    assert.equal(
      hook.said[0],
      `Quota of eastus was not looked at: az ${reason}. It has to be signed in (az login). Azure will tell.`,
    );
    assert.doesNotMatch(hook.said.join(), /not-shown/);
  });

  test(`postprovision of the chat app: where azd ${name} it says what to do by hand`, async () => {
    const hook = new Recorder({ CHAT_PRINCIPAL_ID: 'id', AZURE_OPENAI_CUSTOM_URL: 'https://g.example' }, () => ended);
    await afterChat(hook);
    assert.match(hook.said.join('\n'), /azd env set GATEWAY_PRINCIPALS id /);
    assert.ok(!hook.runs.some(({ args }) => args.includes('provision')));
  });
}

test('quotasIn: leaves out what has no name and no figures', () => {
  const good = { name: { value: 'a' }, limit: 10, currentValue: 4 };
  const printed = [null, 5, {}, { name: 'x' }, { name: { value: 'b' }, limit: 'many', currentValue: 0 }, good];
  assert.deepEqual([...(quotasIn(JSON.stringify(printed)) ?? [])], [['a', { left: 6, granted: 10 }]]);
});

const quotasOf = (value: string, limit: number, currentValue: number) =>
  quotasIn(JSON.stringify([{ name: { value }, limit, currentValue }])) ?? new Map();

test('quotaProblems: what several deployments share is divided among them, in what it says to set', () => {
  const same = regions(3, () => 'eastus');
  const wants = wantsOf({ ...DEFAULTS, OPENAI_INSTANCES: same });
  assert.deepEqual(quotaProblems(wants, 'eastus', quotasOf('OpenAI.GlobalStandard.gpt-5.4-mini', 50, 0), 'left'), [
    'eastus: OpenAI.GlobalStandard.gpt-5.4-mini has 50 left, 90 are asked for; azd env set OPENAI_CAPACITY 16, or ask Azure for more',
  ]);
  assert.match(
    quotaProblems(wants, 'eastus', quotasOf('OpenAI.GlobalStandard.gpt-5.4-mini', 2, 0), 'left')[0] ?? '',
    /change OPENAI_INSTANCES, or ask/,
  );
});

test('quotaProblems: provisioned units are looked at by their kind, on the first resource', () => {
  const wants = wantsOf({ ...DEFAULTS, OPENAI_PTU: '50' });
  assert.deepEqual(quotaProblems(wants, 'eastus', quotasOf('OpenAI.ProvisionedManaged', 40, 0), 'left'), [
    'eastus: OpenAI.ProvisionedManaged has 40 left, 50 are asked for; azd env set OPENAI_PTU 40, or ask Azure for more',
  ]);
  assert.deepEqual(quotaProblems(wants, 'eastus2', quotasOf('OpenAI.ProvisionedManaged', 0, 0), 'left'), []);
});

test('preprovision of the gateway: later, when its own deployments count as used, it looks at all that was granted', async () => {
  const usages = JSON.stringify([
    { name: { value: 'OpenAI.GlobalStandard.gpt-5.4-mini' }, limit: 40, currentValue: 30 },
  ]);
  const env = { CONTAINER_APP_URL: 'https://ca-gateway-0.example' };
  const answer = (): Ended => ({ code: 0, stdout: usages });
  await beforeGateway(new Recorder(env, answer));
  await assert.rejects(beforeGateway(new Recorder({ ...env, OPENAI_CAPACITY: '50' }, answer)), {
    message: /^Not enough quota:\n {2}eastus: \S+ has 40 in all, 50 are asked for; azd env set OPENAI_CAPACITY 40, or/,
  });
});

test('postprovision of the chat app: who may come already stays on the list, and provisioning has its own limit', async () => {
  const hook = new Recorder({ CHAT_PRINCIPAL_ID: 'new', AZURE_OPENAI_CUSTOM_URL: 'https://g.example' }, (line) => {
    if (line.startsWith('env list')) return { code: 0, stdout: '[{"Name":"broken"},{"Name":"mine"}]' };
    if (line.endsWith('broken')) return { code: 0, stdout: 'ERROR: no such file' };
    return { code: 0, stdout: '{"CONTAINER_APP_URL":"https://g.example/","GATEWAY_PRINCIPALS":"a, b"}' };
  });
  await afterChat(hook);
  const [set, provision] = hook.runs.slice(-2);
  assert.deepEqual(set?.args.slice(0, 4), ['env', 'set', 'GATEWAY_PRINCIPALS', 'a,b,new']);
  assert.equal(provision?.args[0], 'provision');
  assert.equal(provision?.msMax, PROVISION_MS_MAX);
  assert.ok(hook.runs.slice(0, -1).every(({ msMax }) => msMax === undefined));
});

test('runProgram: hands words on as they are, no shell looks at them', async () => {
  const { code, stdout } = await runProgram(process.execPath, [
    '-p',
    'JSON.stringify(process.argv.slice(1))',
    '--',
    ...HOSTILE,
  ]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), HOSTILE);
});

test('runProgram: tells an exit code, a program that is not there, and one that does not end', async () => {
  assert.deepEqual(await runProgram(process.execPath, ['-e', 'process.exit(3)']), { code: 3, stdout: '' });
  assert.deepEqual(await runProgram('no-such-program-of-spillway', []), { code: 'absent', stdout: '' });
  const asks = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  assert.equal((await runProgram(process.execPath, ['-e', asks], 200)).code, 'late');
  assert.ok(ASK_MS_MAX < PROVISION_MS_MAX);
});

test('runProgram: a program that asks back finds nobody, and goes on', async () => {
  const asks = "process.stdin.on('end', () => console.log('nobody')).resume()";
  assert.deepEqual(await runProgram(process.execPath, ['-e', asks]), { code: 0, stdout: 'nobody\n' });
});

test('needsShell: only az on Windows does, and gets nothing that a shell could run', () => {
  assert.equal(needsShell('linux', 'az', HOSTILE), false);
  assert.equal(needsShell('win32', 'azd', HOSTILE), false);
  assert.equal(needsShell('win32', 'az', ['usage', 'list', '--location', 'eastus']), true);
  for (const word of HOSTILE.filter((one) => one !== '--help')) {
    assert.throws(() => needsShell('win32', 'az', [word]), /has characters that a shell could run/);
  }
});

test('visible: leaves no escape sequence, and turns no line around', () => {
  assert.equal(visible('a\u001b[31m\nb\u202ec\r'), 'a\\u{1b}[31m\nb\\u{202e}c\\u{d}');
});
