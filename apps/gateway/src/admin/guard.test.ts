import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guard } from './guard.ts';

interface Given {
  readonly adminHost?: string;
  readonly adminKey?: string | null;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function refusalOf(given: Given): string {
  const { adminHost = '127.0.0.1', adminKey = null, method = 'GET', path = '/admin/fleet' } = given;
  const headers: Readonly<Record<string, string>> = { host: 'localhost:8081', ...given.headers };
  const refusal = new Guard({ adminHost, adminKey }).refusal({ method, path, header: (name) => headers[name] });
  return refusal === null ? 'may' : `${refusal.status} ${refusal.code}`;
}

const KEY = 'the admin key';
const ELSEWHERE = { adminHost: '0.0.0.0', adminKey: KEY, headers: { host: 'spillway.example' } };
const FROM = (origin: string) => ({ method: 'POST', headers: { origin, host: 'localhost:8081' } });

const CASES: ReadonlyArray<readonly [name: string, given: Given, want: string]> = [
  ['on loopback without a key anybody on this machine may', {}, 'may'],
  ['every name of loopback will do', { headers: { host: '127.0.0.1' } }, 'may'],
  ['another address of loopback', { headers: { host: '127.8.9.10:80' } }, 'may'],
  ['loopback of IPv6, with port', { headers: { host: '[::1]:8081' } }, 'may'],
  ['loopback of IPv6, without', { headers: { host: '[::1]' } }, 'may'],
  ['a name in upper case', { headers: { host: 'LOCALHOST:8081' } }, 'may'],
  ['a name that was rebound to loopback is refused', { headers: { host: 'attacker.example' } }, '403 HostRefused'],
  ['with our port too', { headers: { host: 'attacker.example:8081' } }, '403 HostRefused'],
  ['a name that begins like ours', { headers: { host: 'localhost.attacker.example' } }, '403 HostRefused'],
  ['an address of another machine', { headers: { host: '192.0.2.1:8081' } }, '403 HostRefused'],
  ['no host at all', { headers: { host: '' } }, '403 HostRefused'],
  ['a rebound name is refused for health too', { path: '/livez', headers: { host: 'a.example' } }, '403 HostRefused'],
  ['with a key configured it is asked for on loopback', { adminKey: KEY }, '401 401'],
  ['a wrong key', { adminKey: KEY, headers: { 'api-key': 'the admin kez' } }, '401 401'],
  ['the key and more', { adminKey: KEY, headers: { 'api-key': `${KEY}x` } }, '401 401'],
  ['an empty key', { adminKey: KEY, headers: { 'api-key': '' } }, '401 401'],
  ['the key as api-key', { adminKey: KEY, headers: { 'api-key': KEY } }, 'may'],
  ['the key as Bearer', { adminKey: KEY, headers: { authorization: `bearer ${KEY}` } }, 'may'],
  ['the key as Basic', { adminKey: KEY, headers: { authorization: `Basic ${KEY}` } }, '401 401'],
  ['metrics need the key', { adminKey: KEY, path: '/metrics' }, '401 401'],
  ['paths that are not there do too', { adminKey: KEY, path: '/nothing' }, '401 401'],
  ['health does not', { adminKey: KEY, path: '/livez' }, 'may'],
  ['a path that only begins like health does', { adminKey: KEY, path: '/livez/../metrics' }, '401 401'],
  ['elsewhere any host name will do, with the key', { ...ELSEWHERE, headers: { host: 'x', 'api-key': KEY } }, 'may'],
  ['elsewhere the key is needed', ELSEWHERE, '401 401'],
  ['a program posts without origin', { method: 'POST' }, 'may'],
  ['our own page posts', FROM('http://localhost:8081'), 'may'],
  ['our own page behind TLS posts', FROM('https://localhost:8081'), 'may'],
  ['a page of another origin does not', FROM('https://attacker.example'), '403 OriginRefused'],
  ['a page of another port does not', FROM('http://localhost:3000'), '403 OriginRefused'],
  ['a page of another name of loopback does not', FROM('http://127.0.0.1:8081'), '403 OriginRefused'],
  ['a page without origin of its own does not', FROM('null'), '403 OriginRefused'],
  [
    'not even with the key',
    { ...FROM('https://a.example'), adminKey: KEY, headers: { origin: 'https://a.example', 'api-key': KEY } },
    '403 OriginRefused',
  ],
  ['a page that reads is told nothing by its browser', { headers: { origin: 'https://attacker.example' } }, 'may'],
];

for (const [name, given, want] of CASES) {
  test(`Guard: ${name}`, () => assert.equal(refusalOf(given), want));
}
