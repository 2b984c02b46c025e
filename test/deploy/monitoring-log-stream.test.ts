/**
 * The articles' sixth step, word for word: in the log stream of the container app, lines that begin `Proxying to https://openai3`. Here the gateway
 * is a process whose output nobody reads as a terminal, as in a container; hosts are of this machine.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startSimulator } from '@spillway/simulator';
import { at, list, predict } from './container-apps-fleets.ts';
import { gatewayProcess } from './gateway-process.ts';

const CLIENT_KEY = 'key-of-the-tests-0123456789';

interface Written {
  readonly lines: readonly string[];
  /** Of the three resources, in order. */
  readonly urls: readonly string[];
}

/** Three resources in order; the first two without quota, so that the third answers. */
async function written(t: TestContext, env: Readonly<Record<string, string>>): Promise<Written> {
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const resources = ['openai1', 'openai2', 'openai3'].map((name) => ({ name, latency }));
  const simulator = await startSimulator({ port: 0, resources });
  t.after(() => simulator.close());
  for (const name of ['openai1', 'openai2']) {
    const path = `/admin/resources/${name}/deployments/chat/throttle`;
    await fetch(simulator.adminUrl + path, { method: 'POST', body: '{"seconds":60}' });
  }
  const backends = simulator.resources.map(
    ({ name, url }, at) =>
      `  - { name: ${name}, url: "${url}", apiKey: "\${KEY_${at + 1}}", deployments: [{ name: chat, model: gpt-4o, priority: ${at + 1} }] }`,
  );
  const keys = simulator.resources.map(({ key }, at) => [`KEY_${at + 1}`, key ?? '']);
  const file = `backends:\n${backends.join('\n')}\nclients: [{ name: tests, key: "\${CLIENT_KEY}" }]\n`;
  const gateway = await gatewayProcess(t, file, { ...Object.fromEntries(keys), CLIENT_KEY, ...env });
  const answer = await fetch(`${gateway.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`, {
    method: 'POST',
    headers: { 'api-key': CLIENT_KEY, 'content-type': 'application/json' },
    body: '{"messages":[{"role":"user","content":"Hello"}]}',
  });
  assert.equal(answer.status, 200, await answer.text());
  await gateway.end();
  return { lines: gateway.written().split('\n'), urls: simulator.resources.map(({ url }) => url) };
}

const PATH = '/openai/deployments/chat/chat/completions';

test('log stream: as text, a line for each resource that was asked begins as the article shows, refusals first', async (t) => {
  const { lines, urls } = await written(t, { SPILLWAY_LOG_FORMAT: 'text' });
  const proxied = lines.filter((line) => line.startsWith('Proxying to '));
  const said = [/: 429 throttled in .* \[warn\]$/, /: 429 throttled in .* \[warn\]$/, /: 200 in /];
  assert.equal(proxied.length, 3, lines.join('\n'));
  for (const [at, line] of proxied.entries()) {
    assert.ok(line.startsWith(`Proxying to ${urls[at]}${PATH}: `), line);
    assert.match(line, said[at] ?? /^$/);
  }
});

test('log stream: as JSON, which is what a container gets where nothing else is said, the same text is under msg', async (t) => {
  const { lines, urls } = await written(t, {});
  const records = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const proxied = records.filter(({ event }) => event === 'attempt').map(({ msg }) => String(msg));
  assert.deepEqual(
    proxied.map((text) => text.split(': ')[0]),
    urls.map((url) => `Proxying to ${url}${PATH}`),
  );
});

test('log stream: as the template of Container Apps has it, lines begin as the article shows and have their record behind', async (t) => {
  const app = predict('gateway').resources.find(({ symbol }) => symbol === 'app');
  const [container = {}] = list(at(app?.resource ?? {}, 'properties', 'template', 'containers'));
  const format = list(at(container, 'env')).find((entry) => at(entry, 'name') === 'SPILLWAY_LOG_FORMAT');
  const { lines, urls } = await written(t, { SPILLWAY_LOG_FORMAT: String(at(format ?? {}, 'value')) });
  const proxied = lines.filter((line) => line.startsWith('Proxying to '));
  assert.deepEqual(
    proxied.map((line) => line.split(': ')[0]),
    urls.map((url) => `Proxying to ${url}${PATH}`),
  );
  // Taken apart as the queries of deploy/monitoring do it.
  const records = proxied.map((line) => JSON.parse(line.slice(line.indexOf('{"level":'))));
  assert.deepEqual(
    records.map(({ event, backend, outcome }) => [event, backend, outcome]),
    [
      ['attempt', 'openai1', 'throttled'],
      ['attempt', 'openai2', 'throttled'],
      ['attempt', 'openai3', 'answered'],
    ],
  );
});
