/** Each way to a token, on real sockets. */
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { FakeClock } from '@spillway/clock';
import { ASSERTION_BYTES_MAX } from './authority.ts';
import { loadAzureIdentity } from './azure-cli.ts';
import { credentialSource } from './credential.ts';
import { ATTEMPT_MS_MAX, EntraId } from './entra.ts';
import { BACKOFF_MS_MIN, READY_MS_MAX } from './keeper.ts';
import { MACHINE_PROBE_MS_MAX } from './managed-identity.ts';
import type { Environment } from './method.ts';
import { type Reply, tokenReply } from './testing/fake-endpoint.ts';
import {
  ASSERTION,
  assertNoCanary,
  byApp,
  byClientSecret,
  byMachine,
  byWorkload,
  directory,
  ENTRA,
  endpoint,
  failureOf,
  IDENTITY_HEADER,
  identityModule,
  machine,
  NOBODY,
  SCOPE,
  SECRET,
  setUp,
  TOKEN,
} from './testing/rig.ts';
import { ANSWER_BYTES_MAX } from './token-http.ts';

test('credentialSource: by client secret, asks Entra ID with a form', async (t) => {
  const entra = await endpoint(t, () => tokenReply(TOKEN));
  const { source, clock, events } = setUp(byClientSecret(entra.url));
  assert.equal(source.current(clock.nowMs()), null);
  assert.deepEqual(await source.ready(), { name: 'authorization', value: `Bearer ${TOKEN}` });
  assert.equal(source.current(clock.nowMs()), await source.ready());
  const [asked] = entra.asked;
  assert.equal(asked?.path, '/tenant%2F1/oauth2/v2.0/token');
  assert.deepEqual(Object.fromEntries(asked?.form ?? []), {
    grant_type: 'client_credentials',
    client_id: 'client-1',
    scope: SCOPE,
    client_secret: SECRET,
  });
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['tokenObtained'],
  );
  assertNoCanary(events, source, entra.url);
  source.close();
});

test('credentialSource: by workload identity, reads the token file anew each time', async (t) => {
  const entra = await endpoint(t, () => tokenReply(TOKEN));
  const file = join(await directory(t), 'token');
  await writeFile(file, `${ASSERTION}\n`);
  const { source, clock, events, whenEvents } = setUp(byWorkload(entra.url, file));
  await source.ready();
  await writeFile(file, 'second');
  clock.advance(3_600_000 - 300_000);
  await whenEvents(2);
  assert.deepEqual(
    entra.asked.map(({ form }) => form.get('client_assertion')),
    [ASSERTION, 'second'],
  );
  assert.deepEqual(Object.fromEntries(entra.asked[0]?.form ?? []), {
    grant_type: 'client_credentials',
    client_id: 'client-1',
    scope: SCOPE,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: ASSERTION,
  });
  assert.equal(entra.asked[0]?.path, '/tenant-1/oauth2/v2.0/token');
  assertNoCanary(events);
  source.close();
});

test('credentialSource: by managed identity of the app', async (t) => {
  const app = await endpoint(t, () => tokenReply(TOKEN, '86399'));
  const { source } = setUp(byApp(app.url));
  assert.equal((await source.ready()).value, `Bearer ${TOKEN}`);
  const [asked] = app.asked;
  assert.equal(asked?.path, '/msi/token');
  assert.equal(asked?.headers['x-identity-header'], IDENTITY_HEADER);
  assert.deepEqual(Object.fromEntries(asked?.query ?? []), {
    'api-version': '2019-08-01',
    resource: 'https://cognitiveservices.azure.com',
    client_id: 'client-1',
  });
  source.close();
});

test('credentialSource: by managed identity of the machine, after a look whether it is there', async (t) => {
  const imds = await endpoint(
    t,
    machine(() => tokenReply(TOKEN)),
  );
  const { source } = setUp(byMachine(imds.url));
  assert.equal((await source.ready()).value, `Bearer ${TOKEN}`);
  const [looked, asked] = imds.asked;
  assert.equal(looked?.headers.metadata, undefined);
  assert.equal(looked?.query.size, 0);
  assert.equal(asked?.path, '/metadata/identity/oauth2/token');
  assert.deepEqual(Object.fromEntries(asked?.query ?? []), {
    'api-version': '2018-02-01',
    resource: 'https://cognitiveservices.azure.com',
  });
  source.close();
});

