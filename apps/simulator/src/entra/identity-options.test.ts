import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from './identity-options.ts';

test('identityOf: by default there are an application that may do everything and an identity that may ask models', () => {
  const { applications, managedIdentities, tokenSeconds, foreignTokens } = identityOf();
  assert.deepEqual(
    applications.map(({ secret, roles }) => [secret, roles.length]),
    [['simulated-secret', 3]],
  );
  assert.deepEqual(
    managedIdentities.map(({ roles }) => roles),
    [['Cognitive Services OpenAI User']],
  );
  assert.deepEqual([tokenSeconds, foreignTokens], [3600, 'accept']);
});

test('identityOf: an object id is a GUID of its own, the same at each start', () => {
  const [one, same, other] = ['a', 'a', 'b'].map(
    (clientId) => identityOf({ applications: [{ clientId }] }).applications[0],
  );
  assert.match(one?.objectId ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(one?.objectId, same?.objectId);
  assert.notEqual(one?.objectId, other?.objectId);
});

test('identityOf: who is given without roles or secret has none', () => {
  const plan = identityOf({ applications: [{ clientId: 'a' }], managedIdentities: [] });
  assert.deepEqual(plan.managedIdentities, []);
  const { name, roles, resources, secret, federatedSubject } = plan.applications[0] ?? {};
  assert.deepEqual([name, roles, resources, secret, federatedSubject], ['a', [], null, null, null]);
});
