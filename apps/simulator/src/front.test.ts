import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, HELLO, type Received, send, withSimulator } from './testing.ts';

const AT_ONCE = { firstTokenMs: 0, perTokenMs: 0 };
const TWO = {
  resources: [
    { name: 'openai1', latency: AT_ONCE },
    { name: 'Other', latency: AT_ONCE, deployments: [{ name: 'mine', model: 'gpt-4o', capacity: 30 }] },
  ],
};
const MINE = '/openai/deployments/mine/chat/completions?api-version=2024-10-21';

function toMine(url: string, host: string | null, path = MINE): Promise<Received> {
  const named = host === null ? {} : { host };
  return send(`${url}${path}`, { body: HELLO, headers: { 'api-key': 'simulated-key-2', ...named } });
}

function urls({ simulator }: Bench): readonly string[] {
  return [simulator.adminUrl, ...simulator.resources.map(({ url }) => url)];
}

test('front: health is answered on every port, without a key, and is no request of the data plane', () =>
  withSimulator(async (bench) => {
    for (const url of urls(bench)) {
      for (const path of ['/', '/healthz', '//healthz?a=1']) {
        const answer = await send(`${url}${path}`);
        assert.deepEqual([answer.status, JSON.parse(answer.text).status], [200, 'ok'], `${url}${path}`);
      }
      const head = await send(`${url}/healthz`, { method: 'HEAD' });
      assert.deepEqual([head.status, head.text], [200, '']);
    }
    assert.deepEqual(bench.lines, []);
    assert.deepEqual(bench.simulator.journal.entries(), []);
  }));

test('front: a browser gets the page at the root of the admin port, and health everywhere else', () =>
  withSimulator(
    async ({ simulator }) => {
      const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
      const [first] = simulator.resources;
      const kinds = [];
      for (const url of [`${simulator.adminUrl}/`, `${simulator.adminUrl}/healthz`, `${first?.url}/`]) {
        const { status, headers: got } = await send(url, { headers });
        kinds.push([status, got['content-type']]);
      }
      const health = [200, 'application/json'];
      assert.deepEqual(kinds, [[200, 'text/html; charset=utf-8'], health, health]);
    },
    {},
    TWO,
  ));

for (const host of [
  'other.openai.azure.com',
  'OTHER.services.ai.azure.com',
  'other.cognitiveservices.azure.com:443',
  'other.localhost:1',
]) {
  test(`front: the host ${host} is served by that resource on every port`, () =>
    withSimulator(
      async (bench) => {
        for (const url of urls(bench)) assert.equal((await toMine(url, host)).status, 200, url);
        assert.deepEqual(
          bench.lines.map((line) => line.resource),
          ['Other', 'Other', 'Other'],
        );
      },
      {},
      TWO,
    ));
}

test('front: an unknown host on a resource’s own port is that resource’s', () =>
  withSimulator(
    async (bench) => {
      const [, first = '', second = ''] = urls(bench);
      assert.equal((await toMine(second, 'gateway.example.com')).status, 200);
      assert.equal((await toMine(second, 'nobody.openai.azure.com')).status, 200);
      assert.equal((await toMine(first, null)).status, 401);
    },
    {},
    TWO,
  ));

test('front: the admin port has no model of its own, and says where there are some', () =>
  withSimulator(async ({ simulator }) => {
    for (const host of [null, 'nobody.localhost']) {
      const refused = await toMine(simulator.adminUrl, host);
      assert.equal(refused.status, 404);
      assert.match(refused.text, /this is the admin port, and `host` names no resource.*there are openai1 at http/);
    }
  }));

test('front: a resource’s port has no admin routes, whatever the host', () =>
  withSimulator(async ({ simulator }) => {
    const answer = await send(`${simulator.resources[0]?.url}/admin/state`, {
      headers: { 'api-key': 'simulated-key-1' },
    });
    assert.equal(answer.status, 404);
    assert.equal(JSON.parse(answer.text).error.message, 'Resource not found');
  }));

test('front: a stopped resource is not there, whatever port is asked', () =>
  withSimulator(
    async (bench) => {
      await bench.admin('POST', '/admin/resources/Other/stop');
      const [admin = '', first = ''] = urls(bench);
      for (const url of [admin, first]) assert.equal((await toMine(url, 'other.localhost')).errorCode, 'ECONNRESET');
      await bench.admin('POST', '/admin/resources/Other/start');
      for (const url of urls(bench)) assert.equal((await toMine(url, 'other.localhost')).status, 200);
    },
    {},
    TWO,
  ));

test('front: repeated slashes are one, and the journal shows what came', () =>
  withSimulator(
    async ({ simulator }) => {
      const path = '//openai//deployments/mine///chat/completions?api-version=2024-10-21';
      assert.equal((await toMine(simulator.resources[1]?.url ?? '', null, path)).status, 200);
      const [entry] = simulator.journal.entries();
      assert.deepEqual([entry?.path, entry?.deployment], ['//openai//deployments/mine///chat/completions', 'mine']);
    },
    {},
    TWO,
  ));
