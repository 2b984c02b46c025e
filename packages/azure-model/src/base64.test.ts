import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64 } from './base64.ts';

const SEED = 64;

test(`base64: agrees with node's for any bytes (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
    }),
    { seed: SEED },
  );
});
