import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { SignInEntry } from '@spillway/config';
import type { JWTPayload } from 'jose';
import { SignIn, VERIFIED_MAX, type Verdict } from './sign-in.ts';
import { AUDIENCE, TENANT, type TestIssuer, testIssuer } from './testing/issuer.ts';
import { TOKEN_CHARS_MAX } from './token.ts';

interface Set {
  readonly issuer: TestIssuer;
  readonly clock: FakeClock;
  readonly problems: string[];
  readonly signIn: SignIn;
  on(claims?: JWTPayload): Promise<Verdict | null>;
}

async function set(t: TestContext, entries: (issuer: TestIssuer) => readonly SignInEntry[]): Promise<Set> {
  const issuer = await testIssuer(t);
  const clock = new FakeClock();
  const problems: string[] = [];
  const onProblem = (message: string) => problems.push(message);
  const signIn = new SignIn({ entries: entries(issuer), authorityHost: issuer.url, clock, onProblem });
  const on = async (claims: JWTPayload = {}) => signIn.verdictOn(await issuer.sign(clock.nowMs(), claims));
  return { issuer, clock, problems, signIn, on };
}

const PEOPLE: Verdict = { kind: 'signedIn', client: 'people' };
const APP = '22222222-2222-4222-8222-22222222222a';

/** Seconds from now. */
type Claims = (nowSeconds: number) => JWTPayload;

const TOKENS: ReadonlyArray<
  readonly [name: string, entry: Partial<SignInEntry>, claims: Claims, want: 'signedIn' | string]
> = [
  ['a good one', {}, () => ({}), 'signedIn'],
  ['one of several audiences', {}, () => ({ aud: ['other', AUDIENCE] }), 'signedIn'],
  ['an audience with a slash at its end', {}, () => ({ aud: `${AUDIENCE}/` }), 'signedIn'],
  ['another audience', {}, () => ({ aud: 'https://management.azure.com' }), 'audience'],
  ['no audience', {}, () => ({ aud: undefined }), 'audience'],
  ["Azure's audience where that is not set", {}, () => ({ aud: 'https://cognitiveservices.azure.com' }), 'audience'],
  ["Azure's audience", { azureTokens: true }, () => ({ aud: 'https://cognitiveservices.azure.com' }), 'signedIn'],
  ["Azure AI's audience", { azureTokens: true }, () => ({ aud: 'https://ai.azure.com/' }), 'signedIn'],
  ['that of the US cloud', { azureTokens: true }, () => ({ aud: 'https://cognitiveservices.azure.us' }), 'signedIn'],
  [
    'that of the cloud in China',
    { azureTokens: true },
    () => ({ aud: 'https://cognitiveservices.azure.cn' }),
    'signedIn',
  ],
  ['expired, beyond the skew', {}, (now) => ({ exp: now - 61 }), 'expired'],
  ['expired, within the skew', {}, (now) => ({ exp: now - 59 }), 'signedIn'],
  ['expired, without a skew', { clockSkewSeconds: 0 }, (now) => ({ exp: now - 1 }), 'expired'],
  ['without an end', {}, () => ({ exp: undefined }), 'claims'],
  ['not valid yet', {}, (now) => ({ nbf: now + 120 }), 'notYet'],
  ['another issuer', {}, () => ({ iss: 'https://login.example.com' }), 'issuer'],
  ['no issuer', {}, () => ({ iss: undefined }), 'issuer'],
  ['an application that is listed', { applications: [APP] }, () => ({ appid: APP.toUpperCase() }), 'signedIn'],
  ['the same as azp', { applications: [APP] }, () => ({ azp: APP }), 'signedIn'],
  ['another application', { applications: [APP] }, () => ({ azp: 'other' }), 'application'],
  ['no application', { applications: [APP] }, () => ({}), 'application'],
  ['a principal that is listed', { principals: [APP] }, () => ({ oid: APP.toUpperCase() }), 'signedIn'],
  ['another principal', { principals: [APP] }, () => ({ oid: 'other' }), 'principal'],
  ['no principal', { principals: [APP] }, () => ({}), 'principal'],
  ['a role that is listed', { roles: ['Ask', 'Do'] }, () => ({ roles: ['Do'] }), 'signedIn'],
  ['another role', { roles: ['Ask'] }, () => ({ roles: ['Do'] }), 'roles'],
  ['no role', { roles: ['Ask'] }, () => ({}), 'roles'],
  ['roles of an odd kind', { roles: ['Ask'] }, () => ({ roles: { Ask: true } }), 'roles'],
];

for (const [name, entry, claims, want] of TOKENS) {
  test(`SignIn: ${name}: ${want}`, async (t) => {
    const { on, clock } = await set(t, (issuer) => [issuer.entry(entry)]);
    const verdict = await on(claims(Math.floor(clock.nowMs() / 1000)));
    assert.deepEqual(verdict, want === 'signedIn' ? PEOPLE : { kind: 'refused', problem: want });
  });
}

