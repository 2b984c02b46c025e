/** Found, drafted and written: the judge is the configuration of the gateway itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFromYaml } from '@spillway/config';
import fc from 'fast-check';
import type { ArmAccount, ArmDeployment } from './answer.ts';
import type { Found } from './discover.ts';
import { type Auth, draftOf } from './draft.ts';
import { spillwayFile } from './spillway-file.ts';

function account(name: string, over: Partial<ArmAccount> = {}): ArmAccount {
  return {
    id: `/subscriptions/sub/resourceGroups/group/providers/Microsoft.CognitiveServices/accounts/${name}`,
    name,
    kind: 'OpenAI',
    location: 'East US',
    endpoint: `https://${name}.openai.azure.com`,
    localAuthDisabled: false,
    ...over,
  };
}

function deployment(name: string, over: Partial<ArmDeployment> = {}): ArmDeployment {
  return {
    name,
    model: { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' },
    type: 'Standard',
    capacity: 30,
    state: 'Succeeded',
    raiPolicyName: null,
    versionUpgradeOption: null,
    spilloverDeploymentName: null,
    dynamicThrottlingEnabled: null,
    rateLimits: [],
    id: null,
    ...over,
  };
}

function written(found: readonly Found[], auth: Auth = 'key', isAzure = true): string {
  return spillwayFile(draftOf(found, auth), { subscription: 'sub', isAzure });
}

function load(text: string) {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  const env = Object.fromEntries(names.map((name) => [name, `a-key-for-${name}`]));
  return configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
}

function good(text: string) {
  const loaded = load(text);
  assert.equal(loaded.kind, 'ok', `${JSON.stringify(loaded, null, 1).slice(0, 2_000)}\n${text}`);
  return loaded.kind === 'ok' ? loaded : assert.fail();
}

const MODEL_OF_META = { format: 'Meta', name: 'Llama-3', version: '1' };
const MINI = { format: 'OpenAI', name: 'gpt-4o-mini', version: null };

test('spillwayFile: provisioned first, keys by name, and what is left out says why', () => {
  const text = written([
    {
      account: account('openai1'),
      deployments: [
        deployment('chat-ptu', { type: 'ProvisionedManaged', capacity: 100 }),
        deployment('chat'),
        deployment('nightly', { type: 'GlobalBatch' }),
        deployment('new', { state: 'Creating' }),
        deployment('llama', { model: MODEL_OF_META }),
      ],
    },
    { account: account('openai-2', { localAuthDisabled: true, location: null }), deployments: [deployment('chat')] },
    { account: account('speech', { kind: 'SpeechServices' }), deployments: null },
    { account: account('empty'), deployments: [deployment('nightly', { type: 'GlobalBatch' })] },
  ]);
  assert.equal(
    text,
    `# What subscription sub has: 2 resources, 3 deployments.
# Written by spillway deployments discover; check it with: spillway check --connect --config FILE
# export OPENAI1_KEY="$(az cognitiveservices account keys list --name openai1 --resource-group group --query key1 --output tsv)"
backends:
  - name: openai1
    url: https://openai1.openai.azure.com
    apiKey: \${OPENAI1_KEY}
    region: eastus
    deployments:
      - { name: chat-ptu, model: gpt-4o, type: ProvisionedManaged, capacity: 100, priority: 1 } # version 2024-11-20
      - { name: chat, model: gpt-4o, type: Standard, capacity: 30, priority: 2 } # version 2024-11-20
      # Left out:
      #   nightly: is of type GlobalBatch, which the gateway does not balance
      #   new: is in state Creating
      #   llama: runs a model of Meta, not of Azure OpenAI
  - name: openai-2
    url: https://openai-2.openai.azure.com
    # keys are switched off on this resource: Entra ID
    deployments:
      - { name: chat, model: gpt-4o, type: Standard, capacity: 30, priority: 2 } # version 2024-11-20
# Left out:
#   speech: is of kind SpeechServices, which serves no models of Azure OpenAI
#   empty: has no deployment that the gateway could serve
#   empty/nightly: is of type GlobalBatch, which the gateway does not balance
`,
  );
  const { config, warnings } = good(text);
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    config.fleet.pools.get('gpt-4o')?.members.map(({ id, priority }) => [id, priority]),
    [
      ['openai1/chat-ptu', 1],
      ['openai1/chat', 2],
      ['openai-2/chat', 2],
    ],
  );
});

test('spillwayFile: --auth entra names no key; a simulator is told of as such', () => {
  const found = [
    { account: account('openai1', { endpoint: 'http://127.0.0.1:9001' }), deployments: [deployment('chat')] },
  ];
  const entra = written(found, 'entra');
  assert.doesNotMatch(entra, /apiKey|export/);
  good(entra);
  const simulated = written(found, 'key', false);
  assert.match(simulated, /# export OPENAI1_KEY=… +the key of openai1, as spillway simulate prints it/);
  assert.match(simulated, /url: http:\/\/127\.0\.0\.1:9001\n/);
  good(simulated);
});

test('spillwayFile: names that clash are told apart, and a name of two models is given one to look at', () => {
  const text = written([
    { account: account('my-res'), deployments: [deployment('chat')] },
    {
      account: account('My-Res', { endpoint: 'https://other.openai.azure.com' }),
      deployments: [deployment('chat', { model: MINI })],
    },
    { account: account('my_res'), deployments: [deployment('gpt-4o', { model: MINI })] },
    {
      account: account('region', { endpoint: 'https://eastus.api.cognitive.microsoft.com' }),
      deployments: [deployment('a')],
    },
    {
      account: account('region2', { endpoint: 'https://eastus.api.cognitive.microsoft.com' }),
      deployments: [deployment('a')],
    },
    {
      account: account('1st'),
      deployments: [deployment('true', { model: { format: null, name: 'null', version: null } })],
    },
  ]);
  assert.deepEqual(text.match(/(?<=- name: ).*/g), ['my-res', 'My-Res-2', 'my_res', 'region', '"1st"']);
  assert.deepEqual(text.match(/(?<=apiKey: ).*/g), [
    '${MY_RES_KEY}',
    '${MY_RES_KEY_2}',
    '${MY_RES_KEY_3}',
    '${REGION_KEY}',
    '${KEY_1ST_KEY}',
  ]);
  assert.match(text, /# {3}region2: answers at the address of a resource above/);
  assert.match(text, /aliases:\n {2}chat: gpt-4o # of gpt-4o, gpt-4o-mini\n$/);
  assert.match(text, /name: "true", model: "null"/);
  good(text);
});

