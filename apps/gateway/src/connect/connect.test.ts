/** The check against scripted backends on real sockets. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { Config } from '@spillway/config';
import type { Backend } from '@spillway/policy';
import type { Upstream } from '../forward/upstream.ts';
import { TestCall } from '../testing/kit.ts';
import { configFor, type RawBackend, type RawRequest, rawBackend } from '../testing/raw-backend.ts';
import { ANSWER_BYTES_MAX } from './call.ts';
import { ANSWER_MS_MAX, CONCURRENT_MAX, type ConnectDeps, connectCheck } from './connect.ts';
import type { ConnectFinding } from './finding.ts';

function http(status: number, body: unknown, headers = ''): string {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\n${headers}content-length: ${text.length}\r\n\r\n${text}`;
}

const OK = http(200, { model: 'gpt-4o-2024-11-20', choices: [] }, 'x-ratelimit-remaining-tokens: 29986\r\n');
const says = (bytes: string) => (request: RawRequest) => request.socket.write(bytes, 'latin1');

async function backend(t: TestContext, respond: (request: RawRequest) => void): Promise<RawBackend> {
  const made = await rawBackend(respond);
  t.after(() => made.close());
  return made;
}

/** One deployment of gpt-4o on each URL. */
function listed(urls: readonly string[]): Config {
  const config = configFor(urls);
  const deployments = config.fleet.backends.map((on) => {
    const unknown = {
      modelVersion: null,
      contentFilter: null,
      contextTokens: null,
      features: [],
      requestsPerMinute: null,
      quotaKey: null,
      type: null,
      capacity: null,
      priority: 1,
      weight: 1,
    };
    return { id: `${on.name}/chat`, backend: on, name: 'chat', model: 'gpt-4o', ...unknown };
  });
  return { ...config, fleet: { ...config.fleet, deployments, openBackends: [] } };
}

async function findings(config: Config, deps: ConnectDeps = {}): Promise<readonly ConnectFinding[]> {
  const all: ConnectFinding[] = [];
  for await (const finding of connectCheck(config, deps)) all.push(finding);
  return all;
}

async function only(config: Config, deps: ConnectDeps = {}): Promise<ConnectFinding> {
  const [finding, ...others] = await findings(config, deps);
  assert.ok(finding !== undefined && others.length === 0);
  return finding;
}

test('connectCheck: a deployment that answers is well, with what it was asked and what it said', async (t) => {
  const one = await backend(t, says(OK));
  const { durationMs, ...finding } = await only(listed([one.url]));
  assert.ok(durationMs > 0);
  assert.deepEqual(finding, {
    backend: 'openai1',
    deployment: 'openai1/chat',
    verdict: 'ok',
    asked: `POST ${one.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21 with max_tokens 1`,
    answered: '200 by gpt-4o-2024-11-20',
    wayOut: null,
    steps: [
      { name: 'reach', verdict: 'ok', text: `${new URL(one.url).host} answers` },
      { name: 'accepted', verdict: 'ok', text: 'the key is accepted' },
      { name: 'deployment', verdict: 'ok', text: 'the resource knows the deployment' },
      { name: 'model', verdict: 'ok', text: 'gpt-4o-2024-11-20 answers' },
      { name: 'quota', verdict: 'ok', text: '29986 tokens left' },
    ],
    status: 200,
    model: 'gpt-4o-2024-11-20',
  });
  assert.match(one.requests[0]?.text ?? '', /\r\napi-key: key-1\r\n/);
  assert.match(one.requests[0]?.text ?? '', /\r\ncontent-type: application\/json\r\n[\s\S]*"max_tokens":1\}$/);
});

test('connectCheck: a wrong key fails, and is not shown, however it is echoed', async (t) => {
  const echo = `Access denied for key-1 and Bearer key-1, ${Buffer.from('key-1').toString('base64')}`;
  const one = await backend(t, says(http(401, { error: { code: '401', message: echo } })));
  const finding = await only(listed([one.url]));
  assert.equal(finding.verdict, 'fail');
  assert.match(finding.answered, /^401: Access denied for \[secret\]/);
  assert.match(finding.wayOut ?? '', /compare the key/);
  const shown = JSON.stringify(finding);
  assert.ok(!shown.includes('key-1') && !shown.includes(Buffer.from('key-1').toString('base64')), shown);
});

test('connectCheck: an unknown deployment fails, while the key is well', async (t) => {
  const one = await backend(t, says(http(404, { error: { code: 'DeploymentNotFound', message: 'none' } })));
  const finding = await only(listed([one.url]));
  const steps = finding.steps.map(({ name, verdict }) => `${name} ${verdict}`);
  assert.deepEqual(steps, ['reach ok', 'accepted ok', 'deployment fail']);
  assert.deepEqual([finding.verdict, finding.status, finding.answered], ['fail', 404, '404 DeploymentNotFound: none']);
});

test('connectCheck: a port where nothing listens fails with the way out', async (t) => {
  const gone = await backend(t, () => {});
  await gone.close();
  const finding = await only(listed([gone.url]));
  assert.equal(finding.verdict, 'fail');
  assert.equal(finding.answered, `nothing: nothing listens at ${new URL(gone.url).host} (ECONNREFUSED)`);
});

test('connectCheck: a throttled deployment is a warning, not a failure', async (t) => {
  const one = await backend(t, says(http(429, { error: { code: '429', message: 'later' } }, 'retry-after: 9\r\n')));
  assert.equal((await only(listed([one.url]))).verdict, 'warn');
});

