import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArmError } from './arm-error.ts';
import { armRouteOf, isArmPath } from './routes.ts';

const PROVIDER = '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices';

test('isArmPath: subscriptions and providers, whatever their case', () => {
  for (const path of ['/subscriptions', '/SUBSCRIPTIONS/s', '/providers/microsoft.cognitiveservices/operations']) {
    assert.ok(isArmPath(path), path);
  }
  for (const path of ['/', '/admin', '/subscriptionsx', '/openai/deployments', '/providers']) {
    assert.ok(!isArmPath(path), path);
  }
});

test('armRouteOf: compares whatever the case, and decodes names', () => {
  const { names } = armRouteOf('GET', `${PROVIDER.toUpperCase()}/Accounts/My%20Account/DEPLOYMENTS/d`, 'v');
  assert.deepEqual(names, ['S', 'G', 'My Account', 'd']);
});

const UNKNOWN: ReadonlyArray<readonly [method: string, path: string, status: number, code: string, message: RegExp]> = [
  [
    'GET',
    `${PROVIDER}/accounts/a/raiPolicies/p`,
    404,
    'InvalidResourceType',
    /'accounts\/raiPolicies' could not be found/,
  ],
  ['GET', '/subscriptions/s/providers/Microsoft.Compute/virtualMachines', 404, 'InvalidResourceNamespace', /Compute/],
  ['GET', '/subscriptions/s/what', 404, 'NotFound', /what/],
  ['POST', `${PROVIDER}/accounts/a`, 405, 'MethodNotAllowed', /'accounts' does not support http method 'POST'/],
];

test('armRouteOf: what is not there is refused as ARM does', () => {
  for (const [method, path, status, code, message] of UNKNOWN) {
    assert.throws(
      () => armRouteOf(method, path, '2025-09-01'),
      (error: unknown) => {
        assert.ok(error instanceof ArmError);
        assert.deepEqual([error.status, error.code], [status, code]);
        assert.match(error.message, message);
        return true;
      },
    );
  }
});
