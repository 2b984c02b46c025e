import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSimulator } from '../testing.ts';

const PATH = '/admin/control/quotas';

test('admin control quotas: shows what was set and what is used', () =>
  withSimulator(
    async ({ admin }) => {
      const { quotas, places } = JSON.parse((await admin('GET', PATH)).text);
      assert.deepEqual(quotas, [{ type: 'Standard', limit: 240 }]);
      assert.deepEqual([places.length, places[0].subscription, places[0].region], [1, 'simulated', 'East US']);
      const rows = places[0].usages.map((row: { name: { value: string }; currentValue: number; limit: number }) => [
        row.name.value,
        row.currentValue,
        row.limit,
      ]);
      assert.deepEqual(rows, [
        ['OpenAI.S0.AccountCount', 1, 30],
        ['OpenAI.Standard.gpt-4o', 30, 240],
        ['OpenAI.Standard.text-embedding-3-small', 30, 240],
      ]);
    },
    {},
    { control: { quotas: [{ type: 'Standard', limit: 240 }] } },
  ));

test('admin control quotas: a quota that cannot be is refused', () =>
  withSimulator(async ({ admin }) => {
    for (const body of [{ type: 'Standard' }, { type: 'Some', limit: 1 }, { type: 'Standard', limit: -1 }, []]) {
      assert.equal((await admin('POST', PATH, body)).status, 400);
    }
    assert.deepEqual(JSON.parse((await admin('GET', PATH)).text).quotas, []);
  }));
