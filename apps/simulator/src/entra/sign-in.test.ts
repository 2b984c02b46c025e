import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from './identity-options.ts';
import { signInOf } from './sign-in.ts';

test('signInOf: names the first application with a secret, and both kinds of managed identity', () => {
  const applications = [{ clientId: 'workload' }, { clientId: 'app', secret: 's' }];
  const plan = identityOf({ tenantId: 't', applications, identityHeader: 'h' });
  assert.deepEqual(signInOf(plan, 'https://sim'), {
    application: {
      AZURE_AUTHORITY_HOST: 'https://sim',
      AZURE_TENANT_ID: 't',
      AZURE_CLIENT_ID: 'app',
      AZURE_CLIENT_SECRET: 's',
    },
    app: { IDENTITY_ENDPOINT: 'https://sim/msi/token', IDENTITY_HEADER: 'h' },
    machine: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'https://sim' },
  });
});

test('signInOf: says nothing where nobody can sign in so', () => {
  const plan = identityOf({ applications: [{ clientId: 'workload' }], managedIdentities: [] });
  assert.deepEqual(signInOf(plan, 'https://sim'), { application: null, app: null, machine: null });
});