const odd = fc.string({ unit: 'grapheme', maxLength: 12 });
const usual = fc.constantFrom('chat', 'Chat', 'gpt-4o', 'gpt-4o-mini', 'true', '1e3', '0613');
const hostile = fc.constantFrom('~', 'a: b', 'x # y', '${A}', "it's", '"q"', 'a\nb', '-', '');
const name = fc.oneof(
  { weight: 6, arbitrary: usual },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: odd },
);
/** Mostly what Azure gives, now and then something else, or nothing. */
const mostly = (usually: readonly string[], seldom = odd) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...usually) },
    { weight: 1, arbitrary: seldom },
    { weight: 1, arbitrary: fc.constant(null) },
  );
const anyDeployment = fc.record({
  name,
  model: fc.record({
    format: mostly(['OpenAI']),
    name: fc.option(name, { nil: null, freq: 9 }),
    version: mostly(['0613']),
  }),
  type: mostly(['Standard', 'ProvisionedManaged', 'GlobalStandard']),
  capacity: fc.option(fc.oneof(fc.integer({ min: -1, max: 2_000 }), fc.double()), { nil: null }),
  state: mostly(['Succeeded']),
});
const anyAccount = fc.record({
  name,
  kind: mostly(['OpenAI', 'AIServices']),
  location: mostly(['East US', 'eastus2']),
  endpoint: mostly(
    ['https://a.openai.azure.com', 'https://A.openai.azure.com', 'https://b.openai.azure.com', 'http://127.0.0.1:9001'],
    fc.webUrl(),
  ),
  localAuthDisabled: fc.boolean(),
});

test('spillwayFile: whatever Azure holds, the file is one that the gateway takes (seed 20261121)', () => {
  const uniquely = { maxLength: 4, selector: (each: { readonly name: string }) => each.name.toLowerCase() };
  const found = fc.array(fc.record({ account: anyAccount, deployments: fc.uniqueArray(anyDeployment, uniquely) }), {
    maxLength: 5,
  });
  let usable = 0;
  fc.assert(
    fc.property(found, fc.constantFrom('key' as const, 'entra' as const), (all, auth) => {
      const draft = draftOf(
        all.map((each) => ({
          account: account(each.account.name, each.account),
          deployments: each.deployments.map((one) => deployment(one.name, one)),
        })),
        auth,
      );
      if (draft.backends.length === 0) return;
      usable++;
      good(spillwayFile(draft, { subscription: 'sub', isAzure: true }));
    }),
    { seed: 20261121, numRuns: 400 },
  );
  assert.ok(usable > 200, `only ${usable} had something to write`);
});