/** Of Entra ID, whose issuers follow from the tenant. */
function ofTenant(issuer: TestIssuer, more: Partial<SignInEntry> = {}): SignInEntry {
  return issuer.entry({ from: { kind: 'tenant', tenant: TENANT, authority: null }, ...more });
}

test('SignIn: of a tenant, tokens of both versions are taken, by the keys of the authority', async (t) => {
  const { on, issuer } = await set(t, (of) => [ofTenant(of)]);
  const other = TENANT.replace('1111-', '2222-');
  const issuers: ReadonlyArray<readonly [iss: string, taken: boolean]> = [
    [`https://sts.windows.net/${TENANT}/`, true],
    [`https://sts.chinacloudapi.cn/${TENANT}/`, true],
    [`${issuer.url}/${TENANT}/v2.0`, true],
    [`https://sts.windows.net/${other}/`, false],
    [`https://sts.windows.net/${TENANT}`, false],
    [`https://login.microsoftonline.com/${TENANT}/v2.0`, false],
    [issuer.url, false],
  ];
  for (const [iss, taken] of issuers) {
    assert.deepEqual(await on({ iss }), taken ? PEOPLE : { kind: 'refused', problem: 'issuer' }, iss);
  }
  assert.deepEqual(issuer.asked, [`/${TENANT}/v2.0/.well-known/openid-configuration`, '/keys']);
});

test('SignIn: of several entries the first that fits counts; where none does, the nearest one says why', async (t) => {
  const { on } = await set(t, (of) => [
    of.entry({ client: 'admins', roles: ['Admin'] }),
    of.entry({ client: 'readers', roles: ['Read', 'Admin'] }),
    of.entry({ client: 'others', audiences: ['api://other'] }),
  ]);
  assert.deepEqual(await on({ roles: ['Admin'] }), { kind: 'signedIn', client: 'admins' });
  assert.deepEqual(await on({ roles: ['Read'] }), { kind: 'signedIn', client: 'readers' });
  assert.deepEqual(await on({ aud: 'api://other' }), { kind: 'signedIn', client: 'others' });
  assert.deepEqual(await on({ roles: ['None'] }), { kind: 'refused', problem: 'roles' });
  assert.deepEqual(await on({ aud: 'api://nobody' }), { kind: 'refused', problem: 'audience' });
});

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

test('SignIn: a token is taken by its signature alone, whatever its head says of it', async (t) => {
  const { issuer, signIn, clock } = await set(t, (of) => [of.entry()]);
  const token = await issuer.sign(clock.nowMs());
  const [head = '', claims = '', signature = ''] = token.split('.');
  const forged = part({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'somebody else' });
  const tokens = [
    `${head}.${forged}.${signature}`,
    `${part({ alg: 'none' })}.${claims}.x`,
    `${part({ alg: 'HS256', kid: 'key-1' })}.${claims}.${signature}`,
    `${part({ alg: 'ES256', kid: 'key-9' })}.${claims}.${signature}`,
    `${head}.${claims}.${signature.slice(0, -8)}AAAAAAAA`,
  ];
  for (const forgery of tokens) {
    assert.deepEqual(await signIn.verdictOn(forgery), { kind: 'refused', problem: 'signature' }, forgery);
  }
  for (const text of ['', 'key', 'eyJ', 'eyJ.eyJ', 'a.b.c', `eyJ.${'e'.repeat(TOKEN_CHARS_MAX)}.x`]) {
    assert.equal(signIn.verdictOn(text), null, text.slice(0, 20));
  }
  assert.deepEqual(await signIn.verdictOn(token), PEOPLE);
});

test('SignIn: a token that was found good is remembered until it has expired, and no longer', async (t) => {
  const { issuer, signIn, clock } = await set(t, (of) => [of.entry({ clockSkewSeconds: 0 })]);
  const token = await issuer.sign(clock.nowMs());
  const first = signIn.verdictOn(token);
  assert.equal(signIn.verdictOn(token), first);
  assert.deepEqual(await first, PEOPLE);
  clock.advance(299_000);
  assert.deepEqual(signIn.verdictOn(token), PEOPLE);
  clock.advance(1_000);
  assert.deepEqual(await signIn.verdictOn(token), { kind: 'refused', problem: 'expired' });
});

test(`SignIn: no more than ${VERIFIED_MAX} tokens are remembered`, { timeout: 60_000 }, async (t) => {
  const { issuer, signIn, clock } = await set(t, (of) => [of.entry()]);
  const first = await issuer.sign(clock.nowMs(), { jti: 'first' });
  await signIn.verdictOn(first);
  const batch = 500;
  for (let n = 0; n < VERIFIED_MAX - 1; n += batch) {
    const count = Math.min(batch, VERIFIED_MAX - 1 - n);
    await Promise.all(
      Array.from({ length: count }, async (_, i) =>
        signIn.verdictOn(await issuer.sign(clock.nowMs(), { jti: `${n + i}` })),
      ),
    );
  }
  assert.deepEqual(signIn.verdictOn(first), PEOPLE);
  await signIn.verdictOn(await issuer.sign(clock.nowMs(), { jti: 'last' }));
  assert.ok(signIn.verdictOn(first) instanceof Promise);
});
