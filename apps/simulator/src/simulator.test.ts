import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { type StartOptions, startSimulator } from './simulator.ts';
import type { DeploymentState } from './state.ts';
import { HELLO, send, until, withSimulator } from './testing.ts';

test('startSimulator: by default three resources, each with chat and embedding of 30,000 TPM and a key of its own', async () => {
  const simulator = await startSimulator({ port: 0 });
  try {
    assert.deepEqual(
      simulator.resources.map(({ name, key }) => [name, key]),
      [
        ['openai1', 'simulated-key-1'],
        ['openai2', 'simulated-key-2'],
        ['openai3', 'simulated-key-3'],
      ],
    );
    const { resources } = JSON.parse((await send(`${simulator.adminUrl}/admin/resources`)).text);
    assert.equal(resources.length, 3);
    for (const resource of resources) {
      assert.deepEqual(
        resource.deployments.map((each: DeploymentState) => [
          each.name,
          each.model,
          each.limits?.tokensPerMinute,
          each.limits?.requestsPerMinute,
        ]),
        [
          ['chat', 'gpt-4o', 30_000, 180],
          ['embedding', 'text-embedding-3-small', 30_000, 180],
        ],
      );
    }
    assert.equal(new Set(resources.map((resource: { region: string }) => resource.region)).size, 3);
  } finally {
    await simulator.close();
  }
});

/** Four ports in a row that are free at this moment, all held by this test. */
async function fourPorts(): Promise<{ first: number; servers: readonly Server[] }> {
  for (;;) {
    const servers: Server[] = [];
    const hold = async (port: number): Promise<number | null> => {
      const server = createServer();
      const { promise, resolve } = Promise.withResolvers<boolean>();
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
      if (!(await promise)) return null;
      servers.push(server);
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : null;
    };
    const first = await hold(0);
    if (
      first !== null &&
      first < 65_000 &&
      (await hold(first + 1)) &&
      (await hold(first + 2)) &&
      (await hold(first + 3))
    ) {
      return { first, servers };
    }
    await closed(servers);
  }
}

async function closed(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
}

test('startSimulator: a taken port is an error that names it and the way out, and no other port stays open', async () => {
  const { first, servers } = await fourPorts();
  const taken = servers[2];
  assert.ok(taken);
  await closed(servers.filter((server) => server !== taken));
  await assert.rejects(
    startSimulator({ port: first }),
    new RegExp(`^Error: port ${first + 2} on 127.0.0.1 \\(resource openai2\\) is taken .* --port$`),
  );
  await closed([taken]);
  const simulator = await startSimulator({ port: first });
  assert.equal(simulator.adminUrl, `http://127.0.0.1:${first}`);
  assert.deepEqual(
    simulator.resources.map(({ url }) => url),
    [1, 2, 3].map((n) => `http://127.0.0.1:${first + n}`),
  );
  await simulator.close();
});

test('startSimulator: says everything that is wrong with its options at once', async () => {
  const started = startSimulator({
    port: 65_534,
    resources: [
      { name: 'one', key: '', region: 'Köln', latency: { firstTokenMs: -1, perTokenMs: Number.NaN } },
      { name: 'one', port: 70_000 },
      {
        name: 'two words',
        deployments: [
          { name: 'chat', model: 'gpt-4o', capacity: 0 },
          { name: 'chat', model: 'g"4', modelVersion: '', capacity: 1, requestsPerMinute: 0.5 },
        ],
      },
    ],
  });
  await assert.rejects(started, (error: Error) => {
    const places = error.message
      .replace(/^simulator: /, '')
      .split('\n')
      .map((line) => line.slice(0, line.indexOf(': ')));
    assert.deepEqual(
      places.toSorted(),
      [
        'port',
        'resources[0].key',
        'resources[0].latency.firstTokenMs',
        'resources[0].latency.perTokenMs',
        'resources[0].region',
        'resources[1].name',
        'resources[1].port',
        'resources["two words"].deployments[0].capacity',
        'resources["two words"].deployments[1].model',
        'resources["two words"].deployments[1].modelVersion',
        'resources["two words"].deployments[1].name',
        'resources["two words"].deployments[1].requestsPerMinute',
        'resources["two words"].name',
      ].toSorted(),
    );
    return true;
  });
  await assert.rejects(startSimulator({ resources: [] }), /resources: is an empty list; list a resource/);
});

test('close: destroys what is on its way', () =>
  withSimulator(
    async ({ simulator, chat, clock }) => {
      const answer = chat(HELLO);
      await until('it is under way', () => clock.pending > 0);
      await simulator.close();
      assert.equal((await answer).status, null);
      assert.equal(clock.pending, 0);
    },
    { latency: { firstTokenMs: 1000, perTokenMs: 0 } },
  ));

