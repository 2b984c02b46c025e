import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsedWrongly } from '../exit.ts';
import { endpointOf } from './endpoint.ts';

test('endpointOf: tells Azure, which gets a token, from everything else, which never does', () => {
  const rows: ReadonlyArray<readonly [string | undefined, string, boolean]> = [
    [undefined, 'https://management.azure.com', true],
    ['https://management.azure.com/', 'https://management.azure.com', true],
    ['https://MANAGEMENT.usgovcloudapi.net', 'https://management.usgovcloudapi.net', true],
    ['https://management.azure.com:8443', 'https://management.azure.com:8443', false],
    ['https://management.azure.com.example.net', 'https://management.azure.com.example.net', false],
    [' http://127.0.0.1:9000 ', 'http://127.0.0.1:9000', false],
    ['http://localhost:9000/', 'http://localhost:9000', false],
    ['http://[::1]:9000', 'http://[::1]:9000', false],
    ['https://simulator.example.net:9443', 'https://simulator.example.net:9443', false],
  ];
  for (const [given, url, isAzure] of rows) assert.deepEqual(endpointOf(given), { url, isAzure }, String(given));
});

test('endpointOf: refuses what would show a secret to others, and what is no address, with the way out', () => {
  const rows: ReadonlyArray<readonly [string, RegExp]> = [
    ['http://management.azure.com', /plain http to another machine.*write https/],
    ['http://10.0.0.1:9000', /plain http to another machine/],
    ['http://127.0.0.1.example.net', /plain http to another machine/],
    ['ftp://127.0.0.1', /is no address; give scheme, host and port, such as http:\/\/127\.0\.0\.1:9000/],
    ['127.0.0.1:9000', /is no address/],
    ['http://127.0.0.1:9000/admin', /has more than scheme, host and port; write http:\/\/127\.0\.0\.1:9000/],
    ['http://127.0.0.1:9000/?a=b', /has more than scheme/],
  ];
  for (const [given, want] of rows) assert.throws(() => endpointOf(given), want, given);
  assert.throws(
    () => endpointOf('https://me:hunter2@example.net'),
    (error: unknown) => {
      assert.ok(error instanceof UsedWrongly);
      assert.match(error.message, /holds a user name or password/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    },
  );
});
