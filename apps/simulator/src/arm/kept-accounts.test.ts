import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Keeper, Kept } from '@spillway/azure-model';
import { type AccountSnapshot, plainAccount } from './account.ts';
import { KeptAccounts } from './kept-accounts.ts';
import { plainControl } from './wanted.ts';

function keeper() {
  const rows = new Map<string, Kept & { readonly kind: string }>();
  const made: Keeper = {
    load: () => [...rows.values()].map((row) => structuredClone(row)),
    put: (kind, object) => rows.set(object.id, { kind, ...structuredClone(object) }),
    remove: (_, id) => rows.delete(id),
  };
  return { rows, made };
}

const OWN: AccountSnapshot = {
  options: {
    name: 'Acme',
    subscription: 's',
    resourceGroup: 'g',
    region: 'East US',
    keys: ['k1', 'k2'],
    deployments: [{ name: 'd', model: 'gpt-4o', capacity: 5 }],
  },
  control: { ...plainAccount('Acme', 17), isOwn: true, tags: { a: 'b' }, given: { publicNetworkAccess: 'Disabled' } },
  deployments: { d: { ...plainControl(18), isOwn: true, raiPolicyName: 'strict' } },
  deletedMs: 99,
};
const OF_THE_FILE: AccountSnapshot = { ...OWN, control: { ...OWN.control, isOwn: false }, deletedMs: null };
const silent = (text: string): void => assert.fail(text);

test('KeptAccounts: what was put comes back as it was, but that it is not being made any more', () => {
  const { made } = keeper();
  new KeptAccounts(made).put(OWN);
  assert.deepEqual(new KeptAccounts(made).load(silent), [{ ...OWN, control: { ...OWN.control, readyMs: 0 } }]);
});

test('KeptAccounts: of a resource of the file only what the control plane made there is kept', () => {
  const { made, rows } = keeper();
  const kept = new KeptAccounts(made);
  kept.put(OF_THE_FILE);
  const [loaded] = kept.load(silent);
  assert.deepEqual(loaded?.options, { name: 'Acme', deployments: OWN.options.deployments });
  kept.put({ ...OF_THE_FILE, deployments: { d: plainControl(18) } });
  assert.equal(rows.size, 0);
});

test('KeptAccounts: one that cannot be read is told of and left out', () => {
  const { made } = keeper();
  made.put('account', { id: 'bad', createdMs: 0, value: { options: { name: '?' } }, bytes: null });
  const told: string[] = [];
  assert.deepEqual(
    new KeptAccounts(made).load((text) => told.push(text)),
    [],
  );
  assert.match(told[0] ?? '', /^stateFile: the account bad cannot be read \(.*name.*\); it is left out$/);
});

test('KeptAccounts: moments that are none are the first one there is', () => {
  const { made } = keeper();
  const control = { isOwn: true, createdMs: 1e300, modifiedMs: -1e300, keysMade: '1' };
  made.put('account', { id: 'acme', createdMs: 0, value: { options: { name: 'acme' }, control }, bytes: null });
  const [loaded] = new KeptAccounts(made).load(silent);
  assert.deepEqual(loaded?.control, { ...plainAccount('acme', 0), isOwn: true });
});

test('KeptAccounts: without a state file nothing is kept', () => {
  const kept = new KeptAccounts(null);
  kept.put(OWN);
  kept.remove('Acme');
  assert.deepEqual(kept.load(silent), []);
});
