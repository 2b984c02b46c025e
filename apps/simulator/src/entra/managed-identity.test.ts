import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { Entra } from './entra.ts';
import { DEFAULT_IDENTITY_HEADER, identityOf } from './identity-options.ts';
import { answerApp, answerMachine, type IdentityRequest } from './managed-identity.ts';

const RESOURCE = 'https://cognitiveservices.azure.com';

function entraOf(): Entra {
  const managedIdentities = [
    { clientId: 'first', name: 'one', objectId: 'oid-1' },
    { clientId: 'second', name: 'two' },
  ];
  return new Entra(identityOf({ managedIdentities }), new FakeClock());
}

function request(query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>): IdentityRequest {
  const place = { origin: 'https://sim', host: 'sim' };
  return { query: new URLSearchParams(query), header: (name) => headers[name], ...place };
}

const MACHINE = { metadata: 'true' };
const APP = { 'x-identity-header': DEFAULT_IDENTITY_HEADER };

const WHO: ReadonlyArray<readonly [asked: Readonly<Record<string, string>>, clientId: string | null]> = [
  [{}, 'first'],
  [{ client_id: 'SECOND' }, 'second'],
  [{ object_id: 'oid-1' }, 'first'],
  [{ msi_res_id: '/subscriptions/s/providers/Microsoft.ManagedIdentity/userAssignedIdentities/two' }, 'second'],
  [{ client_id: 'third' }, null],
  [{ client_id: 'first', object_id: 'oid-2' }, null],
];

for (const [asked, clientId] of WHO) {
  test(`answerMachine, answerApp: ${JSON.stringify(asked)} is ${clientId ?? 'nobody'}`, async () => {
    const query = { resource: RESOURCE, ...asked };
    const answers = [
      await answerMachine(entraOf(), request(query, MACHINE)),
      await answerApp(entraOf(), request(query, APP)),
    ];
    for (const { status, body } of answers) {
      const { client_id, token_type, expires_on } = Object(body);
      assert.equal(status, clientId === null ? 400 : 200);
      if (clientId === null) continue;
      assert.deepEqual([client_id, token_type, expires_on], [clientId, 'Bearer', '1772326798']);
    }
  });
}

const REFUSED: ReadonlyArray<
  readonly [
    what: string,
    query: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
    text: RegExp,
  ]
> = [
  ['without the header', { resource: RESOURCE }, {}, /Required metadata header not specified/],
  ['without a resource', {}, MACHINE, /Required audience parameter not specified/],
  ['for a stranger', { resource: 'https://example.com' }, MACHINE, /AADSTS500011/],
];

for (const [what, query, headers, text] of REFUSED) {
  test(`answerMachine: refuses ${what}`, async () => {
    const { status, body } = await answerMachine(entraOf(), request(query, headers));
    assert.equal(status, 400);
    assert.match(JSON.stringify(body), text);
  });
}

test('answerApp: refuses who does not know its header', async () => {
  const answer = await answerApp(entraOf(), request({ resource: RESOURCE }, { 'x-identity-header': 'wrong' }));
  assert.equal(answer.status, 401);
});

test('answerMachine, answerApp: refuse on demand, in the words of each', async () => {
  const entra = entraOf();
  entra.refuse({ left: 4, status: 503 });
  assert.equal((await answerMachine(entra, request({ resource: RESOURCE }, MACHINE))).status, 503);
  assert.equal((await answerApp(entra, request({ resource: RESOURCE }, APP))).status, 503);
  entra.refuse({ left: 2, status: 401 });
  const machine = await answerMachine(entra, request({ resource: RESOURCE }, MACHINE));
  assert.deepEqual(machine.body, { error: 'invalid_request', error_description: 'Identity not found' });
  assert.match(JSON.stringify(await answerApp(entra, request({ resource: RESOURCE }, APP))), /No User Assigned/);
  assert.equal((await answerApp(entra, request({ resource: RESOURCE }, APP))).status, 200);
});
