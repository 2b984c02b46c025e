import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { started } from '../server/testing/chat.ts';

/** An identity provider of one user. It signs in whoever comes, and takes one code. */
async function provider(t: TestContext, claims: Readonly<Record<string, unknown>>) {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' };
  let nonce = '';
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const issuer = `http://${request.headers.host}`;
    const answers: Readonly<Record<string, () => unknown>> = {
      '/.well-known/openid-configuration': () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
      }),
      '/keys': () => ({ keys: [jwk] }),
      '/token': () => token(issuer),
    };
    async function token(audience: string) {
      const form = new URLSearchParams(body);
      if (form.get('code') !== 'good' || (form.get('code_verifier') ?? '') === '') return { error: 'invalid_grant' };
      const signer = new SignJWT({ ...claims, nonce }).setProtectedHeader({ alg: 'RS256', kid: 'k' });
      const idToken = await signer
        .setIssuer(audience)
        .setAudience('chat')
        .setSubject('u-1')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey);
      return { access_token: 'a', token_type: 'Bearer', id_token: idToken };
    }
    const answer = await answers[request.url ?? '']?.();
    const isBad = answer === undefined || (typeof answer === 'object' && answer !== null && 'error' in answer);
    response.writeHead(isBad ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    issuer,
    /** What the browser would do at the provider: keep the nonce, come back with the state. */
    visit: (location: string) => {
      const { searchParams } = new URL(location);
      nonce = searchParams.get('nonce') ?? '';
      return searchParams;
    },
  };
}

async function app(t: TestContext, issuer: string, env: Readonly<Record<string, string>> = {}) {
  return started(t, new FakeModels(), {
    env: {
      SPILLWAY_CHAT_AUTH: 'oidc',
      SPILLWAY_CHAT_OIDC_ISSUER: issuer,
      SPILLWAY_CHAT_OIDC_CLIENT_ID: 'chat',
      SPILLWAY_CHAT_OIDC_CLIENT_SECRET: 'the-client-secret',
      SPILLWAY_CHAT_OIDC_REDIRECT_URL: 'http://127.0.0.1/auth/callback',
      SPILLWAY_CHAT_ADMINS: 'group:staff',
      ...env,
    },
  });
}

const cookieOf = (answer: Response) => /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';

test('oidcSignIn: a user comes back signed in, by verified address and groups', async (t) => {
  const idp = await provider(t, { email: 'ann@aster.example', email_verified: true, groups: ['staff', 7] });
  const { send } = await app(t, idp.issuer);
  assert.equal((await (await send('/api/config')).json()).signInUrl, '/auth/start');
  const begun = await send('/auth/start');
  const asked = idp.visit(begun.headers.get('location') ?? '');
  assert.equal(asked.get('code_challenge_method'), 'S256');
  const back = await send(`/auth/callback?code=good&state=${asked.get('state')}`, {
    headers: { cookie: cookieOf(begun) },
  });
  assert.deepEqual([back.status, back.headers.get('location')], [302, '/']);
  const me = await (await send('/api/me', { headers: { cookie: cookieOf(back) } })).json();
  assert.deepEqual(me, { user: 'ann@aster.example', groups: ['staff'], isAdmin: true, auth: 'oidc' });
});

test('oidcSignIn: an address that nobody verified names nobody; the subject does, or the claim that is wanted', async (t) => {
  const rows: ReadonlyArray<readonly [Record<string, string>, string]> = [
    [{}, 'u-1'],
    [{ SPILLWAY_CHAT_OIDC_USER_CLAIM: 'login' }, 'annie'],
  ];
  for (const [env, want] of rows) {
    const idp = await provider(t, { email: 'root@aster.example', login: 'annie' });
    const { send } = await app(t, idp.issuer, env);
    const begun = await send('/auth/start');
    const state = idp.visit(begun.headers.get('location') ?? '').get('state');
    const back = await send(`/auth/callback?code=good&state=${state}`, { headers: { cookie: cookieOf(begun) } });
    assert.equal((await (await send('/api/me', { headers: { cookie: cookieOf(back) } })).json()).user, want);
  }
});

test('oidcSignIn: a wrong code, another state, and a sign-in that began nowhere are refused, without a secret in the log', async (t) => {
  const idp = await provider(t, {});
  const { send, logged } = await app(t, idp.issuer);
  const begun = await send('/auth/start');
  const state = idp.visit(begun.headers.get('location') ?? '').get('state');
  const headers = { cookie: cookieOf(begun) };
  const refused = [
    await send(`/auth/callback?code=bad&state=${state}`, { headers }),
    await send('/auth/callback?code=good&state=other', { headers }),
    await send(`/auth/callback?code=good&state=${state}`),
  ];
  assert.deepEqual(
    refused.map(({ status }) => status),
    [401, 401, 401],
  );
  assert.ok(refused.every((answer) => !cookieOf(answer).startsWith('spillway_chat=')));
  assert.ok(!logged.join().includes('the-client-secret'));
});

test('oidcSignIn: of groups the first 200 count', async (t) => {
  const idp = await provider(t, { groups: Array.from({ length: 201 }, (_, i) => `g${i}`) });
  const { send } = await app(t, idp.issuer, { SPILLWAY_CHAT_SESSION_KEY: 'k'.repeat(40) });
  const begun = await send('/auth/start');
  const state = idp.visit(begun.headers.get('location') ?? '').get('state');
  const back = await send(`/auth/callback?code=good&state=${state}`, { headers: { cookie: cookieOf(begun) } });
  const { groups } = await (await send('/api/me', { headers: { cookie: cookieOf(back) } })).json();
  assert.deepEqual([groups.length, groups.at(-1)], [200, 'g199']);
});
