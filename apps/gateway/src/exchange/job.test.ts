import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Allowance } from '@spillway/policy';
import { testClient } from '../testing/client.ts';
import { TestGateway, testFleet } from '../testing/kit.ts';

const EU: Allowance = {
  regions: ['eu'],
  types: null,
  modelVersions: null,
  contentFilters: null,
  features: null,
  contextTokensMin: null,
};
const KEY = 'key-of-the-client';

/** Two deployments of chat, in the EU and in the US; the second is preferred. */
function gateway(): TestGateway {
  const made = new TestGateway({ clients: [testClient('eu-only', KEY, { allowance: EU })] });
  const fleet = testFleet([
    { on: 'sweden', priority: 2 },
    { on: 'virginia', priority: 1 },
  ]);
  const regions: Readonly<Record<string, string>> = { sweden: 'swedencentral', virginia: 'eastus' };
  const members = fleet.deployments.map((deployment) => {
    const { backend } = deployment;
    return { ...deployment, type: 'Standard' as const, backend: { ...backend, region: regions[backend.name] ?? null } };
  });
  const pools = new Map([['chat', { name: 'chat', members }]]);
  made.context.ledger.reload({ ...fleet, deployments: members, pools }, { namesMax: 10, expiryMs: 1_000 });
  return made;
}

const headers = { 'api-key': KEY, 'x-spillway-explain': '1' };

test('jobOf: no byte of a client leaves its regions, even where that means a 429; the decision names the bound', () => {
  const bounded = gateway();
  const client = bounded.ask({ headers });
  assert.deepEqual(bounded.called, ['sweden']);
  bounded.call.answer(429, '{}', { 'content-type': 'application/json', 'retry-after': '7' });
  assert.deepEqual(bounded.called, ['sweden']);
  assert.equal(client.status, 429);
  assert.match(client.got('x-spillway-decision') ?? '', /virginia\/chat=regionNotAllowed/);
});

test('jobOf: a client for whom nobody is left is told which of its bounds keeps them out', () => {
  const bounded = gateway();
  const { ledger } = bounded.context;
  const members = ledger.pool('chat', 0)?.members.filter(({ backend }) => backend.name === 'virginia') ?? [];
  const pools = new Map([['chat', { name: 'chat', members }]]);
  ledger.reload({ ...ledger.fleet, pools }, { namesMax: 10, expiryMs: 1_000 });
  const client = bounded.ask({ headers });
  assert.deepEqual(bounded.called, []);
  assert.equal(client.status, 403);
  assert.match(client.received, /OutsideBounds.*'regions'/);
});

test('jobOf: what a client makes without naming a model stays together, wherever that is; others choose otherwise', () => {
  const names = ['team-a', 'team-b', 'tests'];
  const clients = names.map((name) => testClient(name, `key-of-${name}`));
  const placed = names.map((name) => {
    const made = new TestGateway({ clients, members: [], open: ['openai1', 'openai2', 'openai3'] });
    const same = made.context.ledger.fleet.resources.members.map((member) => ({ ...member, priority: 1 }));
    const fleet = { ...made.context.ledger.fleet, resources: { name: 'resources', members: same } };
    made.context.ledger.reload(fleet, { namesMax: 10, expiryMs: 1_000 });
    for (let i = 0; i < 5; i++) {
      made.ask({ target: '/openai/v1/vector_stores', headers: { 'api-key': `key-of-${name}` }, body: '{}' });
      made.call.answer(200, '{}');
    }
    assert.equal(new Set(made.called).size, 1, made.called.join());
    return made.called[0];
  });
  assert.deepEqual(placed.toSorted(), ['openai1', 'openai2', 'openai3']);
});
