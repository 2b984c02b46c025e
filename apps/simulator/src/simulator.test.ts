import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { startSimulator } from './simulator.ts';
import { HELLO, send, withSimulator } from './testing.ts';

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
        resource.deployments.map((d: Record<string, unknown>) => [
          d.name,
          d.model,
          d.tokensPerMinute,
          d.requestsPerMinute,
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
    assert.deepEqual(places, [
      'port',
      'resources',
      'resources',
      'resources.one.key',
      'resources.one.region',
      'resources.one.latency.firstTokenMs',
      'resources.one.latency.perTokenMs',
      'resources.one.port',
      'resources.two words.deployments',
      'resources.two words.deployments.chat.capacity',
      'resources.two words.deployments.chat.model',
      'resources.two words.deployments.chat.modelVersion',
      'resources.two words.deployments.chat.requestsPerMinute',
    ]);
    return true;
  });
  await assert.rejects(startSimulator({ resources: [] }), /resources: the list is empty/);
});

test('close: destroys what is on its way', () =>
  withSimulator(
    async ({ simulator, chat, clock }) => {
      const answer = chat(HELLO);
      while (clock.pending === 0) await new Promise(setImmediate);
      await simulator.close();
      assert.equal((await answer).status, null);
      assert.equal(clock.pending, 0);
    },
    { latency: { firstTokenMs: 1000, perTokenMs: 0 } },
  ));
