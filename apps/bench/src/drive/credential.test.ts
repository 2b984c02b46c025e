import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CredentialError, credentialsOf } from './credential.ts';

const KEY = { kind: 'key', header: 'api-key', variable: 'MY_KEY' } as const;

test('credentialsOf: a key from its variable, in the header that was asked for', async () => {
  const azure = credentialsOf(KEY, { MY_KEY: ' secret\n' });
  await azure.prepare(0);
  assert.deepEqual(azure.header(), ['api-key', 'secret']);
  const openai = credentialsOf({ ...KEY, header: 'authorization' }, { MY_KEY: 'secret' });
  assert.deepEqual(openai.header(), ['authorization', 'Bearer secret']);
  assert.equal(credentialsOf({ kind: 'none' }, {}).header(), null);
});

const BAD: readonly (readonly [string | undefined, RegExp])[] = [
  [undefined, /^no key: MY_KEY is not set; export it/],
  ['  ', /^no key: MY_KEY is not set/],
  ['sec\nret', /^the key in MY_KEY has a character that no header may hold/],
  ['\u201csecret\u201d', /^the key in MY_KEY has a character/],
];

test('credentialsOf: a key that is missing, or cannot be sent, is said without showing it', async () => {
  for (const [value, want] of BAD) {
    await assert.rejects(credentialsOf(KEY, { MY_KEY: value }).prepare(0), (error) => {
      assert.ok(error instanceof CredentialError);
      assert.match(error.message, want);
      assert.doesNotMatch(error.message, /sec\s?ret/);
      return true;
    });
  }
});

test('credentialsOf: a token is fetched before the run, and anew five minutes before its end', async () => {
  let fetched = 0;
  const credentials = credentialsOf({ kind: 'entra' }, {}, async () => {
    fetched++;
    return { token: `t${fetched}`, expiresOnTimestamp: fetched * 3_600_000 };
  });
  assert.equal(credentials.header(), null);
  for (const [nowMs, want] of [
    [0, 't1'],
    [3_299_999, 't1'],
    [3_300_000, 't2'],
    [3_600_000, 't2'],
  ] as const) {
    await credentials.prepare(nowMs);
    assert.deepEqual(credentials.header(), ['authorization', `Bearer ${want}`], `at ${nowMs}`);
  }
});

test('credentialsOf: a token that cannot be had is an error that shows nothing; one that cannot be renewed is used to its end', async () => {
  const none = credentialsOf({ kind: 'entra' }, {}, async () => null);
  await assert.rejects(none.prepare(0), /^CredentialError|no token of Entra ID; try az login/);
  const failing = credentialsOf({ kind: 'entra' }, {}, () => Promise.reject(new TypeError('secret=1')));
  await assert.rejects(
    failing.prepare(0),
    (error: Error) => /TypeError/.test(error.message) && !/secret/.test(error.message),
  );
  let fetched = 0;
  const once = credentialsOf({ kind: 'entra' }, {}, async () => {
    if (fetched++ > 0) throw new Error('offline');
    return { token: 't', expiresOnTimestamp: 3_600_000 };
  });
  await once.prepare(0);
  await assert.rejects(once.prepare(3_500_000), CredentialError);
  assert.deepEqual(once.header(), ['authorization', 'Bearer t']);
});