test('connectCheck: a backend that hangs fails once its time is up', async (t) => {
  const asked = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const hanging = await backend(t, ({ socket }) => {
    socket.on('close', () => closed.resolve());
    asked.resolve();
  });
  const clock = new FakeClock();
  const result = only(listed([hanging.url]), { clock });
  await asked.promise;
  clock.advance(ANSWER_MS_MAX - 1);
  assert.equal(clock.pending, 1);
  clock.advance(1);
  const { verdict, durationMs, answered } = await result;
  assert.deepEqual([verdict, durationMs], ['fail', ANSWER_MS_MAX]);
  assert.match(answered, /connected, but no whole answer within 30 s/);
  await closed.promise;
});

test('connectCheck: an endless answer is read up to its limit', async (t) => {
  const one = await backend(t, ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n{"data":[');
    socket.write(' '.repeat(ANSWER_BYTES_MAX));
  });
  const finding = await only(configFor([one.url]));
  assert.deepEqual([finding.verdict, finding.deployment], ['ok', 'openai1/']);
});

test('connectCheck: open backends are asked for their models', async (t) => {
  const one = await backend(t, says(http(200, { data: [], object: 'list' })));
  const finding = await only(configFor([one.url]));
  assert.deepEqual([finding.verdict, finding.deployment, finding.model], ['ok', 'openai1/', null]);
  assert.equal(one.requests[0]?.path, '/openai/models?api-version=2024-10-21');
});

/** An upstream whose calls the test answers; whoever gave it closes it. */
function heldUpstream() {
  const calls: TestCall[] = [];
  const upstream: Upstream = {
    send: (request, receiver) => {
      const call = new TestCall(request, receiver);
      calls.push(call);
      return call;
    },
    close: () => assert.fail('closed an upstream that was given'),
  };
  return { calls, upstream };
}

const URLS = Array.from({ length: CONCURRENT_MAX * 2 + 1 }, (_, i) => `https://openai${i}.openai.azure.com`);
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('connectCheck: asks a bounded number at a time, and tells in the order of the configuration', async () => {
  const { calls, upstream } = heldUpstream();
  const result = findings(listed(URLS), { clock: new FakeClock(), upstream });
  for (let answered = 0; answered < URLS.length; ) {
    await settled();
    assert.equal(calls.length, Math.min(answered + CONCURRENT_MAX, URLS.length));
    for (const call of calls.slice(answered).reverse()) call.answer(200, '{"choices":[]}');
    answered = calls.length;
  }
  const told = (await result).map((finding) => finding.backend);
  assert.deepEqual(
    told,
    URLS.map((_, i) => `openai${i + 1}`),
  );
});

test('connectCheck: ends what is under way when its time is up, or when the caller stops asking', async () => {
  const { calls, upstream } = heldUpstream();
  const clock = new FakeClock();
  const check = connectCheck(listed(URLS), { clock, upstream });
  const first = check.next();
  await settled();
  clock.advance(ANSWER_MS_MAX);
  assert.equal((await first).value?.verdict, 'fail');
  assert.deepEqual(
    calls.map(({ cancelled }) => cancelled),
    Array(CONCURRENT_MAX).fill(true),
  );
  const second = check.next();
  await settled();
  await second;
  assert.ok(calls.length > CONCURRENT_MAX && clock.pending > 0);
  await check.return();
  assert.ok(calls.every(({ cancelled }) => cancelled));
  assert.equal(clock.pending, 0);
});

const SCOPE = 'https://cognitiveservices.azure.com/.default';

/** The same with Entra ID in place of keys. */
function withTokens(config: Config): Config {
  const signedIn = (on: Backend): Backend => ({ ...on, credential: { kind: 'entra', scope: SCOPE } });
  const backends = config.fleet.backends.map(signedIn);
  const deployments = config.fleet.deployments.map((each) => ({ ...each, backend: signedIn(each.backend) }));
  return { ...config, fleet: { ...config.fleet, backends, deployments } };
}

function entra(authority: RawBackend): Readonly<Record<string, string>> {
  const application = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: 'the-secret' };
  return { ...application, AZURE_AUTHORITY_HOST: authority.url };
}

test('connectCheck: a token is had once for all backends, sent as Bearer, and shown nowhere', async (t) => {
  const authority = await backend(t, says(http(200, { access_token: 'the-token', expires_in: 3600 })));
  const refusing = await backend(t, says(http(401, { statusCode: 401, message: 'the-token is for another audience' })));
  const well = await backend(t, says(OK));
  const told = await findings(withTokens(listed([refusing.url, well.url])), { env: entra(authority) });
  assert.deepEqual(
    told.map(({ verdict, steps }) => [verdict, steps[0]?.name, steps[0]?.verdict]),
    [
      ['fail', 'credential', 'ok'],
      ['ok', 'credential', 'ok'],
    ],
  );
  assert.match(told[0]?.wayOut ?? '', /is the scope of this resource/);
  assert.match(well.requests[0]?.text ?? '', /\r\nauthorization: Bearer the-token\r\n/);
  assert.equal(authority.requests.length, 1);
  assert.ok(!/the-token|the-secret/.test(JSON.stringify(told)));
});

test('connectCheck: without a token nothing is asked, and the ways that were tried are told', async (t) => {
  const authority = await backend(t, says(http(400, { error: 'invalid_client', error_description: 'expired' })));
  const one = await backend(t, says(OK));
  const finding = await only(withTokens(listed([one.url])), { env: entra(authority) });
  assert.deepEqual([finding.verdict, finding.answered], ['fail', 'nothing: not asked, for want of a token']);
  assert.deepEqual(
    finding.steps.map(({ name }) => name),
    ['credential'],
  );
  assert.match(finding.steps[0]?.text ?? '', /client secret: .*invalid_client/);
  assert.match(finding.wayOut ?? '', /AZURE_CLIENT_SECRET/);
  assert.equal(one.requests.length, 0);
});
