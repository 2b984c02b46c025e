import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type TlsOptions, type TlsPlan, tlsOf } from './tls-options.ts';

const CA = 'spillway-simulator-ca.pem';
const KEY = 'spillway-simulator-ca-key.pem';

const PLANS: ReadonlyArray<readonly [given: boolean | TlsOptions | undefined, want: TlsPlan | null]> = [
  [undefined, null],
  [false, null],
  [true, { caFile: CA, keyFile: null }],
  [{}, { caFile: CA, keyFile: null }],
  [{ caFile: '/a/b.pem' }, { caFile: '/a/b.pem', keyFile: null }],
  [{ folder: '/a' }, { caFile: join('/a', CA), keyFile: join('/a', KEY) }],
  [
    { folder: '/a', caFile: '/b.pem' },
    { caFile: '/b.pem', keyFile: join('/a', KEY) },
  ],
];

for (const [given, want] of PLANS) {
  test(`tlsOf: ${JSON.stringify(given)} writes ${want === null ? 'nothing' : JSON.stringify(want)}`, () => {
    assert.deepEqual(tlsOf(given), want);
  });
}
