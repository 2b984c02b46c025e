/** A rolling restart with two processes in place of pods: the new one is ready before the old one is told to end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GatewayProcess, gatewayProcess, HeldBackend, statusOf } from './gateway-process.ts';

const KEY = 'a-key-for-tests-0123456789';
const ENV = { CHAT_APP_KEY: KEY, BACKEND_KEY: 'a-key-of-the-backend' };

function configurationFor(url: string): string {
  return `backends: [{ name: openai1, url: ${url}, apiKey: "\${BACKEND_KEY}" }]
clients: [{ name: chat-app, key: "\${CHAT_APP_KEY}" }]
drainMs: 10000
`;
}

async function ask({ url }: GatewayProcess): Promise<number> {
  const response = await fetch(`${url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': KEY, 'content-type': 'application/json' },
    body: '{"model":"chat","messages":[]}',
  });
  await response.arrayBuffer();
  return response.status;
}

test('rolling restart: the old process stops being ready, ends what it has under way, and no request is lost', async (t) => {
  const backend = await HeldBackend.open(t);
  const configuration = configurationFor(backend.url);
  const old = await gatewayProcess(t, configuration, ENV);
  backend.isHolding = true;
  const underWay = [ask(old), ask(old)];
  await backend.holds(2);

  const fresh = await gatewayProcess(t, configuration, ENV);
  const ended = old.end();
  await old.says('Draining: not ready');
  assert.equal(await statusOf(`${old.url}/readyz`), 503);
  assert.equal(await statusOf(`${old.url}/livez`), 200, 'alive as long as it is needed');
  assert.equal(await statusOf(`${fresh.url}/readyz`), 200);

  // In the pause before SIGTERM some still come to the old one; they are served too.
  underWay.push(ask(old), ask(fresh));
  await backend.holds(4);
  backend.release();
  assert.deepEqual(await Promise.all(underWay), [200, 200, 200, 200]);
  assert.equal(await ended, 0);
  assert.equal(await ask(fresh), 200);
});
