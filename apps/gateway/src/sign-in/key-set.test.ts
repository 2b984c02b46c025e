import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { COOL_DOWN_MS, FETCH_MS_MAX, FRESH_MS, KEYS_MAX, KEYS_MS_MAX } from './key-set.ts';
import { SignIn, type Verdict } from './sign-in.ts';
import { type TestIssuer, testIssuer } from './testing/issuer.ts';

interface Set {
  readonly issuer: TestIssuer;
  readonly clock: FakeClock;
  readonly problems: string[];
  readonly signIn: SignIn;
  /** On a new token. */
  on(): Promise<Verdict | null>;
}

let serial = 0;

async function set(t: TestContext, place: (issuer: TestIssuer) => string | null = () => null): Promise<Set> {
  const issuer = await testIssuer(t);
  const clock = new FakeClock();
  const problems: string[] = [];
  const entry = issuer.entry({ from: { kind: 'issuer', issuer: issuer.url, jwksUrl: place(issuer) } });
  const onProblem = (message: string) => problems.push(message);
  const signIn = new SignIn({ entries: [entry], authorityHost: undefined, clock, onProblem });
  const on = async () => signIn.verdictOn(await issuer.sign(clock.nowMs(), { jti: String(serial++) }));
  return { issuer, clock, problems, signIn, on };
}

const GOOD: Verdict = { kind: 'signedIn', client: 'people' };
const UNAVAILABLE: Verdict = { kind: 'unavailable' };
const DISCOVERY = '/.well-known/openid-configuration';
const TURNS_MAX = 1_000_000;

async function until(done: () => boolean): Promise<void> {
  for (let n = 0; n < TURNS_MAX && !done(); n++) await turn();
  assert.ok(done());
}

test('KeySet: keys are asked for once, however many tokens come, and straight where their place is given', async (t) => {
  const one = await set(t);
  assert.deepEqual(await Promise.all([one.on(), one.on(), one.on()]), [GOOD, GOOD, GOOD]);
  assert.deepEqual(one.issuer.asked, [DISCOVERY, '/keys']);
  const two = await set(t, ({ url }) => `${url}/keys`);
  assert.deepEqual(await two.on(), GOOD);
  assert.deepEqual(two.issuer.asked, ['/keys']);
});

test('KeySet: a key that is new is fetched, but not before the cool-down has passed', async (t) => {
  const { issuer, clock, on } = await set(t);
  assert.deepEqual(await on(), GOOD);
  await issuer.rollOver();
  assert.deepEqual(await on(), { kind: 'refused', problem: 'signature' });
  clock.advance(COOL_DOWN_MS);
  assert.deepEqual(await on(), GOOD);
  await issuer.rollOver(false);
  clock.advance(COOL_DOWN_MS);
  for (let n = 0; n < 5; n++) assert.deepEqual(await on(), { kind: 'refused', problem: 'signature' });
  assert.equal(issuer.asked.length, 6);
});

test('KeySet: old keys serve while new ones are fetched, and when the issuer does not answer, but not for ever', async (t) => {
  const { issuer, clock, on, problems } = await set(t);
  assert.deepEqual(await on(), GOOD);
  clock.advance(FRESH_MS + 1);
  issuer.fail(503);
  assert.deepEqual(await on(), GOOD);
  await until(() => problems.length > 0);
  assert.match(problems[0] ?? '', /^http:\/\/127\.0\.0\.1:\d+\/\S+ answered 503: the keys at hand serve on\./);
  clock.advance(KEYS_MS_MAX);
  assert.deepEqual(await on(), UNAVAILABLE);
  issuer.fail(null);
  assert.deepEqual(await on(), UNAVAILABLE, 'within the cool-down');
  clock.advance(COOL_DOWN_MS);
  assert.deepEqual(await on(), GOOD);
});

test('KeySet: an issuer that hangs is waited for no longer than the limit', async (t) => {
  const { clock, on, problems } = await set(t, () => 'http://127.0.0.1:1/keys');
  assert.deepEqual(await on(), UNAVAILABLE);
  assert.match(problems[0] ?? '', /gave no answer \(ECONNREFUSED\): no token of it can be verified\. Next try in 30 s/);
  const { createServer } = await import('node:net');
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const sockets: import('node:net').Socket[] = [];
  silent.on('connection', (socket) => sockets.push(socket));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const hung = await set(t, () => `http://127.0.0.1:${port}/keys`);
  const waiting = hung.on();
  await until(() => sockets.length > 0);
  hung.clock.advance(FETCH_MS_MAX);
  assert.deepEqual(await waiting, UNAVAILABLE);
  assert.equal(hung.problems.length, 1);
  void clock;
});

const DOCUMENTS: ReadonlyArray<readonly [name: string, text: string, problem: RegExp]> = [
  ['no JSON', '<html>', /answered with what is no JSON object/],
  [
    'another issuer',
    '{"issuer":"https://evil.example","jwks_uri":"https://evil.example/keys"}',
    /is of another issuer/,
  ],
  ['no place of keys', '{"issuer":"ISSUER"}', /names no jwks_uri/],
  ['keys over plain http', '{"issuer":"ISSUER","jwks_uri":"http://evil.example/keys"}', /is not an https URL/],
  ['keys in a file', '{"issuer":"ISSUER","jwks_uri":"file:///etc/passwd"}', /is not an https URL/],
  ['more than anybody reads', `{"a":"${'a'.repeat(70_000)}"}`, /gave no answer \(UND_ERR_RES_EXCEEDED_MAX_SIZE\)/],
];

for (const [name, text, problem] of DOCUMENTS) {
  test(`KeySet: a discovery document with ${name} gives no keys, and the operator is told`, async (t) => {
    const { issuer, on, problems } = await set(t);
    issuer.say(text.replace('ISSUER', issuer.url));
    assert.deepEqual(await on(), UNAVAILABLE);
    assert.match(problems[0] ?? '', problem);
    assert.equal(problems.length, 1);
  });
}

test('KeySet: keys that are no set, or too many, are none', async (t) => {
  for (const text of [
    '{"keys":7}',
    '{"keys":[7]}',
    JSON.stringify({ keys: Array.from({ length: KEYS_MAX + 1 }, () => ({})) }),
  ]) {
    const { issuer, on, problems } = await set(t, ({ url }) => `${url}/keys`);
    issuer.say(text);
    assert.deepEqual(await on(), UNAVAILABLE);
    assert.match(problems[0] ?? '', new RegExp(`holds (?:no|more than ${KEYS_MAX}) keys`));
  }
});