test('startSimulator: in a test of anyone’s, ten lines are enough', async () => {
  const deployments = [{ name: 'gpt', model: 'gpt-4o', capacity: 30 }];
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const simulator = await startSimulator({
    port: 0,
    resources: [{ name: 'mine', deployments, latency }],
    journalBodies: true,
  });
  const [mine] = simulator.resources;
  const body = { model: 'gpt', messages: [{ role: 'user', content: 'Hello' }] };
  const answer = await send(`${mine?.url}/openai/v1/chat/completions`, { headers: { 'api-key': mine?.key }, body });
  assert.equal(answer.status, 200);
  assert.deepEqual(JSON.parse(simulator.journal.entries()[0]?.body ?? ''), body);
  await simulator.close();
});

test('startSimulator: what is deployed changes while it runs', () =>
  withSimulator(async ({ simulator, chat }) => {
    assert.equal(
      simulator.deploy('openai1', { name: 'chat', model: 'gpt-4o', capacity: 1 }).limits?.tokensPerMinute,
      1000,
    );
    assert.equal((await chat({ ...HELLO, max_tokens: 2000 })).status, 429);
    assert.ok(simulator.remove('openai1', 'chat') && !simulator.remove('openai1', 'chat'));
    assert.equal((await chat(HELLO)).status, 404);
    const added = await simulator.addResource({ name: 'late', region: 'Norway East' });
    assert.deepEqual(
      simulator.resources.map(({ name }) => name),
      ['openai1', 'late'],
    );
    assert.equal((await send(`${added.url}/openai/v1/models`, { headers: { 'api-key': added.key } })).status, 200);
    assert.deepEqual([await simulator.removeResource('late'), await simulator.removeResource('late')], [true, false]);
    assert.equal((await send(`${added.url}/`)).errorCode, 'ECONNREFUSED');
    assert.throws(
      () => simulator.deploy('late', { name: 'a', model: 'b', capacity: 1 }),
      /"late" does not exist; there are openai1/,
    );
    assert.throws(
      () => simulator.deploy('openai1', { name: 'a', model: 'b', capacity: -1 }),
      /deployments\.a\.capacity: -1 is not/,
    );
    assert.equal(simulator.state().resources[0]?.deployments.length, 1);
  }));

test('startSimulator: models, quotas and faults of the options act from the start', () =>
  withSimulator(
    async ({ simulator, chat, clock }) => {
      assert.equal(simulator.state().resources[0]?.deployments[0]?.limits?.requestsPerMinute, 60);
      assert.equal((await chat(HELLO)).status, 200);
      clock.advance(1000);
      assert.equal((await chat(HELLO)).status, 418);
      assert.equal((await chat({ ...HELLO, max_tokens: 6000 })).status, 429);
    },
    { deployments: [{ name: 'chat', model: 'ours', capacity: 30 }] },
    {
      models: [{ name: 'ours', requestsPerThousandTokens: 2 }],
      quotas: [{ subscription: 'simulated', region: 'East US', model: 'ours', type: 'Standard', capacity: 5 }],
      faults: [{ kind: 'status', status: 418, startMs: 1000 }],
    },
  ));

test('startSimulator: what is hardly meant is told once, however often its neighbours change', async () => {
  const warnings: string[] = [];
  const deployments = [{ name: 'odd', model: 'nobody-knows', capacity: 1 }];
  const simulator = await startSimulator({
    port: 0,
    resources: [{ name: 'one', deployments }],
    onWarning: (text) => warnings.push(text),
  });
  try {
    assert.equal(warnings.length, 1);
    simulator.deploy('one', { name: 'other', model: 'gpt-4o', capacity: 1 });
    simulator.deploy('one', { name: 'other', model: 'gpt-4o', capacity: 2 });
    assert.equal(warnings.length, 1);
    simulator.deploy('one', { name: 'other', model: 'nor-this', capacity: 2 });
    assert.equal(warnings.length, 2);
    assert.match(warnings[1] ?? '', /nor-this/);
  } finally {
    await simulator.close();
  }
});

test('startSimulator: resources may listen everywhere, the admin port then stays on loopback', async () => {
  const simulator = await startSimulator({ port: 0, host: '0.0.0.0', resources: [{ name: 'one' }] });
  try {
    assert.equal(new URL(simulator.adminUrl).hostname, '127.0.0.1');
    assert.equal(new URL(simulator.resources[0]?.url ?? '').hostname, '0.0.0.0');
  } finally {
    await simulator.close();
  }
  await assert.rejects(
    startSimulator({ port: 0, adminHost: '0.0.0.0' }),
    /Set adminKey \(.*\), or keep the admin port to 127\.0\.0\.1/,
  );
});

