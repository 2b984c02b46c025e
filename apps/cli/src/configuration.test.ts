import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Config, configFromEnvironment, configFromYaml } from '@spillway/config';
import { contentText, errorText, fleetText, poolsOf } from './configuration.ts';

const YAML = `
backends:
  - name: openai1
    url: https://openai1.openai.azure.com
    apiKey: \${KEY}
    deployments:
      - { name: gpt-4o-ptu, model: gpt-4o, type: ProvisionedManaged, capacity: 100, priority: 1 }
      - { name: chat, model: gpt-4o, type: Standard, capacity: 30, priority: 2 }
  - name: openai2
    url: https://openai2.openai.azure.com
    deployments:
      - { name: chat, model: gpt-4o }
clients:
  - { name: app, key: "\${APP}" }
`;

function fromYaml(text: string): Config {
  const loaded = configFromYaml({
    text,
    file: 'spillway.yaml',
    env: { KEY: 'secret-1', APP: 'secret-2' },
    secrets: new Map(),
  });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return loaded.config;
}

function fromEnvironment(env: Readonly<Record<string, string>>): Config {
  const loaded = configFromEnvironment(env);
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return loaded.config;
}

const OPEN = { BACKEND_1_URL: 'https://openai1.openai.azure.com', BACKEND_1_APIKEY: 'secret-1' };

test('contentText: counts what there is', () => {
  assert.equal(contentText(fromYaml(YAML)), '2 backends, 3 deployments in 1 pool, 1 client');
  assert.equal(contentText(fromEnvironment(OPEN)), '1 backend, for any deployment name, no client keys');
});

test('poolsOf: each pool once, with every name that leads to it', () => {
  const pools = poolsOf(fromYaml(YAML).fleet.pools);
  assert.deepEqual(
    pools.map(({ pool, names }) => [pool.name, names.toSorted()]),
    [['gpt-4o', ['chat', 'gpt-4o', 'gpt-4o-ptu']]],
  );
});

test('fleetText: a table of each pool; no secret in it', () => {
  const text = fleetText(fromYaml(YAML));
  assert.equal(
    text,
    [
      '',
      'gpt-4o (also asked for as gpt-4o-ptu, chat)',
      '  deployment          type                         capacity  priority  weight  sign-in   url',
      '  openai1/gpt-4o-ptu  ProvisionedManaged            100 PTU         1       1  key       https://openai1.openai.azure.com',
      '  openai1/chat        Standard            30,000 tokens/min         2       1  key       https://openai1.openai.azure.com',
      '  openai2/chat        -                                   -         1       1  Entra ID  https://openai2.openai.azure.com',
      '',
    ].join('\n'),
  );
  assert.match(fleetText(fromEnvironment(OPEN)), /any name that is asked for\n.*\n {2}openai1\/\* .* key /);
  assert.ok(!text.includes('secret'));
});

test('fleetText: what shares a quota stands below it', () => {
  const shared = YAML.replaceAll('capacity: 30,', 'capacity: 30, quotaKey: east,').replace(
    'model: gpt-4o }\nclients',
    'model: gpt-4o, type: Standard, quotaKey: east }\nquotas: { east: { capacity: 40 } }\nclients',
  );
  const lines = fleetText(fromYaml(shared)).split('\n').slice(-5);
  const head = 'quota east: 40,000 tokens/min, for all of these together';
  assert.deepEqual(lines, ['', head, '  openai1/chat', '  openai2/chat', '']);
  assert.match(fleetText(fromYaml(shared.replace('{ capacity: 40 }', '{}'))), /quota east: as much as refusals teach/);
});

test('errorText: all errors and their number; how to begin only where nothing was given', () => {
  const nothing = configFromEnvironment({});
  assert.ok(nothing.kind === 'errors');
  assert.match(
    errorText(nothing.errors, null),
    /1 error in the environment\.\n\nThree ways to begin:\n {2}npm run demo/,
  );
  const wrong = configFromEnvironment({ BACKEND_1_URL: 'ftp://x', BACKEND_1_PRIORITY: '-1' });
  assert.ok(wrong.kind === 'errors');
  const text = errorText(wrong.errors, null);
  assert.match(text, /2 errors in the environment\./);
  assert.ok(!text.includes('npm run demo'), text);
});
