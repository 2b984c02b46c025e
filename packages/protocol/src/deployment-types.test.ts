import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPLOYMENT_TYPES, isProvisioned, placeOf } from './deployment-types.ts';

test('deployment types: three places, each with units or by the token', () => {
  assert.deepEqual(
    DEPLOYMENT_TYPES.map((type) => [placeOf(type), isProvisioned(type)]),
    [
      ['region', false],
      ['dataZone', false],
      ['global', false],
      ['region', true],
      ['dataZone', true],
      ['global', true],
    ],
  );
});
