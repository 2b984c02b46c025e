import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, HELLO, type Received, withSimulator } from '../testing.ts';

const ALL =
  '/subscriptions/simulated/resourceGroups/simulated/providers/Microsoft.CognitiveServices/accounts/openai1/deployments';
const MODEL = { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' };

function at(name: string): string {
  return `${ALL}/${name}?api-version=2024-10-01`;
}

function put(bench: Bench, name: string, sku: object, properties: object = {}): Promise<Received> {
  return bench.admin('PUT', at(name), { sku, properties: { model: MODEL, ...properties } });
}

function codeOf({ text }: Received): string {
  return JSON.parse(text).error.code;
}

const UNITS = { name: 'ProvisionedManaged', capacity: 50 };

test('arm deployments: 201 for a new one, 200 for a changed one, and the running one counts by it at once', () =>
  withSimulator(async (bench) => {
    assert.equal((await put(bench, 'fresh', { name: 'Standard', capacity: 1 })).status, 201);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 16_000 })).status, 200);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 16_000 })).status, 429);
    assert.equal((await put(bench, 'chat', { name: 'Standard', capacity: 64 })).status, 200);
    // What the minute had counted before is still counted.
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 16_000 })).status, 200);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 16_000 })).status, 429);
  }));

test('arm deployments: a change by an admin route is seen here, and the other way round', () =>
  withSimulator(async (bench) => {
    await put(bench, 'chat', { name: 'Standard', capacity: 40 }, { raiPolicyName: 'strict' });
    const path = '/admin/resources/openai1/deployments/chat';
    assert.equal(JSON.parse((await bench.admin('GET', path)).text).capacity, 40);
    await bench.admin('PATCH', path, { capacity: 50 });
    const { sku, properties } = JSON.parse((await bench.admin('GET', at('CHAT'))).text);
    assert.deepEqual([sku.capacity, properties.raiPolicyName], [50, 'strict']);
  }));

test('arm deployments: a PATCH changes what it names', () =>
  withSimulator(async (bench) => {
    const body = { sku: { capacity: 31 }, properties: { dynamicThrottlingEnabled: true } };
    const changed = JSON.parse((await bench.admin('PATCH', at('chat'), body)).text);
    assert.deepEqual(
      [changed.sku, changed.properties.dynamicThrottlingEnabled, changed.properties.model.name],
      [{ name: 'Standard', capacity: 31 }, true, 'gpt-4o'],
    );
  }));

test('arm deployments: one that others spill over to cannot be deleted', () =>
  withSimulator(async (bench) => {
    await put(bench, 'units', UNITS, { spilloverDeploymentName: 'chat' });
    const { properties } = JSON.parse((await bench.admin('GET', at('units'))).text);
    assert.deepEqual([properties.spilloverDeploymentName, properties.rateLimits], ['chat', undefined]);
    const denied = await bench.admin('DELETE', at('chat'));
    assert.deepEqual([denied.status, codeOf(denied)], [409, 'Conflict']);
    assert.equal((await bench.admin('DELETE', at('units'))).status, 200);
    assert.equal((await bench.admin('DELETE', at('chat'))).status, 200);
    assert.equal((await bench.admin('DELETE', at('chat'))).status, 204);
  }));

test('arm deployments: of Standard ones there are never more than so many', () =>
  withSimulator(
    async (bench) => {
      assert.equal((await put(bench, 'third', { name: 'Standard', capacity: 1 })).status, 201);
      const denied = await put(bench, 'fourth', { name: 'GlobalStandard', capacity: 1 });
      assert.deepEqual([denied.status, codeOf(denied)], [400, 'DeploymentCountLimitExceeded']);
      assert.equal((await put(bench, 'units', UNITS)).status, 201);
    },
    {},
    { control: { standardDeploymentsPerAccount: 3 } },
  ));

