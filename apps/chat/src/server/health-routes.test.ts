/** An app that was deployed before its gateway. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { startChat } from '../main.ts';
import { readSettings } from '../settings/settings.ts';

const ENV = { OPENAI_HOST: 'azure_custom', SPILLWAY_CHAT_FILE: ':memory:', SPILLWAY_CHAT_GATEWAY_LATER: 'true' };

async function startedLater(t: TestContext): Promise<string> {
  const read = readSettings(ENV);
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const chat = await startChat({ settings: read.settings, version: 'test', port: 0, clock: new FakeClock() });
  t.after(() => chat.close());
  return chat.url;
}

test('startChat: without a gateway the app is alive and ready, and says which variable is missing', async (t) => {
  const url = await startedLater(t);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await fetch(`${url}/`)).status, 200);
  const ready = await fetch(`${url}/readyz`);
  assert.deepEqual(
    [ready.status, await ready.json()],
    [200, { status: 'ok', documents: 0, chunks: 0, missing: 'AZURE_OPENAI_CUSTOM_URL' }],
  );
});

test('startChat: without a gateway a question is answered with what the operator should type', async (t) => {
  const url = await startedLater(t);
  const asked = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'documents', messages: [{ role: 'user', content: 'Are dogs welcome?' }] }),
  });
  assert.ok(asked.status >= 500, `${asked.status}`);
  assert.match(await asked.text(), /knows no gateway yet.*azd env set AZURE_OPENAI_CUSTOM_URL https:\/\/….*azd up/);
});
