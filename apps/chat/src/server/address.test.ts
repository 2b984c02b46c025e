import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { hashOf } from '../auth/password.ts';
import { clientOf } from './address.ts';
import { started } from './testing/chat.ts';

const PROXIES = ['10.0.0.4', '10.0.0.5', '2001:db8::4'];

const CLIENTS: ReadonlyArray<readonly [name: string, connection: string, forwardedFor: string, want: string]> = [
  ['a connection without a proxy', '192.0.2.1', '', '192.0.2.1'],
  ['one that says it is a proxy, and is not', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['a proxy that tells', '10.0.0.4', '198.51.100.7', '198.51.100.7'],
  ['a proxy that tells nothing', '10.0.0.4', '', '10.0.0.4'],
  ['a proxy on both protocols', '::ffff:10.0.0.4', '198.51.100.7', '198.51.100.7'],
  ['two proxies', '10.0.0.4', '198.51.100.7, 10.0.0.5', '198.51.100.7'],
  ['what was written by whoever is in front of the proxy', '10.0.0.4', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
  ['a proxy of ours, named by a stranger', '10.0.0.4', '10.0.0.5, 198.51.100.7', '198.51.100.7'],
  ['a port', '10.0.0.4', '198.51.100.7:4711', '198.51.100.7'],
  ['IPv6', '2001:DB8::4', '2001:db8::9', '2001:db8::9'],
  ['a proxy whose IPv6 address is written at length', '2001:DB8:0::0004', '198.51.100.7', '198.51.100.7'],
  ['IPv6 written at length', '10.0.0.4', '2001:DB8:0:0::0009', '2001:db8::9'],
  ['IPv6 with a zone', 'FE80::1%eth0', '198.51.100.7', 'fe80::1%eth0'],
  ['IPv4 within IPv6 in hexadecimal', '0:0:0:0:0:ffff:a00:4', '::ffff:c633:6407', '198.51.100.7'],
  ['an address with something behind it', '10.0.0.4', '[::1]:80/[', '10.0.0.4'],
  ['IPv6 with a port', '10.0.0.4', '[2001:db8::9]:4711', '2001:db8::9'],
  ['no address', '10.0.0.4', 'unknown', '10.0.0.4'],
  ['no address behind one', '10.0.0.4', '198.51.100.7, _hidden', '10.0.0.4'],
  ['nothing but proxies', '10.0.0.4', '10.0.0.5', '10.0.0.5'],
];

for (const [name, connection, forwardedFor, want] of CLIENTS) {
  test(`clientOf: of ${name}`, () => assert.equal(clientOf(connection, forwardedFor, PROXIES), want));
}

const SIGN_IN = { SPILLWAY_CHAT_AUTH: 'password', SPILLWAY_CHAT_USERS: `ann:${await hashOf('right')}` };

/** @returns the statuses of 21 tries that fail, each under another name and with another header. */
async function tries(t: test.TestContext, env: Readonly<Record<string, string>>): Promise<readonly number[]> {
  const app = await started(t, new FakeModels([]), { env: { ...SIGN_IN, ...env } });
  const statuses: number[] = [];
  for (let i = 0; i < 21; i++) {
    const headers = { 'x-forwarded-for': `198.51.100.${i}` };
    statuses.push((await app.post('/api/sign-in', { user: `user${i}`, password: 'wrong' }, headers)).status);
  }
  return statuses;
}

test('addressed: a header that nobody vouches for does not spare a stranger the wait', async (t) => {
  assert.deepEqual((await tries(t, {})).slice(-2), [401, 429]);
});

test('addressed: behind a proxy that is named each address has its own tries', async (t) => {
  const statuses = await tries(t, { SPILLWAY_CHAT_PROXY_ADDRESSES: '127.0.0.1' });
  assert.deepEqual(statuses.slice(-2), [401, 401]);
});
