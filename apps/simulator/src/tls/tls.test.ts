import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from './testing.ts';
import { OWN_CERTIFICATES_MAX, Tls } from './tls.ts';

test('Tls: makes one CA, however many ports ask for it', async (t) => {
  const caFile = join(folder(t), 'ca.pem');
  const tls = new Tls({ caFile, keyFile: null }, '127.0.0.1');
  const [one, other] = await Promise.all([tls.contexts(), tls.contexts()]);
  assert.equal(one, other);
  assert.deepEqual(await tls.trusted(), { ca: readFileSync(caFile, 'utf8'), caFile });
});

test('Tls: hosts below localhost get certificates of their own, up to a limit; all others share one', async (t) => {
  const tls = new Tls({ caFile: join(folder(t), 'ca.pem'), keyFile: null }, '127.0.0.1');
  const { contextFor } = await tls.contexts();
  const common = await contextFor('management.azure.com');
  assert.equal(await contextFor('anything.example'), common);
  const one = await contextFor('openai1.localhost');
  assert.notEqual(one, common);
  assert.equal(await contextFor('OPENAI1.localhost'), one);
  const rest = Array.from({ length: OWN_CERTIFICATES_MAX - 1 }, (_, n) => contextFor(`r${n}.localhost`));
  assert.equal(new Set(await Promise.all(rest)).has(common), false);
  assert.equal(await contextFor('one-more.localhost'), common);
  assert.equal(await contextFor('openai1.localhost'), one);
});