test('close: leaves no port open, not even of what is being added, and nothing can be added', async () => {
  const simulator = await startSimulator({ port: 0, resources: [{ name: 'one' }] });
  const adding = simulator.addResource({ name: 'two' });
  await simulator.close();
  const { url } = await adding;
  for (const port of [simulator.adminUrl, url, ...simulator.resources.map((each) => each.url)]) {
    assert.equal((await send(port)).errorCode, 'ECONNREFUSED');
  }
  await assert.rejects(simulator.addResource({ name: 'three' }), /the simulator is closed/);
});

test('close: on a paused clock too, what waits is dropped', () =>
  withSimulator(
    async ({ simulator, chat, clock }) => {
      simulator.clock.pause();
      const answer = chat(HELLO);
      await until('it is under way', () => simulator.state().resources[0]?.deployments[0]?.active === 1);
      await simulator.close();
      assert.equal((await answer).status, null);
      assert.deepEqual([clock.pending, simulator.state().resources[0]?.deployments[0]?.active], [0, 0]);
    },
    { latency: { firstTokenMs: 1000, perTokenMs: 0 } },
  ));

/** Starts one with a recording, in real time since the network is real, and closes it after use. */
async function withTape(
  recording: StartOptions['recording'],
  upstream: { readonly url: string; readonly key: string } | null,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const resource = { name: 'openai1', ...(upstream === null ? {} : { upstream }) };
  const simulator = await startSimulator({ port: 0, resources: [resource], ...(recording ? { recording } : {}) });
  await use(`${simulator.resources[0]?.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`);
  await simulator.close();
}

test('startSimulator: records what another resource answers, and answers it again when that one has gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-'));
  const file = join(folder, 'tape.jsonl');
  const headers = { 'api-key': 'simulated-key-1' };
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const real = await startSimulator({
    port: 0,
    seed: 7,
    resources: [{ name: 'real', key: 'real-key-12345', latency }],
  });
  const upstream = { url: real.resources[0]?.url ?? '', key: 'real-key-12345' };
  const bodies = [HELLO, { ...HELLO, stream: true }];
  const first: string[] = [];
  await withTape({ mode: 'record', file, speed: 0 }, upstream, async (url) => {
    for (const body of bodies) first.push((await send(url, { headers, body })).text);
    assert.equal((await send(url, { headers: { 'api-key': 'wrong' }, body: HELLO })).status, 401);
  });
  assert.equal(real.journal.entries().length, 2);
  await real.close();
  await withTape({ mode: 'replay', file, speed: 0 }, null, async (url) => {
    for (const [i, body] of bodies.entries()) {
      const answer = await send(url, { headers, body });
      assert.deepEqual([answer.status, answer.text], [200, first[i]]);
      assert.ok('x-ratelimit-remaining-tokens' in answer.headers);
    }
    assert.equal((await send(url, { headers, body: { ...HELLO, seed: 5 } })).status, 404);
  });
  assert.doesNotMatch(readFileSync(file, 'utf8'), /real-key|simulated-key/);
  rmSync(folder, { recursive: true });
});

test('startSimulator: with TLS every port speaks https too, those added later among them, and closes with whoever is silent', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const simulator = await startSimulator({ port: 0, tls: { caFile: join(folder, 'ca.pem') } });
  const added = await simulator.addResource({ name: 'late' });
  const ca = simulator.tls?.ca ?? '';
  assert.equal(readFileSync(join(folder, 'ca.pem'), 'utf8'), ca);
  const urls = [simulator.adminHttpsUrl, added.httpsUrl, ...simulator.resources.map(({ httpsUrl }) => httpsUrl)];
  for (const url of urls) {
    const socket = tlsConnect({
      port: Number(new URL(url ?? '').port),
      host: '127.0.0.1',
      servername: 'localhost',
      ca,
    });
    socket.end('GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 200 /);
    assert.equal((await send(`${(url ?? '').replace('https', 'http')}/healthz`)).status, 200);
  }
  const silent = connect(Number(new URL(simulator.adminUrl).port), '127.0.0.1');
  await once(silent, 'connect');
  const gone = once(
    silent.on('error', () => {}),
    'close',
  );
  await simulator.close();
  await gone;
});

test('startSimulator: without TLS there are no https URLs and no CA', async () => {
  await withSimulator(async ({ simulator }) => {
    const { adminHttpsUrl, tls, resources } = simulator;
    assert.deepEqual([adminHttpsUrl, tls, resources[0]?.httpsUrl], [null, null, null]);
  });
});
