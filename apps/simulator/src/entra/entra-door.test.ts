import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send, withSimulator } from '../testing.ts';
import { TOKEN_BODY_BYTES_MAX } from './entra-door.ts';
import { DEFAULT_TENANT_ID as TENANT } from './identity-options.ts';

const FORM = 'grant_type=client_credentials&scope=https%3A%2F%2Fai.azure.com%2F.default';
const PROOF = 'client_id=22222222-2222-4222-8222-222222222222&client_secret=simulated-secret';

const PATHS: ReadonlyArray<
  readonly [method: string, path: string, status: number, body: string | undefined, has: RegExp]
> = [
  ['POST', `/${TENANT}/oauth2/v2.0/token`, 200, `${FORM}&${PROOF}`, /"access_token":"/],
  ['POST', `/${TENANT}/oauth2/v2.0/token/`, 200, `${FORM}&${PROOF}`, /"access_token":"/],
  [
    'POST',
    `/${TENANT}/oauth2/token`,
    200,
    `grant_type=client_credentials&${PROOF}&resource=https://ai.azure.com`,
    /"expires_on":"/,
  ],
  ['POST', '/other/oauth2/v2.0/token', 400, FORM, /"error_codes":\[90002\]/],
  ['GET', `/${TENANT}/oauth2/v2.0/token`, 405, undefined, /invalid_request/],
  [
    'GET',
    `/${TENANT}/v2.0/.well-known/openid-configuration`,
    200,
    undefined,
    /"token_endpoint":"http:\/\/127\.0\.0\.1:\d+\/1{8}/,
  ],
  ['GET', '/common/.well-known/openid-configuration', 200, undefined, /"issuer":"https:\/\/sts\.windows\.net\//],
  ['GET', '/other/v2.0/.well-known/openid-configuration', 400, undefined, /AADSTS90002/],
  ['GET', `/${TENANT}/discovery/v2.0/keys`, 200, undefined, /"kty":"RSA","n":"/],
  ['GET', '/common/discovery/instance', 200, undefined, /"tenant_discovery_endpoint":"http:/],
  ['GET', '/metadata/identity/oauth2/token/', 400, undefined, /Required metadata header not specified/],
  ['GET', '/msi/token', 401, undefined, /X-IDENTITY-HEADER/],
  ['GET', '/other', 404, undefined, /no such route/],
];

test('entraDoor: knows its paths, and leaves others alone', async () => {
  await withSimulator(async ({ simulator }) => {
    for (const [method, path, status, body, has] of PATHS) {
      const sending = body === undefined ? { method } : { method, body };
      const received = await send(simulator.adminUrl + path, sending);
      assert.equal(received.status, status, `${method} ${path}: ${received.text}`);
      assert.match(received.text, has);
      assert.doesNotMatch(received.text, /"d":|simulated-secret/);
    }
  });
});

test('entraDoor: answers to the name that Entra ID has, and writes it into its documents', async () => {
  await withSimulator(async ({ simulator }) => {
    const path = `${simulator.adminUrl}/${TENANT}/v2.0/.well-known/openid-configuration`;
    const { text } = await send(path, { headers: { host: 'login.microsoftonline.com' } });
    assert.equal(JSON.parse(text).issuer, `http://login.microsoftonline.com/${TENANT}/v2.0`);
  });
});

test('entraDoor: a page of another place gets no token, whatever name it lets point here', async () => {
  await withSimulator(async ({ simulator }) => {
    const url = `${simulator.adminUrl}/metadata/identity/oauth2/token?resource=https://ai.azure.com`;
    const machine = { metadata: 'true' };
    assert.equal((await send(url, { headers: machine })).status, 200);
    for (const host of ['attacker.example', 'a"b', 'mine.eastus.cloudapp.azure.com']) {
      const { status, text } = await send(url, { headers: { ...machine, host } });
      assert.equal(status, 403, host);
      assert.match(text, /"error":"access_denied"/);
    }
    const headers = { origin: 'https://attacker.example' };
    const posted = await send(`${simulator.adminUrl}/${TENANT}/oauth2/v2.0/token`, {
      method: 'POST',
      headers,
      body: `${FORM}&${PROOF}`,
    });
    assert.equal(posted.status, 403);
  });
});

test('entraDoor: the key of the admin port is not asked for, since nobody has it before signing in', async () => {
  await withSimulator(
    async ({ simulator }) => {
      const url = `${simulator.adminUrl}/${TENANT}/oauth2/v2.0/token`;
      assert.equal((await send(url, { method: 'POST', body: `${FORM}&${PROOF}` })).status, 200);
    },
    {},
    { adminKey: 'secret' },
  );
});

test('entraDoor: takes client id and secret as Basic, too', async () => {
  await withSimulator(async ({ simulator }) => {
    const [id = '', secret = ''] = new URLSearchParams(PROOF).values();
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const url = `${simulator.adminUrl}/${TENANT}/oauth2/v2.0/token`;
    assert.equal((await send(url, { method: 'POST', headers: { authorization }, body: FORM })).status, 200);
  });
});

test('entraDoor: a body beyond its limit is refused', async () => {
  await withSimulator(async ({ simulator }) => {
    const url = `${simulator.adminUrl}/${TENANT}/oauth2/v2.0/token`;
    const pad = (bytes: number): string => `${FORM}&${PROOF}&pad=`.padEnd(bytes, 'x');
    assert.equal((await send(url, { method: 'POST', body: pad(TOKEN_BODY_BYTES_MAX) })).status, 200);
    assert.equal((await send(url, { method: 'POST', body: pad(TOKEN_BODY_BYTES_MAX + 1) })).status, 413);
  });
});
