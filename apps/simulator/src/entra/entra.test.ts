import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { TokenVerdict } from '@spillway/azure-model';
import { FakeClock } from '@spillway/clock';
import {
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { Entra } from './entra.ts';
import { type IdentityOptions, identityOf, type PlannedPrincipal } from './identity-options.ts';

const AUDIENCE = 'https://cognitiveservices.azure.com';
const CHAT = 'Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action';

function entraOf(options: IdentityOptions = {}, clock = new FakeClock()): Entra {
  return new Entra(identityOf(options), clock);
}

function applicationOf({ plan }: Entra): PlannedPrincipal {
  const [application] = plan.applications;
  assert.ok(application !== undefined);
  return application;
}

async function tokenFrom(entra: Entra, audience = AUDIENCE): Promise<string> {
  const principal = applicationOf(entra);
  return (await entra.grant({ principal, audience, origin: 'https://sim', proof: '1' })).token;
}

function kindOf(verdict: TokenVerdict, resource = 'openai1'): string {
  if (verdict.kind !== 'principal') return verdict.kind;
  return verdict.principal.mayDo(resource, CHAT) ? 'may' : 'may not';
}

async function publicKeyOf(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'RS256');
  assert.ok(!(key instanceof Uint8Array));
  return key;
}

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

test('Entra: signs tokens that its set of keys verifies, and knows them again', async () => {
  const entra = entraOf();
  const token = await tokenFrom(entra);
  const keys = createLocalJWKSet({ keys: [await entra.key.jwk()] });
  const { payload } = await jwtVerify(token, keys, { audience: AUDIENCE, currentDate: new Date(entra.nowMs()) });
  const { oid, sub, appid, ver } = payload;
  const { objectId, clientId } = applicationOf(entra);
  assert.deepEqual({ oid, sub, appid, ver }, { oid: objectId, sub: objectId, appid: clientId, ver: '1.0' });
  assert.equal(kindOf(entra.verdictOn(token)), 'may');
});

test('Entra: tokens for others than Azure are of the second version', async () => {
  const { iss, azp, ver, tid } = claimsOf(await tokenFrom(entraOf(), 'https://sim'));
  assert.deepEqual(
    { iss, azp, ver },
    { iss: `https://sim/${tid}/v2.0`, azp: '22222222-2222-4222-8222-222222222222', ver: '2.0' },
  );
});

/** Each a token that is not quite one. */
const FORGED: ReadonlyArray<readonly [what: string, forge: (token: string) => string]> = [
  [
    'with other claims',
    (token) => {
      const [head, , signature] = token.split('.');
      return `${head}.${Buffer.from(JSON.stringify({ ...claimsOf(token), oid: 'me' })).toString('base64url')}.${signature}`;
    },
  ],
  ['without its signature', (token) => `${token.slice(0, token.lastIndexOf('.'))}.`],
  ['with half its signature', (token) => token.slice(0, -100)],
  ['that is no JSON', () => 'a.b.c'],
];

for (const [what, forge] of FORGED) {
  test(`Entra: refuses a token ${what}`, async () => {
    const entra = entraOf();
    assert.equal(kindOf(entra.verdictOn(forge(await tokenFrom(entra)))), 'refused');
  });
}

test('Entra: a token of another directory is foreign, or refused where that is set; one that names this tenant is forged', async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const { kid = 'theirs' } = await exportJWK(publicKey);
  const sign = (tid: string): Promise<string> =>
    new SignJWT({ tid, aud: AUDIENCE }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  const entra = entraOf();
  const { tenantId } = entra.plan;
  const says = (claims: object): string =>
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
  const pretending = [
    { tid: tenantId.toUpperCase() },
    { tid: 'elsewhere', iss: `https://sts.windows.net/${tenantId}/` },
    { iss: `https://login.microsoftonline.com/${tenantId}/v2.0` },
  ];
  for (const claims of pretending) {
    assert.equal(kindOf(entra.verdictOn(says({ aud: AUDIENCE, ...claims }))), 'refused', JSON.stringify(claims));
  }
  assert.equal(kindOf(entra.verdictOn(await sign('elsewhere'))), 'foreign');
  assert.equal(kindOf(entraOf({ foreignTokens: 'refuse' }).verdictOn(await sign('elsewhere'))), 'refused');
  assert.equal(kindOf(entra.verdictOn(await sign(entra.plan.tenantId))), 'refused');
  assert.equal(kindOf(entra.verdictOn(await tokenFrom(entraOf()))), 'refused', 'of an earlier start');
});

test('Entra: roles count at once, and on the resources that they are on', async () => {
  const roles = ['Cognitive Services OpenAI User'] as const;
  const entra = entraOf({ applications: [{ clientId: 'a', secret: 's', roles, resources: ['openai1'] }] });
  const token = await tokenFrom(entra);
  assert.deepEqual(
    ['openai1', 'openai2'].map((name) => kindOf(entra.verdictOn(token), name)),
    ['may', 'may not'],
  );
  entra.directory.assign('A', roles, null);
  assert.equal(kindOf(entra.verdictOn(token), 'openai2'), 'may');
  entra.directory.assign('a', [], null);
  assert.equal(kindOf(entra.verdictOn(token)), 'may not');
  assert.equal(entra.directory.assign('nobody', [], null), null);
});

test('Entra: tokens that were given are withdrawn, later ones are good', async () => {
  const entra = entraOf();
  const before = await tokenFrom(entra);
  entra.expireAll();
  assert.equal(kindOf(entra.verdictOn(before)), 'refused');
  assert.equal(kindOf(entra.verdictOn(await tokenFrom(entra))), 'may');
});

test('Entra: so many tokens are born expired, though the answer says otherwise', async () => {
  const entra = entraOf({ tokenSeconds: 600 });
  entra.bearExpired(1);
  const principal = applicationOf(entra);
  const [first, second] = [
    await entra.grant({ principal, audience: AUDIENCE, origin: 'https://sim', proof: '1' }),
    await entra.grant({ principal, audience: AUDIENCE, origin: 'https://sim', proof: '1' }),
  ];
  assert.ok(claimsOf(first.token).exp * 1000 < entra.nowMs());
  assert.ok(first.expiresMs > entra.nowMs());
  assert.equal(claimsOf(second.token).exp * 1000, second.expiresMs);
  assert.equal(second.expiresMs - second.issuedMs, 600_000);
});

test('Entra: a header that names our key decides nothing by itself, whatever algorithm it asks for', async () => {
  const entra = entraOf();
  const [, claims = ''] = (await tokenFrom(entra)).split('.');
  const jwk = await entra.key.jwk();
  const asKey = [JSON.stringify(jwk), jwk.n ?? '', await exportSPKI(await publicKeyOf(jwk))];
  for (const alg of ['none', 'HS256', 'RS256']) {
    const head = Buffer.from(JSON.stringify({ alg, kid: jwk.kid })).toString('base64url');
    const macs = asKey.map((key) => createHmac('sha256', key).update(`${head}.${claims}`).digest('base64url'));
    for (const signature of ['', ...macs]) {
      assert.equal(kindOf(entra.verdictOn(`${head}.${claims}.${signature}`)), 'refused', alg);
    }
  }
});
