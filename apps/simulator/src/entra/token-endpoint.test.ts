import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { Entra } from './entra.ts';
import { identityOf } from './identity-options.ts';
import { answerTokenRequest, type TokenRequest } from './token-endpoint.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const GOOD = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'secret-1', scope: SCOPE };

function entraOf(clock = new FakeClock()): Entra {
  const applications = [
    { clientId: 'app', secret: 'secret-1' },
    { clientId: 'workload', federatedSubject: 'sub-1' },
  ];
  return new Entra(identityOf({ tenantId: 'tenant', applications }), clock);
}

function request(form: Readonly<Record<string, string>>, more: Partial<TokenRequest> = {}): TokenRequest {
  const place = { origin: 'https://sim:9000', host: 'sim:9000' };
  return { tenant: 'tenant', version: 'v2', form: new URLSearchParams(form), ...place, ...more };
}

function without(name: keyof typeof GOOD): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== name));
}

function assertion(claims: unknown): Readonly<Record<string, string>> {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return { ...without('client_secret'), client_id: 'workload', client_assertion: `e30.${payload}.c2ln` };
}

const REFUSED: ReadonlyArray<
  readonly [what: string, form: Readonly<Record<string, string>>, code: number, more?: Partial<TokenRequest>]
> = [
  ['another tenant', GOOD, 90002, { tenant: 'other' }],
  ['no grant', without('grant_type'), 900144],
  ['a grant that needs a user', { ...GOOD, grant_type: 'password' }, 70003],
  ['no application', without('client_id'), 900144],
  ['an unknown application', { ...GOOD, client_id: 'none' }, 700016],
  ['no proof', without('client_secret'), 7000218],
  ['a wrong secret', { ...GOOD, client_secret: 'secret-2' }, 7000215],
  ['a secret of one that has none', { ...GOOD, client_id: 'workload' }, 7000215],
  ['an assertion that is none', { ...without('client_secret'), client_assertion: 'x' }, 50027],
  ['an assertion of another subject', assertion({ sub: 'sub-2' }), 700213],
  ['an assertion that has expired', assertion({ sub: 'sub-1', exp: 1_000 }), 700024],
  ['an assertion that has expired before all calendars', assertion({ sub: 'sub-1', exp: -1e300 }), 700024],
  ['no scope', without('scope'), 900144],
  ['two scopes', { ...GOOD, scope: `${SCOPE} https://ai.azure.com/.default` }, 70011],
  ['a scope of a user', { ...GOOD, scope: 'https://ai.azure.com/user' }, 1002012],
  ['a scope of a stranger', { ...GOOD, scope: 'https://example.com/.default' }, 500011],
  ['no resource, on v1', GOOD, 900144, { version: 'v1' }],
];

for (const [what, form, code, more] of REFUSED) {
  test(`answerTokenRequest: ${what} is AADSTS${code}`, async () => {
    const answer = await answerTokenRequest(entraOf(), request(form, more));
    assert.equal(answer.kind === 'error' ? answer.error.code : answer.kind, code);
    assert.doesNotMatch(JSON.stringify(answer), /secret-1/);
  });
}

const GIVEN: ReadonlyArray<readonly [what: string, form: Readonly<Record<string, string>>]> = [
  ['a secret', GOOD],
  ['an assertion', assertion({ sub: 'sub-1' })],
  ['scopes that a client adds by itself', { ...GOOD, scope: `${SCOPE} openid profile offline_access` }],
  ['the URL that the simulator is asked at', { ...GOOD, scope: 'https://sim:9000/.default' }],
];

for (const [what, form] of GIVEN) {
  test(`answerTokenRequest: gives a token for ${what}`, async () => {
    const answer = await answerTokenRequest(entraOf(), request(form));
    assert.ok(answer.kind === 'token');
    assert.deepEqual(Object.keys(answer.body), ['token_type', 'access_token', 'expires_in', 'ext_expires_in']);
  });
}

test('answerTokenRequest: v1 names a resource and writes its numbers as texts', async () => {
  const form = { ...without('scope'), resource: 'https://management.azure.com/' };
  const answer = await answerTokenRequest(entraOf(), request(form, { version: 'v1' }));
  const { access_token, ...rest } = Object(answer.kind === 'token' ? answer.body : {});
  assert.match(String(access_token), /^[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.deepEqual(rest, {
    token_type: 'Bearer',
    expires_in: '3600',
    ext_expires_in: '3600',
    expires_on: '1772326798',
    not_before: '1772323198',
    resource: 'https://management.azure.com/',
  });
});

const ON_DEMAND = [
  [401, 7000222],
  [429, 90055],
  [503, 90033],
] as const;

for (const [status, code] of ON_DEMAND) {
  test(`answerTokenRequest: on demand it refuses so many times with ${status}, then no more`, async () => {
    const entra = entraOf();
    entra.refuse({ left: 2, status });
    const codes: unknown[] = [];
    for (let n = 0; n < 3; n++) {
      const answer = await answerTokenRequest(entra, request(GOOD));
      codes.push(answer.kind === 'error' ? answer.error.code : 'token');
    }
    assert.deepEqual(codes, [code, code, 'token']);
  });
}
