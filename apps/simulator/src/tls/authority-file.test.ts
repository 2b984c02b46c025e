import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAuthority } from './authority-file.ts';
import { folder } from './testing.ts';

const NOW_MS = Date.UTC(2026, 10, 20);
const YEAR_MS = 365 * 86_400_000;

test('openAuthority: without a folder the certificate is written, the key is not, and the next start has another CA', async (t) => {
  const path = join(folder(t), 'ca.pem');
  const plan = { caFile: path, keyFile: null };
  const first = await openAuthority(plan, NOW_MS);
  assert.equal(readFileSync(path, 'utf8').trim(), first.certificate.toString('pem'));
  assert.doesNotMatch(readFileSync(path, 'utf8'), /PRIVATE/);
  await openAuthority(plan, NOW_MS);
  assert.notEqual(readFileSync(path, 'utf8').trim(), first.certificate.toString('pem'));
});

test('openAuthority: with a folder, which it makes, the key is kept for its owner alone and the CA stays', async (t) => {
  const path = join(folder(t), 'made');
  const plan = { caFile: join(path, 'ca.pem'), keyFile: join(path, 'key.pem') };
  const first = await openAuthority(plan, NOW_MS);
  if (process.platform !== 'win32') assert.equal(statSync(plan.keyFile).mode & 0o777, 0o600);
  const again = await openAuthority(plan, NOW_MS + YEAR_MS);
  assert.equal(again.certificate.serialNumber, first.certificate.serialNumber);
});

test('openAuthority: a CA that ends within 30 days, or whose key is gone, is made anew', async (t) => {
  const path = folder(t);
  const plan = { caFile: join(path, 'ca.pem'), keyFile: join(path, 'key.pem') };
  const first = await openAuthority(plan, NOW_MS);
  const late = await openAuthority(plan, first.certificate.notAfter.getTime() - 29 * 86_400_000);
  assert.notEqual(late.certificate.serialNumber, first.certificate.serialNumber);
  const keyless = { ...plan, keyFile: join(path, 'other-key.pem') };
  const third = await openAuthority(keyless, NOW_MS);
  assert.notEqual(third.certificate.serialNumber, late.certificate.serialNumber);
  assert.ok(existsSync(keyless.keyFile));
});

test('openAuthority: never writes over what is not its own', async (t) => {
  const path = folder(t);
  const mine = join(path, 'notes.txt');
  writeFileSync(mine, 'precious');
  await assert.rejects(
    openAuthority({ caFile: mine, keyFile: null }, NOW_MS),
    /tls\.caFile: \S+notes\.txt is there and is no certificate of a simulator; name another file/,
  );
  await assert.rejects(
    openAuthority({ caFile: join(path, 'ca.pem'), keyFile: mine }, NOW_MS),
    /tls\.folder: \S+notes\.txt is there and is no private key/,
  );
  assert.equal(readFileSync(mine, 'utf8'), 'precious');
});

test('openAuthority: a place that cannot be written, or read, is named', async (t) => {
  const path = folder(t);
  await assert.rejects(
    openAuthority({ caFile: join(path, 'none', 'ca.pem'), keyFile: null }, NOW_MS),
    /tls\.caFile: \S+ cannot be written \(ENOENT\); name a file that can be, with --ca-file/,
  );
  await assert.rejects(
    openAuthority({ caFile: path, keyFile: null }, NOW_MS),
    /tls\.caFile: \S+ cannot be read \(EISDIR\)/,
  );
});
