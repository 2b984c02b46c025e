import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { hashOf } from '../auth/password.ts';
import { started } from './testing/chat.ts';

test('peopleRoutes: of tries to sign in those that fail count, so that many people come in from one address', async (t) => {
  const users = `ann:${await hashOf('correct horse')}`;
  const env = { SPILLWAY_CHAT_AUTH: 'password', SPILLWAY_CHAT_USERS: users };
  const { post } = await started(t, new FakeModels(), { env });
  const tried = async (password: string) => (await post('/api/sign-in', { user: 'ann', password })).status;
  for (let i = 0; i < 22; i++) assert.equal(await tried('correct horse'), 200, `${i}`);
  for (let i = 0; i < 20; i++) assert.equal(await tried('x'), 401, `${i}`);
  assert.equal(await tried('correct horse'), 429);
});
