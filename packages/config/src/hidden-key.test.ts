import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { configFromEnvironment } from './environment.ts';
import { HiddenKey } from './hidden-key.ts';

test('HiddenKey: is used like any key, and shown by nothing that shows the whole', () => {
  const holder = { backend: { name: 'openai1', credential: new HiddenKey('canary') } };
  assert.equal(holder.backend.credential.key, 'canary');
  for (const text of [JSON.stringify(holder), inspect(holder, { depth: null, showHidden: true })]) {
    assert.ok(text.includes('openai1'));
    assert.ok(!text.includes('canary'), text);
  }
});

test('HiddenKey: is what backends of a configuration have', () => {
  const loaded = configFromEnvironment({ BACKEND_1_URL: 'https://a.example', BACKEND_1_APIKEY: 'canary' });
  if (loaded.kind === 'errors') assert.fail(JSON.stringify(loaded.errors));
  const { fleet } = loaded.config;
  assert.ok(fleet.backends.some(({ credential }) => credential.kind === 'key' && credential.key === 'canary'));
  assert.ok(!JSON.stringify([fleet, [...fleet.pools]]).includes('canary'));
});