test('arm deployments: one that is deleted while it is being made never comes, and its operation has failed', () =>
  withSimulator(
    async (bench) => {
      const begun = await put(bench, 'units', UNITS);
      assert.deepEqual([begun.status, begun.headers['retry-after']], [201, '10']);
      const status = new URL(String(begun.headers['azure-asyncoperation']));
      const gone = await bench.admin('DELETE', at('units'));
      assert.equal(gone.status, 202);
      const location = new URL(String(gone.headers.location));
      const now = async (url: URL) => bench.admin('GET', url.pathname + url.search);
      const ended = JSON.parse((await now(status)).text);
      assert.deepEqual([ended.status, ended.error.code], ['Failed', 'Canceled']);
      assert.equal((await now(location)).status, 202);
      bench.clock.advance(10_000);
      assert.equal(JSON.parse((await now(status)).text).status, 'Failed');
      assert.equal((await now(location)).status, 204);
      assert.equal((await bench.admin('GET', at('units'))).status, 404);
    },
    {},
    { control: { provisioningSeconds: 10 } },
  ));

test('arm deployments: what cannot be made any more when its time has come has failed, and says why', () =>
  withSimulator(
    async (bench) => {
      const begun = await put(bench, 'units', UNITS, { spilloverDeploymentName: 'chat' });
      await bench.admin('DELETE', '/admin/resources/openai1/deployments/chat');
      bench.clock.advance(10_000);
      const { pathname, search } = new URL(String(begun.headers['azure-asyncoperation']));
      const { status, error } = JSON.parse((await bench.admin('GET', pathname + search)).text);
      assert.deepEqual([status, error.code], ['Failed', 'InvalidResourceProperties']);
      assert.match(error.message, /spilloverDeploymentName/);
    },
    {},
    { control: { provisioningSeconds: 10 } },
  ));

test('arm deployments: those that are being made count as those that are there, and their names are checked at once', () =>
  withSimulator(
    async (bench) => {
      assert.equal((await put(bench, 'third', { name: 'Standard', capacity: 1 })).status, 201);
      const denied = await put(bench, 'fourth', { name: 'Standard', capacity: 1 });
      assert.deepEqual([denied.status, codeOf(denied)], [400, 'DeploymentCountLimitExceeded']);
      for (const name of ['__proto__', 'a%00b', 'x'.repeat(65)]) {
        const refused = await put(bench, name, UNITS);
        assert.deepEqual([refused.status, codeOf(refused)], [400, 'InvalidResourceProperties'], name);
      }
      const { value } = JSON.parse((await bench.admin('GET', at('').replace('/?', '?'))).text);
      assert.equal(value.length, 3);
    },
    {},
    { control: { provisioningSeconds: 10, standardDeploymentsPerAccount: 3 } },
  ));

test('arm deployments: names of what every object has are names, and a capacity of any kind is refused in words', () =>
  withSimulator(
    async (bench) => {
      const shown = await bench.admin('GET', at('constructor'));
      assert.deepEqual([shown.status, JSON.parse(shown.text).properties.raiPolicyName], [200, 'Microsoft.DefaultV2']);
      const refused = await put(bench, 'odd', { name: 'Standard', capacity: { toString: 1 } });
      assert.deepEqual([refused.status, codeOf(refused)], [400, 'InvalidCapacity']);
      assert.match(refused.text, /capacity '\{\\"toString\\":1\}'/);
    },
    { deployments: [{ name: 'constructor', model: 'gpt-4o', capacity: 1 }] },
  ));

test('arm deployments: an operation is asked for under any name, and answers in headers that can be sent', () =>
  withSimulator(
    async (bench) => {
      const begun = await put(bench, 'units', UNITS);
      const id = /operations\/([\w-]+)/.exec(String(begun.headers['azure-asyncoperation']))?.[1];
      const path = `/subscriptions/%0d%0ax:1/providers/Microsoft.CognitiveServices/locations/%E2%82%AC/operationResults/${id}`;
      const { status, headers } = await bench.admin('GET', `${path}?api-version=2024-10-01`);
      assert.equal(status, 202);
      assert.match(String(headers.location), /\/subscriptions\/%0D%0Ax%3A1\/.*\/locations\/%E2%82%AC\//);
    },
    {},
    { control: { provisioningSeconds: 10 } },
  ));
