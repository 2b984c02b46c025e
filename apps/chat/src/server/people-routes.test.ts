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

test('peopleRoutes: how is searched is told plainly to readers, and to admins with what was measured and the setting', async (t) => {
  const env = {
    SPILLWAY_CHAT_API_KEYS: 'ops:0123456789abcdef0123,bot:3210fedcba9876543210',
    SPILLWAY_CHAT_ADMINS: 'ops',
    SPILLWAY_CHAT_RETRIEVAL: 'hybrid',
  };
  const app = await started(t, new FakeModels(), { host: '0.0.0.0', allowAnonymous: true, env });
  const rows: ReadonlyArray<readonly [Readonly<Record<string, string>>, string]> = [
    [{}, 'Words and meaning are searched.'],
    [{ authorization: 'Bearer 3210fedcba9876543210' }, 'Words and meaning are searched.'],
    [{ authorization: 'Bearer 0123456789abcdef0123' }, 'SPILLWAY_CHAT_RETRIEVAL is hybrid.'],
  ];
  for (const [headers, why] of rows) {
    const { retrieval } = await (await app.send('/api/config', { headers })).json();
    assert.deepEqual(retrieval, { mode: 'hybrid', why, isProbing: false });
  }
});
