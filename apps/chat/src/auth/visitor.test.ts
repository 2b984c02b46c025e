import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { AuthSettings } from '../settings/auth-settings.ts';
import { secretOf } from '../settings/secret.ts';
import { SESSION_MS, VISITOR_HEADER, type Visit, Visitors } from './visitor.ts';

const NONE: AuthSettings = {
  how: { kind: 'none' },
  sessionKey: null,
  admins: ['root', 'group:staff'],
  apiKeys: [],
  proxies: [],
};
const PROXY: AuthSettings = {
  ...NONE,
  how: { kind: 'proxy', userHeader: 'x-user', groupsHeader: 'x-groups', addresses: ['10.0.0.1'] },
};
const PASSWORD: AuthSettings = { ...NONE, how: { kind: 'password', users: [] } };
const KEYED: AuthSettings = {
  ...PASSWORD,
  apiKeys: [{ user: 'agent', key: secretOf('0123456789abcdef'), groups: ['staff'] }],
};

function visit(headers: Readonly<Record<string, string>> = {}, address = '10.0.0.1', session = ''): Visit {
  return { header: (name) => headers[name], cookie: () => session, address };
}

/** `user groups admin`, or `stranger`. */
function told(visitors: Visitors, by: Visit): string {
  const known = visitors.recognise(by);
  if (known.kind === 'stranger') return 'stranger';
  const { user, groups, isAdmin } = known.reader;
  return [user, ...groups, ...(isAdmin ? ['admin'] : [])].join(' ');
}

test('visitors: each is known by what it shows, where that counts', () => {
  const rows: ReadonlyArray<readonly [string, AuthSettings, Visit, string]> = [
    ['on this machine', NONE, visit(), 'local admin'],
    ['a proxy', PROXY, visit({ 'x-user': 'ann', 'x-groups': 'host; guest' }), 'ann host guest'],
    ['a proxy, by IPv6', PROXY, visit({ 'x-user': 'ann' }, '::ffff:10.0.0.1'), 'ann'],
    ['an admin by group', PROXY, visit({ 'x-user': 'bob', 'x-groups': 'staff' }), 'bob staff admin'],
    ['a name like a group of admins', PROXY, visit({ 'x-user': 'group:staff' }), 'group:staff'],
    ['an admin by name', PROXY, visit({ 'x-user': 'root' }), 'root admin'],
    ['from elsewhere', PROXY, visit({ 'x-user': 'root' }, '10.0.0.2'), 'stranger'],
    ['a proxy that says nothing', PROXY, visit({}), 'stranger'],
    ['a proxy header without a proxy', PASSWORD, visit({ 'x-user': 'root' }), 'stranger'],
    ['a key', KEYED, visit({ authorization: 'Bearer 0123456789abcdef' }), 'agent staff admin'],
    ['a wrong key', KEYED, visit({ authorization: 'Bearer 0123456789abcdeF' }), 'stranger'],
    ['a forged cookie', PASSWORD, visit({}, 'x', 'eyJ1c2VyIjoicm9vdCJ9.AAAA'), 'stranger'],
  ];
  for (const [name, settings, by, want] of rows) {
    assert.equal(told(new Visitors(settings, true, new FakeClock()), by), want, name);
  }
});

test('visitors: who signs in is known until the session ends', () => {
  const clock = new FakeClock();
  const visitors = new Visitors(PASSWORD, false, clock);
  const cookie = visitors.signIn({ user: 'ann', groups: ['host'] }, true);
  assert.match(cookie, /^spillway_chat=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200; Secure$/);
  const session = /=([^;]+)/.exec(cookie)?.[1] ?? '';
  assert.equal(told(visitors, visit({}, 'x', session)), 'ann host');
  assert.equal(told(visitors, visit({ [VISITOR_HEADER]: session })), 'stranger', 'a header signs nobody in');
  clock.advance(SESSION_MS);
  assert.equal(told(visitors, visit({}, 'x', session)), 'stranger');
  assert.match(visitors.signOut(false), /^spillway_chat=; .*Max-Age=0$/);
});

test('visitors: a session with a key that outlives a restart does not outlive what let its user in', () => {
  const sessionKey = secretOf('0123456789abcdef0123456789abcdef');
  const users = (hash: string, groups: readonly string[] = []) => ({ user: 'ann', hash: secretOf(hash), groups });
  const by = (...listed: readonly ReturnType<typeof users>[]): AuthSettings => {
    return { ...PASSWORD, sessionKey, how: { kind: 'password', users: listed } };
  };
  const after = (before: AuthSettings, now: AuthSettings) => {
    const signedIn = new Visitors(before, false, new FakeClock()).signIn({ user: 'ann', groups: ['host'] }, false);
    const session = /=([^;]+)/.exec(signedIn)?.[1] ?? '';
    return told(new Visitors(now, false, new FakeClock()), visit({}, 'x', session));
  };
  const before = by(users('scrypt:a:b', ['host']));
  assert.equal(after(before, by(users('scrypt:a:b', ['host']))), 'ann host');
  assert.equal(after(before, by()), 'stranger', 'taken off the list');
  assert.equal(after(before, by(users('scrypt:c:d', ['host']))), 'stranger', 'another password');
  assert.equal(after(before, by(users('scrypt:a:b', ['guest']))), 'stranger', 'other groups');
  assert.equal(after({ ...NONE, sessionKey }, before), 'stranger', 'a visitor, before there was a sign-in');
  assert.notEqual(after(before, { ...NONE, sessionKey }), 'ann', 'nor the other way round');
});

test('visitors: where the browser speaks https a visitor is known by a cookie for https alone', () => {
  const visitors = new Visitors(NONE, false, new FakeClock());
  const cookieOf = (isSecure: boolean) => {
    const known = visitors.recognise({ ...visit(), isSecure });
    return known.kind === 'known' ? known.setCookie : null;
  };
  assert.match(cookieOf(true) ?? '', /; Secure$/);
  assert.doesNotMatch(cookieOf(false) ?? '', /Secure/);
});

test('visitors: strangers that may come in have each a name of their own, and keep it', () => {
  const visitors = new Visitors(NONE, false, new FakeClock());
  const [one, two] = [visitors.recognise(visit()), visitors.recognise(visit())];
  assert.ok(one.kind === 'known' && two.kind === 'known');
  assert.notEqual(one.reader.user, two.reader.user);
  assert.equal(one.reader.isAdmin, false);
  const session = /=([^;]+)/.exec(one.setCookie ?? '')?.[1] ?? '';
  const again = visitors.recognise(visit({}, 'x', session));
  assert.deepEqual(again, { kind: 'known', reader: one.reader, setCookie: null });
  const elsewhere = visitors.recognise({ ...visit({ [VISITOR_HEADER]: session }), cookie: () => undefined });
  assert.deepEqual(elsewhere, again);
});
