import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, type Received, send, withSimulator } from '../testing.ts';
import { ARM_BODY_BYTES_MAX } from './arm-door.ts';

const ACCOUNTS = '/subscriptions/simulated/resourceGroups/simulated/providers/Microsoft.CognitiveServices/accounts';
const VERSION = 'api-version=2025-09-01';

function refused({ status, text }: Received): readonly [number | null, string, string] {
  const { error } = JSON.parse(text);
  return [status, error.code, error.message];
}

async function asked(bench: Bench, path: string, method = 'GET', body?: unknown): Promise<Received> {
  return bench.admin(method, path, body);
}

test('armDoor: a version is demanded, and must look like one', () =>
  withSimulator(async (bench) => {
    assert.deepEqual(refused(await asked(bench, ACCOUNTS)), [
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    ]);
    const [status, code] = refused(await asked(bench, `${ACCOUNTS}?api-version=v1`));
    assert.deepEqual([status, code], [400, 'InvalidApiVersionParameter']);
    for (const version of ['2021-10-01', '2025-06-01', '2027-01-01-preview']) {
      assert.equal((await asked(bench, `${ACCOUNTS}?Api-Version=${version}`)).status, 200);
    }
  }));

test('armDoor: answers carry the ids that clients log', () =>
  withSimulator(async ({ simulator }) => {
    const headers = { 'x-ms-client-request-id': 'mine' };
    const answer = await send(`${simulator.adminUrl}${ACCOUNTS}/none?${VERSION}`, { headers });
    assert.equal(answer.headers['x-ms-client-request-id'], 'mine');
    assert.match(String(answer.headers['x-ms-request-id']), /^[0-9a-f-]{36}$/);
    const [status, code, message] = refused(answer);
    assert.deepEqual([status, code], [404, 'ResourceNotFound']);
    assert.match(message, /'Microsoft\.CognitiveServices\/accounts\/none' under resource group 'simulated'/);
  }));

test('armDoor: a body that is no JSON, or too large, is refused', () =>
  withSimulator(async (bench) => {
    const path = `${ACCOUNTS}/x?${VERSION}`;
    assert.equal(refused(await asked(bench, path, 'PUT', '{'))[1], 'InvalidRequestContent');
    assert.equal(refused(await asked(bench, path, 'PUT', '[]'))[1], 'InvalidRequestContent');
    const large = await asked(bench, path, 'PUT', ' '.repeat(ARM_BODY_BYTES_MAX + 1));
    assert.deepEqual(refused(large).slice(0, 2), [413, 'RequestEntityTooLarge']);
  }));

test('armDoor: a page of another place may not change things', () =>
  withSimulator(async ({ simulator }) => {
    const headers = { origin: 'https://example.com' };
    const url = `${simulator.adminUrl}${ACCOUNTS}/openai1?${VERSION}`;
    const answer = await send(url, { method: 'DELETE', headers });
    assert.deepEqual(refused(answer).slice(0, 2), [403, 'AuthorizationFailed']);
    assert.equal(simulator.resources.length, 1);
  }));

test('armDoor: what only the simulator refuses is told as ARM tells things', () =>
  withSimulator(async (bench) => {
    const body = { sku: { name: 'Standard', capacity: 1 }, properties: { model: { name: 'gpt-4o' } } };
    const answer = await asked(bench, `${ACCOUNTS}/openai1/deployments/a%20b?${VERSION}`, 'PUT', body);
    const [status, code, message] = refused(answer);
    assert.deepEqual([status, code], [400, 'InvalidResourceProperties']);
    assert.match(message, /is not a name/);
  }));

test('armDoor: subscriptions and groups are those that the resources name', () =>
  withSimulator(async (bench) => {
    const list = async (path: string) => JSON.parse((await asked(bench, `${path}?${VERSION}`)).text).value;
    assert.deepEqual(
      (await list('/subscriptions')).map((each: { subscriptionId: string }) => each.subscriptionId),
      ['simulated'],
    );
    const groups = await list('/subscriptions/simulated/resourceGroups');
    assert.deepEqual([groups.length, groups[0].name, groups[0].location], [1, 'simulated', 'eastus']);
    assert.equal((await asked(bench, `/subscriptions/none?${VERSION}`)).status, 404);
  }));
