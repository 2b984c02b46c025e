import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, HELLO, type Received, send, withSimulator } from '../testing.ts';

const PROVIDER = '/subscriptions/simulated/resourceGroups/simulated/providers/Microsoft.CognitiveServices';
const BODY = { location: 'eastus', kind: 'OpenAI', sku: { name: 'S0' } };

function at(name: string): string {
  return `${PROVIDER}/accounts/${name}?api-version=2025-09-01`;
}

function put(bench: Bench, name: string, body: object = {}): Promise<Received> {
  return bench.admin('PUT', at(name), { ...BODY, ...body });
}

const REFUSED: ReadonlyArray<readonly [what: string, name: string, body: object, status: number, code: string]> = [
  ['no place', 'x', { location: undefined }, 400, 'LocationRequired'],
  ['another kind', 'x', { kind: 'Face' }, 400, 'InvalidApiSetId'],
  ['another size', 'x', { sku: { name: 'F0' } }, 400, 'InvalidResourceProperties'],
  ['no name', 'a%20b', {}, 400, 'InvalidResourceProperties'],
  ['a subdomain in use', 'x', { properties: { customSubDomainName: 'OpenAI1' } }, 409, 'CustomDomainInUse'],
  ['another region for one that is there', 'openai1', { location: 'westus' }, 409, 'InvalidResourceLocation'],
];

test('arm accounts: what Azure refuses is refused', () =>
  withSimulator(async (bench) => {
    for (const [what, name, body, status, code] of REFUSED) {
      const answer = await put(bench, name, body);
      assert.deepEqual([answer.status, JSON.parse(answer.text).error.code], [status, code], what);
    }
    assert.equal(bench.simulator.resources.length, 1);
  }));

test('arm accounts: the same name in another group is taken', () =>
  withSimulator(async (bench) => {
    const answer = await bench.admin(
      'PUT',
      at('openai1').replace('resourceGroups/simulated', 'resourceGroups/b'),
      BODY,
    );
    assert.deepEqual([answer.status, JSON.parse(answer.text).error.code], [409, 'CustomDomainInUse']);
  }));

test('arm accounts: of one subscription and region there are never more than so many, soft-deleted ones counted', () =>
  withSimulator(
    async (bench) => {
      assert.equal((await put(bench, 'second')).status, 201);
      assert.equal((await put(bench, 'elsewhere', { location: 'westus' })).status, 201);
      const third = await put(bench, 'third');
      assert.deepEqual([third.status, JSON.parse(third.text).error.code], [400, 'InsufficientQuota']);
      assert.equal((await bench.admin('DELETE', at('second'))).status, 200);
      assert.equal((await put(bench, 'third')).status, 400);
    },
    {},
    { control: { accountsPerRegion: 2 } },
  ));

test('arm accounts: a subdomain of its own leads to the resource, on whatever port', () =>
  withSimulator(async (bench) => {
    await bench.admin('PATCH', at('openai1'), { properties: { customSubDomainName: 'other-name' } });
    const url = `${bench.simulator.adminUrl}/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
    const headers = { host: 'other-name.openai.azure.com', 'api-key': 'simulated-key-1' };
    assert.equal((await send(url, { headers, body: HELLO })).status, 200);
  }));

test('arm accounts: without local sign-in keys are refused', () =>
  withSimulator(async (bench) => {
    await bench.admin('PATCH', at('openai1'), { properties: { disableLocalAuth: true } });
    const refused = await bench.chat(HELLO);
    assert.deepEqual([refused.status, JSON.parse(refused.text).error.code], [403, 'AuthenticationTypeDisabled']);
    await bench.admin('PATCH', at('openai1'), { properties: { disableLocalAuth: false } });
    assert.equal((await bench.chat(HELLO)).status, 200);
  }));

test('arm accounts: a key that was made anew takes the place of the old one', () =>
  withSimulator(async (bench) => {
    const path = `${PROVIDER}/accounts/openai1/regenerateKey?api-version=2025-09-01`;
    const { key1, key2 } = JSON.parse((await bench.admin('POST', path, { keyName: 'Key1' })).text);
    assert.ok(key1 !== key2 && key2 === 'simulated-key-1');
    assert.equal((await bench.chat(HELLO, { headers: { 'api-key': key1 } })).status, 200);
    assert.equal((await bench.admin('POST', path, { keyName: 'Key3' })).status, 400);
  }));
