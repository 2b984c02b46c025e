import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELLO, send, withSimulator } from '../testing.ts';
import { AdminAccess } from './access.ts';

const HOSTS: ReadonlyArray<readonly [host: string, adminHost: string | undefined, want: string]> = [
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['::1', undefined, '::1'],
  ['localhost', undefined, 'localhost'],
  ['0.0.0.0', undefined, '127.0.0.1'],
  ['192.0.2.7', undefined, '127.0.0.1'],
  ['0.0.0.0', '127.0.0.2', '127.0.0.2'],
];

for (const [host, adminHost, want] of HOSTS) {
  test(`AdminAccess: with resources on ${host} and adminHost ${adminHost}, the admin port is on ${want}`, () => {
    assert.equal(new AdminAccess(host, adminHost === undefined ? {} : { adminHost }).host, want);
  });
}

test('AdminAccess: elsewhere than on loopback there is no admin port without a key', () => {
  assert.throws(
    () => new AdminAccess('127.0.0.1', { adminHost: '0.0.0.0' }),
    /adminHost: .*0\.0\.0\.0.*Set adminKey \(.*SPILLWAY_ADMIN_KEY\), or/,
  );
  assert.throws(() => new AdminAccess('127.0.0.1', { adminKey: '' }), /adminKey: is empty/);
  assert.equal(new AdminAccess('127.0.0.1', { adminHost: '0.0.0.0', adminKey: 'secret' }).host, '0.0.0.0');
});

type Headers = Readonly<Record<string, string>>;
const ASKS: ReadonlyArray<readonly [key: string | undefined, method: string, headers: Headers, want: string | null]> = [
  [undefined, 'GET', { host: '127.0.0.1:9000' }, null],
  [undefined, 'GET', { host: 'LOCALHOST' }, null],
  [undefined, 'GET', { host: '[::1]:9000' }, null],
  [undefined, 'GET', { host: 'attacker.example:9000' }, 'hostRefused'],
  [undefined, 'GET', {}, 'hostRefused'],
  [undefined, 'GET', { host: '[::1].attacker.example' }, 'hostRefused'],
  [undefined, 'GET', { host: 'management.azure.com' }, 'hostRefused'],
  [undefined, 'POST', { host: '127.0.0.1:9000', origin: 'http://127.0.0.1:9000' }, null],
  [undefined, 'POST', { host: '127.0.0.1:9000', origin: 'http://127.0.0.1:3000' }, 'originRefused'],
  [undefined, 'POST', { host: '127.0.0.1:9000', origin: 'null' }, 'originRefused'],
  [undefined, 'GET', { host: '127.0.0.1:9000', origin: 'http://127.0.0.1:3000' }, null],
  ['secret', 'GET', { host: 'localhost' }, 'keyMissing'],
  ['secret', 'GET', { host: 'localhost', 'api-key': 'wrong' }, 'keyMissing'],
  ['secret', 'GET', { host: 'localhost', 'api-key': 'secret' }, null],
  ['secret', 'POST', { host: 'localhost', authorization: 'Bearer secret' }, null],
  ['secret', 'POST', { host: 'attacker.example', 'api-key': 'secret' }, 'hostRefused'],
];

for (const [adminKey, method, headers, want] of ASKS) {
  test(`AdminAccess: with key ${adminKey}, ${method} ${JSON.stringify(headers)} is refused for ${want}`, () => {
    const access = new AdminAccess('127.0.0.1', adminKey === undefined ? {} : { adminKey });
    assert.equal(access.refusal(method, (name) => headers[name])?.code ?? null, want);
  });
}

const AZURE_NAMES: ReadonlyArray<readonly [host: string, want: string | null]> = [
  ['management.azure.com', null],
  ['LOGIN.microsoftonline.com:9000', null],
  ['eastus.metrics.monitor.azure.com', null],
  ['169.254.169.254', null],
  ['mine.eastus.cloudapp.azure.com', 'hostRefused'],
  ['management.azure.com.attacker.example', 'hostRefused'],
  ['xmanagement.azure.com', 'hostRefused'],
];

test('AdminAccess: a door that Azure has too answers to the names it has there, and to no other', () => {
  const access = new AdminAccess('127.0.0.1', {});
  for (const [host, want] of AZURE_NAMES) {
    const header = (name: string): string | undefined => (name === 'host' ? host : undefined);
    assert.equal(access.refusal('GET', header, 'azure')?.code ?? null, want, host);
  }
});

test('AdminAccess: a key guards every admin route but health, and never shows', () =>
  withSimulator(
    async ({ simulator, chat }) => {
      const refused = await send(`${simulator.adminUrl}/admin/state`, { headers: { 'api-key': 'wrong-key' } });
      assert.equal(refused.status, 401);
      assert.ok(!refused.text.includes('secret') && !refused.text.includes('wrong-key'));
      const asked = await send(`${simulator.adminUrl}/admin/state`, { headers: { 'api-key': 'secret' } });
      assert.equal(asked.status, 200);
      assert.ok(!asked.text.includes('secret'));
      assert.equal((await send(`${simulator.adminUrl}/healthz`)).status, 200);
      assert.equal((await chat(HELLO)).status, 200);
    },
    {},
    { adminKey: 'secret' },
  ));
