import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testServer } from './testing/server.ts';
import { THROTTLE_SECONDS, throttle } from './throttle.ts';

const WHAT = { resources: ['openai1', 'openai2'], deployments: ['answers'] };

test('throttle: tells the simulator of each deployment', async () => {
  const server = await testServer((_, response) => response.end('{}'));
  await throttle({ simulatorUrl: server.url, ...WHAT });
  server.close();
  const body = JSON.stringify({ seconds: THROTTLE_SECONDS });
  assert.deepEqual(
    server.asked.toSorted((a, b) => a.url.localeCompare(b.url)),
    ['openai1', 'openai2'].map((name) => ({
      url: `/admin/resources/${name}/deployments/answers/throttle`,
      body,
    })),
  );
});

test('throttle: a simulator that does not do it is an error that says what it was asked', async () => {
  const server = await testServer((_, response) => response.writeHead(404).end('no such deployment'));
  await assert.rejects(
    throttle({ simulatorUrl: server.url, ...WHAT }),
    /POST http.*\/openai[12]\/.*: 404 no such deployment$/,
  );
  server.close();
});
