import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, isPassword } from './password.ts';

test('isPassword: knows the password by its hash, however its letters are composed, and no other', async () => {
  const hash = await hashOf('Gr\u00fcn-7 Bl\u00e4tter');
  assert.match(hash, /^scrypt:[\w-]+:[\w-]+$/);
  assert.equal(await isPassword('Gru\u0308n-7 Bla\u0308tter', hash), true);
  assert.equal(await isPassword('gr\u00fcn-7 Bl\u00e4tter', hash), false);
  assert.equal(await isPassword('', hash), false);
  assert.equal(await isPassword('anything', null), false, 'nobody has no password');
  assert.equal(await isPassword('', 'scrypt::'), false);
  assert.notEqual(await hashOf('a'), await hashOf('a'), 'each has its own salt');
});
