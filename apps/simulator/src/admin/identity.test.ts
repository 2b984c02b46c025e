import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSimulator } from '../testing.ts';

const APPLICATION = '22222222-2222-4222-8222-222222222222';

const WRONG: ReadonlyArray<readonly [method: string, path: string, body: unknown, status: number, error: RegExp]> = [
  ['POST', '/refuse', { times: 0 }, 400, /times: 0 is not a whole number above 0/],
  ['POST', '/refuse', { times: 1_000_001 }, 400, /at most 1000000/],
  ['POST', '/refuse', { status: 500 }, 400, /status: 500 is none of 401, 429, 503/],
  ['POST', '/expired', {}, 400, /times: is missing/],
  ['PUT', `/${APPLICATION}/roles`, [], 400, /body: expected a JSON object/],
  [
    'PUT',
    `/${APPLICATION}/roles`,
    { roles: ['King'], resources: 'all', x: 1 },
    400,
    /x: is unknown.*"King" is none of .*resources: is not a list/,
  ],
  ['PUT', '/nobody/roles', { roles: [] }, 404, /clientId: .nobody. is unknown; there are 2222/],
];

for (const [method, path, body, status, error] of WRONG) {
  test(`identity routes: ${method} ${path} with ${JSON.stringify(body)} is ${status}`, async () => {
    await withSimulator(async ({ admin }) => {
      const received = await admin(method, `/admin/identity${path}`, body);
      assert.equal(received.status, status, received.text);
      assert.match(JSON.parse(received.text).error.message, error);
    });
  });
}

test('identity routes: show who there is, and what was asked for, without a secret', async () => {
  await withSimulator(async ({ admin }) => {
    await admin('POST', '/admin/identity/refuse', { times: 3, status: 429 });
    await admin('POST', '/admin/identity/expired', { times: 2 });
    await admin('PUT', `/admin/identity/${APPLICATION}/roles`, { roles: ['Reader'], resources: ['openai1'] });
    const { text } = await admin('GET', '/admin/identity');
    assert.doesNotMatch(text, /simulated-secret|simulated-identity-header/);
    const { tokens, refusing, bornExpired, principals } = JSON.parse(text);
    assert.deepEqual([tokens, refusing, bornExpired], [0, { left: 3, status: 429 }, 2]);
    assert.deepEqual(
      principals.map(({ kind, roles, resources }: Record<string, unknown>) => [kind, roles, resources]),
      [
        ['application', ['Reader'], ['openai1']],
        ['managedIdentity', ['Cognitive Services OpenAI User'], null],
      ],
    );
    const all = await admin('POST', '/admin/identity/refuse');
    assert.deepEqual(JSON.parse(all.text).refusing, { left: null, status: 401 });
    const lifted = await admin('DELETE', '/admin/identity/refuse');
    assert.equal(JSON.parse(lifted.text).refusing, null);
  });
});