test('credentialSource: retries the machine on what its documentation calls transient, while the caller waits', async (t) => {
  const statuses = [404, 429, 503, 200];
  const imds = await endpoint(
    t,
    machine(() => ({ ...tokenReply(TOKEN), status: statuses.shift() ?? 500 })),
  );
  const { source, clock, whenEvents } = setUp(byMachine(imds.url));
  const ready = source.ready();
  for (const [failures, waitMs] of [1_000, 2_000, 4_000].entries()) {
    await whenEvents(failures + 1);
    clock.advance(waitMs - 1);
    clock.advance(1);
  }
  assert.equal((await ready).value, `Bearer ${TOKEN}`);
  source.close();
});

test('credentialSource: a machine that never answers is no machine of Azure, after a short look', async (t) => {
  const elsewhere = await endpoint(t, () => null);
  const { source, clock } = setUp(byMachine(elsewhere.url), () => Promise.reject(new Error('no CLI')));
  const ready = failureOf(source.ready());
  await elsewhere.whenAsked(1);
  clock.advance(MACHINE_PROBE_MS_MAX);
  const error = await ready;
  assert.match(
    error.message,
    /managed identity of the machine: nothing answered at http:\S+ within 1000 ms; az login: no CLI/,
  );
  source.close();
});

const NOT_AZURE: readonly (readonly [name: string, answer: Reply, why: RegExp])[] = [
  ['another cloud', { status: 401, body: '' }, /answered 401: not Azure's metadata service/],
  ['a desk without a way there', { status: 403, body: 'unreachable network' }, /answered 403: not Azure's/],
  [
    'a machine without identity',
    { status: 400, body: '{"error":"invalid_request","error_description":"Identity not found"}' },
    /answered 400: invalid_request: Identity not found/,
  ],
];

for (const [name, answer, why] of NOT_AZURE) {
  test(`credentialSource: ${name} goes on to az login`, async (t) => {
    const imds = await endpoint(t, () => answer);
    const { source, clock, deps } = setUp(byMachine(imds.url));
    const expiresOnTimestamp = clock.nowMs() + 3_600_000;
    const desk = credentialSource(ENTRA, {
      ...deps,
      loadIdentity: identityModule(() => Promise.resolve({ token: TOKEN, expiresOnTimestamp })),
    });
    assert.equal((await desk.ready()).value, `Bearer ${TOKEN}`);
    const nobody = credentialSource(ENTRA, { ...deps, loadIdentity: identityModule(() => Promise.resolve(null)) });
    const error = await failureOf(nobody.ready());
    assert.match(error.message, why);
    assert.match(error.message, /az login: the Azure CLI gave no token\. Way out: give the backend an apiKey/);
    for (const each of [source, desk, nobody]) each.close();
  });
}

test('credentialSource: stays with the machine that has worked before, though it says no for once', async (t) => {
  let serving = true;
  const imds = await endpoint(
    t,
    machine(() => (serving ? tokenReply(TOKEN, 10) : { status: 400, body: '' })),
  );
  const { source, clock, events, whenEvents } = setUp(byMachine(imds.url));
  await source.ready();
  serving = false;
  clock.advance(8_000);
  await whenEvents(2);
  assert.ok(events[1]?.kind === 'tokenFailed');
  assert.deepEqual(events[1].error.tried.map(({ method }) => method).slice(3), ['managed identity of the machine']);
  clock.advance(BACKOFF_MS_MIN);
  await whenEvents(3);
  clock.advance(1_000);
  assert.equal(source.current(clock.nowMs()), null, 'it has expired');
  const ready = source.ready();
  serving = true;
  clock.advance(BACKOFF_MS_MIN);
  assert.equal((await ready).value, `Bearer ${TOKEN}`, 'it is away for a moment, so the caller waits');
  source.close();
});

test('EntraId.obtain: settles at once when it is closing already, whatever would hang', async () => {
  const entra = new EntraId(SCOPE, byMachine(NOBODY), () => new Promise(() => {}));
  const obtained = await entra.obtain(new FakeClock(), AbortSignal.abort());
  assert.equal(obtained.kind, 'failed');
});

test('credentialSource: what the environment names is not left for another identity when it fails', async (t) => {
  const entra = await endpoint(t, () => ({ status: 401, body: '{"error":"invalid_client"}' }));
  const imds = await endpoint(
    t,
    machine(() => tokenReply(TOKEN)),
  );
  const { source } = setUp({ ...byMachine(imds.url), ...byApp(imds.url), ...byClientSecret(entra.url) });
  const error = await failureOf(source.ready());
  assert.match(error.message, /client secret: http:\S+ answered 401: invalid_client\. Way out: check AZURE_TENANT_ID/);
  assert.equal(imds.asked.length, 0);
  source.close();
});

test('credentialSource: the error names what was tried, what is not set, and the way out', async () => {
  const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
  const { source } = setUp({ AZURE_CLIENT_ID: 'client-1' }, () => Promise.reject(missing));
  const error = await failureOf(source.ready());
  assert.equal(
    error.message,
    'No token for https://cognitiveservices.azure.com/.default: the request for it failed. Tried: ' +
      'client secret: AZURE_CLIENT_SECRET, AZURE_TENANT_ID not set; ' +
      'workload identity: AZURE_FEDERATED_TOKEN_FILE, AZURE_TENANT_ID not set; ' +
      'managed identity of the app: IDENTITY_ENDPOINT, IDENTITY_HEADER not set; ' +
      'managed identity of the machine: nothing answered at http://127.0.0.1:1 (ECONNREFUSED); ' +
      'az login: the package @azure/identity is not installed, which calls the Azure CLI (npm install @azure/identity). ' +
      'Way out: give the backend an apiKey, or assign a managed identity to this app or machine, or set up workload identity, ' +
      'or, on a desk, install the Azure CLI and run `az login`.',
  );
  source.close();
});

test('credentialSource: the Azure CLI itself, through the real package and a stand-in for `az`', {
  skip: process.platform === 'win32' && 'the stand-in is a shell script',
}, async (t) => {
  const bin = await directory(t);
  const path = process.env.PATH;
  t.after(() => {
    process.env.PATH = path;
  });
  process.env.PATH = bin;
  const absent = setUp({}, loadAzureIdentity);
  assert.match((await failureOf(absent.source.ready())).message, /az login: Azure CLI could not be found/);
  absent.source.close();

  const { source, clock, events } = setUp({}, loadAzureIdentity);
  const answer = JSON.stringify({ accessToken: TOKEN, expires_on: Math.floor(clock.nowMs() / 1000) + 3600 });
  await writeFile(join(bin, 'az'), `#!/bin/sh\necho '${answer}'\n`);
  await chmod(join(bin, 'az'), 0o755);
  assert.equal((await source.ready()).value, `Bearer ${TOKEN}`);
  source.close();

  await writeFile(join(bin, 'az'), `#!/bin/sh\necho '{"accessToken": "${TOKEN}" oops'\n`);
  const garbled = setUp({}, loadAzureIdentity);
  const error = await failureOf(garbled.source.ready());
  assert.match(error.message, /az login: the Azure CLI printed no JSON/);
  assertNoCanary(error, events, garbled.events);
  garbled.source.close();
});

test('credentialSource: an Azure CLI that hangs is left alone when time is up', async () => {
  let asked = () => {};
  const whenAsked = new Promise<void>((resolve) => (asked = resolve));
  const hanging = identityModule(() => {
    asked();
    return new Promise(() => {});
  });
  const { source, clock, whenEvents, events } = setUp({}, hanging);
  source.ready().catch(() => {});
  await whenAsked;
  clock.advance(ATTEMPT_MS_MAX);
  await whenEvents(1);
  assert.match(
    String(events[0]?.kind === 'tokenFailed' && events[0].error),
    /the Azure CLI gave no answer within 15000 ms/,
  );
  source.close();
});

test('credentialSource: an endpoint that hangs is bounded by the clock, and asked again', async (t) => {
  let hanging = true;
  const entra = await endpoint(t, () => (hanging ? null : tokenReply(TOKEN)));
  const { source, clock, events, whenEvents } = setUp(byClientSecret(entra.url));
  const ready = failureOf(source.ready());
  await entra.whenAsked(1);
  clock.advance(ATTEMPT_MS_MAX);
  await whenEvents(1);
  const [first] = events;
  assert.ok(first?.kind === 'tokenFailed');
  assert.match(
    first.error.message,
    /client secret: http:\S+ gave no answer within 15000 ms\. Way out: check that this machine reaches/,
  );
  clock.advance(BACKOFF_MS_MIN);
  await entra.whenAsked(2);
  clock.advance(READY_MS_MAX - ATTEMPT_MS_MAX - BACKOFF_MS_MIN);
  assert.match((await ready).message, /none came within 20000 ms\. Tried: client secret: .*no answer within/);
  hanging = false;
  clock.advance(ATTEMPT_MS_MAX);
  await whenEvents(2);
  clock.advance(2 * BACKOFF_MS_MIN);
  assert.equal((await source.ready()).value, `Bearer ${TOKEN}`);
  source.close();
});

const BAD_ANSWERS: readonly (readonly [name: string, reply: Reply, want: RegExp])[] = [
  ['a page of a proxy', { status: 200, body: `<html>${TOKEN}</html>` }, /answered 200 with not a JSON object/],
  ['a token without life', { status: 200, body: `{"access_token":"${TOKEN}"}` }, /no number of seconds/],
  [
    'a token that is none',
    { status: 200, body: `{"access_token":"${TOKEN}\\r\\nx: y","expires_in":60}` },
    /characters that no token has/,
  ],
  [
    'more than is read',
    tokenReply(TOKEN.repeat(ANSWER_BYTES_MAX / TOKEN.length + 1)),
    /gave no answer \(UND_ERR_RES_EXCEEDED_MAX_SIZE\)/,
  ],
  ['a redirect', { status: 302, body: '', headers: { location: '/elsewhere' } }, /answered 302/],
  [
    'its own question, echoed',
    {
      status: 400,
      body: JSON.stringify({
        error: 'bad',
        error_description: `client_secret=${encodeURIComponent(SECRET)} ${SECRET}`,
      }),
    },
    /answered 400: bad: client_secret=\[secret\] \[secret\]/,
  ],
  [
    'an error with a token',
    { status: 403, body: JSON.stringify({ message: `for ${ASSERTION}` }) },
    /answered 403: for \[secret\]/,
  ],
];

for (const [name, reply, want] of BAD_ANSWERS) {
  test(`credentialSource: ${name} is told without what is secret in it`, async (t) => {
    const entra = await endpoint(t, () => reply);
    const { source, events, whenEvents } = setUp(byClientSecret(entra.url));
    const ready = failureOf(source.ready());
    await whenEvents(1);
    const [event] = events;
    assert.ok(event?.kind === 'tokenFailed');
    assert.match(event.error.message, want);
    source.close();
    assertNoCanary(await ready, events, source, event.error.stack);
    assert.equal(entra.asked.length, 1);
  });
}

const BAD_ENVIRONMENTS: readonly (readonly [name: string, env: Environment, want: RegExp])[] = [
  [
    'http to elsewhere',
    byClientSecret('http://login.example.com'),
    /AZURE_AUTHORITY_HOST: "http:\/\/login\.example\.com" is not an https URL/,
  ],
  ['no URL', byClientSecret('login'), /AZURE_AUTHORITY_HOST: "login" is not an https URL/],
  ['no endpoint', { IDENTITY_ENDPOINT: 'here', IDENTITY_HEADER }, /IDENTITY_ENDPOINT: "here" is not a URL/],
];

for (const [name, env, want] of BAD_ENVIRONMENTS) {
  test(`credentialSource: refuses ${name} before anything is sent`, async () => {
    const { source, events } = setUp(env);
    const error = await failureOf(source.ready());
    assert.match(error.message, want);
    assertNoCanary(error, events);
    source.close();
  });
}

test('credentialSource: says what is wrong with the token file, and reads it when it has come', async (t) => {
  const entra = await endpoint(t, () => tokenReply(TOKEN));
  const file = join(await directory(t), 'token');
  const { source, clock, events, whenEvents } = setUp(byWorkload(entra.url, file));
  const ready = source.ready();
  await whenEvents(1);
  await writeFile(file, ' \n');
  clock.advance(BACKOFF_MS_MIN);
  await whenEvents(2);
  await writeFile(file, 'x'.repeat(ASSERTION_BYTES_MAX + 1));
  clock.advance(2 * BACKOFF_MS_MIN);
  await whenEvents(3);
  await writeFile(file, ASSERTION);
  clock.advance(4 * BACKOFF_MS_MIN);
  assert.equal((await ready).value, `Bearer ${TOKEN}`);
  const said = events.map((event) => (event.kind === 'tokenFailed' ? event.error.message : event.kind));
  assert.match(said[0] ?? '', /AZURE_FEDERATED_TOKEN_FILE: \S+ cannot be read \(ENOENT\)/);
  assert.match(said[1] ?? '', /is empty/);
  assert.match(said[2] ?? '', /has more than 65536 bytes/);
  assertNoCanary(events);
  source.close();
});
