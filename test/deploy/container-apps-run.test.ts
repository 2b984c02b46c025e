/** The gateway as the template starts it: the configuration and the variables of its container, but for ports and addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, configurationOf, list, predict } from './container-apps-fleets.ts';
import { gatewayProcess, statusOf } from './gateway-process.ts';

const SECRETS: Readonly<Record<string, string>> = {
  'gateway-key': 'the-key-of-the-gateway-0123456789',
  'seal-key': 'the-key-that-seals-ids-0123456789',
};

/** This machine has no identity; the port is one that nobody listens on, so that nothing beyond it is asked. */
const HERE = {
  SPILLWAY_HOST: '127.0.0.1',
  IDENTITY_ENDPOINT: 'http://127.0.0.1:9/token',
  IDENTITY_HEADER: 'none',
};

test('gateway template: its container starts, answers its probes, and lets in who has the key', async (t) => {
  const prediction = predict('gateway');
  const app = prediction.resources.find(({ symbol }) => symbol === 'app');
  const [container = {}] = list(at(app?.resource ?? {}, 'properties', 'template', 'containers'));
  const entries = list(at(container, 'env')).map((entry) => {
    const secret = at(entry, 'secretRef');
    return [String(at(entry, 'name')), secret === null ? String(at(entry, 'value')) : (SECRETS[String(secret)] ?? '')];
  });
  const gateway = await gatewayProcess(t, configurationOf(prediction), { ...Object.fromEntries(entries), ...HERE });

  for (const probe of list(at(container, 'probes'))) {
    assert.equal(await statusOf(`${gateway.url}${String(at(probe, 'httpGet', 'path'))}`), 200);
  }
  const models = `${gateway.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
  const ask = async (headers: Record<string, string>): Promise<number> => {
    const response = await fetch(models, { method: 'POST', headers, body: '{"messages":[]}' });
    await response.arrayBuffer();
    return response.status;
  };
  assert.equal(await ask({}), 401);
  assert.equal(await ask({ 'api-key': 'another' }), 401);
  // It is let in, and fails behind the door: there is no identity to ask the models with.
  assert.equal(await ask({ 'api-key': SECRETS['gateway-key'] ?? '' }), 503);
  assert.doesNotMatch(gateway.written(), /No SPILLWAY_SEAL_KEY/);
  for (const secret of Object.values(SECRETS)) assert.ok(!gateway.written().includes(secret));
});
