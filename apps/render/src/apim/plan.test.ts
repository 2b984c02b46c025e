import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Config, configFromEnvironment, configFromYaml } from '@spillway/config';
import { POOL_MEMBERS_MAX, planOf } from './plan.ts';

function configOf(text: string): Config {
  const loaded = configFromYaml({ text, file: 'x.yaml', env: {}, secrets: new Map() });
  if (loaded.kind === 'errors') throw new Error(JSON.stringify(loaded.errors));
  return loaded.config;
}

const backend = (n: number, deployments: string): string =>
  `  - { name: openai${n}, url: "https://openai${n}.openai.azure.com", deployments: [${deployments}] }\n`;

test('planOf: a backend for each deployment, a pool for each model, with every name that leads to it', () => {
  const { backends, pools } = planOf(
    configOf(
      `backends:\n${backend(1, '{ name: a, model: m }, { name: b }')}${backend(2, '{ name: c, model: m, priority: 5 }')}`,
    ),
  );
  assert.deepEqual(
    backends.map(({ id }) => id),
    ['openai1-a', 'openai1-b', 'openai2-c'],
  );
  assert.deepEqual(
    pools.map(({ id, names, members }) => [
      id,
      names,
      members.map((member) => `${member.backend.id} ${member.priority}`),
    ]),
    [
      ['pool-m', ['m', 'a', 'c'], ['openai1-a 1', 'openai2-c 2']],
      ['pool-b', ['b'], ['openai1-b 1']],
    ],
  );
});

test('planOf: a pool never has more members than API Management takes', () => {
  const many = Array.from({ length: POOL_MEMBERS_MAX + 5 }, (_, i) => backend(i + 1, '{ name: a, model: m }')).join('');
  assert.equal(planOf(configOf(`backends:\n${many}`)).pools[0]?.members.length, POOL_MEMBERS_MAX);
});

test('planOf: resources without a list serve every name, but for those that send another one', () => {
  const loaded = configFromEnvironment({
    BACKEND_1_URL: 'https://a.openai.azure.com',
    BACKEND_2_URL: 'https://b.openai.azure.com',
    BACKEND_2_DEPLOYMENT_NAME: 'fixed',
  });
  assert.equal(loaded.kind, 'ok');
  if (loaded.kind !== 'ok') return;
  const [pool, ...others] = planOf(loaded.config).pools;
  assert.deepEqual([pool?.names, pool?.members.length, others.length], [null, 1, 0]);
});
