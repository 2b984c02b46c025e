import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { authorityOf, CA_NAME, issue, keyPem, newAuthority } from './certificates.ts';

const NOW_MS = Date.UTC(2026, 10, 20);
const DAY_MS = 86_400_000;

test('newAuthority: is an authority for servers alone, and signs itself', async () => {
  const { certificate } = await newAuthority(NOW_MS);
  const ca = new X509Certificate(certificate.toString('pem'));
  assert.equal(ca.ca, true);
  assert.equal(ca.subject, `CN=${CA_NAME}`);
  assert.equal(ca.verify(ca.publicKey), true);
  assert.ok(new Date(ca.validTo).getTime() > NOW_MS + 3_000 * DAY_MS);
});

test('issue: a certificate is good for its hosts, signed by the authority, and for a time that clients take', async () => {
  const authority = await newAuthority(NOW_MS);
  const { cert, key } = await issue(authority, ['localhost', '*.openai.azure.com', '127.0.0.1', '::1'], NOW_MS);
  const server = new X509Certificate(cert);
  const ca = new X509Certificate(authority.certificate.toString('pem'));
  assert.equal(server.verify(ca.publicKey), true);
  assert.equal(server.checkIssued(ca), true);
  assert.equal(server.ca, false);
  for (const host of ['localhost', 'openai1.openai.azure.com']) assert.ok(server.checkHost(host), host);
  for (const ip of ['127.0.0.1', '::1']) assert.ok(server.checkIP(ip), ip);
  assert.equal(server.checkHost('example.com'), undefined);
  assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
  const days = (new Date(server.validTo).getTime() - new Date(server.validFrom).getTime()) / DAY_MS;
  assert.ok(new Date(server.validFrom).getTime() < NOW_MS && days <= 398, `${days} days`);
});

test('authorityOf: takes what was written back, and no key of another certificate', async () => {
  const [one, other] = await Promise.all([newAuthority(NOW_MS), newAuthority(NOW_MS)]);
  const pem = one.certificate.toString('pem');
  const { cert } = await issue(await authorityOf(pem, await keyPem(one.privateKey)), ['localhost'], NOW_MS);
  assert.equal(new X509Certificate(cert).checkIssued(new X509Certificate(pem)), true);
  await assert.rejects(authorityOf(pem, await keyPem(other.privateKey)), /key is that of another certificate/);
});
