/** The admin port on real sockets, beside a gateway with traffic. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Config, DEFAULT_GATEWAY } from '@spillway/config';
import { DEFAULT_POLICY, readRecord } from '@spillway/policy';
import type { AdviceReport, DeploymentReport, FleetReport } from '@spillway/protocol';
import { type Gateway, type GatewayOptions, startGateway } from '../main.ts';
import type { GatewayEvent } from '../observe/events.ts';
import { METRICS } from '../observe/metrics.ts';
import { testClient } from '../testing/client.ts';
import { configFor, type RawBackend, type RawRequest, rawBackend } from '../testing/raw-backend.ts';
import { LISTED_NAMES_MAX } from './actions.ts';

const ANSWER = JSON.stringify({
  model: 'gpt-4o-2024-11-20',
  choices: [],
  usage: { prompt_tokens: 14, completion_tokens: 6, prompt_tokens_details: { cached_tokens: 4 } },
});

function http(status: number, body: string, headers = ''): string {
  return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const QUOTA = 'x-ratelimit-remaining-tokens: 29986\r\nx-ratelimit-limit-tokens: 30000\r\n';
const OK = http(200, ANSWER, QUOTA);
const says = (bytes: string) => (given: RawRequest) => given.socket.write(bytes, 'latin1');

async function backend(t: TestContext, respond: (request: RawRequest) => void): Promise<RawBackend> {
  const made = await rawBackend(respond);
  t.after(() => made.close());
  return made;
}

/** Each backend with the listed deployments, in order of priority. */
function listed(urls: readonly string[], names: readonly string[] = ['chat']): Config {
  const config = configFor(urls);
  const deployments = config.fleet.backends.flatMap((on, i) =>
    names.map((name) => {
      const unknown = {
        model: null,
        modelVersion: null,
        contentFilter: null,
        contextTokens: null,
        features: [],
        requestsPerMinute: null,
        quotaKey: null,
        type: null,
        capacity: 30,
      };
      return { id: `${on.name}/${name}`, backend: on, name, priority: i + 1, weight: 1, ...unknown };
    }),
  );
  const pools = new Map(
    names.map((name) => [name, { name, members: deployments.filter((each) => each.name === name) }]),
  );
  return { ...config, fleet: { ...config.fleet, deployments, pools, openBackends: [] } };
}

interface Started {
  readonly gateway: Gateway;
  readonly clock: FakeClock;
  readonly events: GatewayEvent[];
}

async function started(t: TestContext, config: Config, options: Partial<GatewayOptions> = {}): Promise<Started> {
  const events: GatewayEvent[] = [];
  const clock = new FakeClock();
  const emit = (event: GatewayEvent) => events.push(event);
  const gateway = await startGateway({
    config,
    port: 0,
    adminPort: 0,
    clock,
    unit: () => 0,
    emit,
    env: { SPILLWAY_SEAL_KEY: 'for tests' },
    ...options,
  });
  t.after(() => gateway.close());
  return { gateway, clock, events };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** The path goes out as it is, whatever a URL parser would make of it. */
function ask(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function chat({ gateway }: Started, name = 'chat'): Promise<Answer> {
  const path = `/openai/deployments/${encodeURIComponent(name)}/chat/completions?api-version=2024-10-21`;
  return ask(gateway.url, 'POST', path, { 'content-type': 'application/json' }, '{"messages":[]}');
}

const admin = ({ gateway }: Started, method: string, path: string, headers: Record<string, string> = {}) =>
  ask(gateway.adminUrl, method, path, headers);

async function fleet(of: Started): Promise<FleetReport> {
  const { status, text } = await admin(of, 'GET', '/admin/fleet');
  assert.equal(status, 200);
  return JSON.parse(text);
}

async function deploymentOf(of: Started, id: string): Promise<DeploymentReport> {
  const found = (await fleet(of)).deployments.find((each) => each.id === id);
  assert.ok(found, `no deployment ${id}`);
  return found;
}

async function sample(of: Started, series: string): Promise<string | undefined> {
  const { text } = await admin(of, 'GET', '/metrics');
  return text
    .split('\n')
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1);
}

test('admin: the fleet report says what each deployment did, and until when it is throttled', async (t) => {
  const [one, two] = [await backend(t, says(http(429, '{}', 'retry-after: 9\r\n'))), await backend(t, says(OK))];
  const gate = await started(t, listed([one.url, two.url]));
  const startedMs = gate.clock.nowMs();
  gate.clock.advance(500);
  assert.equal((await chat(gate)).status, 200);
  const report = await fleet(gate);
  assert.equal(report.startedMs, startedMs);
  assert.equal(report.nowMs, startedMs + 500);
  assert.deepEqual(report.gateway, {
    phase: 'ready',
    exchanges: { total: 1, inFlight: 0, answered: 1, failed: 0, throttledToClient: 0, clientGone: 0, failedOver: 1 },
    attempts: { total: 2, byOutcome: { answered: 1, throttled: 1 } },
    tokens: { prompt: 14, completion: 6, cached: 4, reasoning: 0 },
    waiting: 0,
  });
  assert.deepEqual(report.pools, [{ name: 'chat', members: ['openai1/chat', 'openai2/chat'], waiting: 0 }]);
  assert.deepEqual(report.backends[0], {
    name: 'openai1',
    url: one.url,
    region: null,
    breaker: { state: 'closed', untilMs: null },
    credential: 'key',
  });
  const [first, second, ...resources] = report.deployments;
  assert.equal(first?.throttledUntilMs, startedMs + 500 + 9_000);
  assert.equal(first?.throttleSource, 'retry-after');
  assert.equal(second?.throttledUntilMs, null);
  assert.deepEqual(second?.lastMinute, { attempts: 1, throttled: 0, promptTokens: 14, completionTokens: 6 });
  assert.deepEqual(second?.remaining, { tokens: 29_986, requests: null, atMs: startedMs + 500 });
  assert.deepEqual(second?.limit, { tokens: 30_000, requests: null, atMs: startedMs + 500 });
  assert.equal(second?.lastUsedMs, startedMs + 500);
  assert.deepEqual(
    second?.quotas.map(({ name, kind }) => [name, kind]),
    [[null, 'standard']],
  );
  assert.equal(second?.owedTokens, 0);
  assert.equal(typeof second?.latencyMs, 'number');
  assert.equal(first?.latencyMs, null, 'a refusal says nothing of how fast it answers');
  assert.deepEqual(
    resources.map(({ id, name }) => [id, name]),
    [
      ['openai1/', ''],
      ['openai2/', ''],
    ],
  );
  gate.clock.advance(60_000);
  assert.equal((await deploymentOf(gate, 'openai2/chat')).lastMinute.attempts, 0);
});

test('admin: metrics tell the same, in the text format of Prometheus', async (t) => {
  const [one, two] = [await backend(t, says(http(429, '{}', 'retry-after: 9\r\n'))), await backend(t, says(OK))];
  const gate = await started(t, listed([one.url, two.url]));
  await chat(gate);
  const { status, headers, text } = await admin(gate, 'GET', '/metrics');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(headers['cache-control'], 'no-store');
  const introduced = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assert.deepEqual(
    introduced,
    METRICS.map(({ name }) => name),
  );
  const of1 = 'deployment="openai1/chat",backend="openai1"';
  const until = (gate.clock.nowMs() + 9_000) / 1000;
  assert.equal(await sample(gate, `spillway_deployment_throttled_until_seconds{${of1}}`), String(until));
  assert.equal(await sample(gate, `spillway_throttled_total{${of1}}`), '1');
  assert.equal(await sample(gate, `spillway_deployment_in_flight{${of1}}`), '0');
  assert.equal(await sample(gate, 'spillway_exchanges_total{operation="chat.completions",status="200"}'), '1');
});

test('admin: advice tells what a caller reserves and does not use, and what would be enough', async (t) => {
  const answers = await backend(t, says(OK));
  const of = await started(t, listed([answers.url]));
  const before = await admin(of, 'GET', '/admin/advice');
  assert.deepEqual(JSON.parse(before.text), { nowMs: of.clock.nowMs(), callers: [] });
  const path = '/openai/deployments/chat/chat/completions?api-version=2024-10-21';
  const body = '{"messages":[{"role":"user","content":"hi"}],"max_tokens":1000}';
  for (let i = 0; i < 100; i++) await ask(of.gateway.url, 'POST', path, { 'content-type': 'application/json' }, body);
  const report: AdviceReport = JSON.parse((await admin(of, 'GET', '/admin/advice')).text);
  const [caller] = report.callers;
  assert.ok(caller !== undefined);
  const { client, model, operation, requests, reservedTokens, usedTokens, suggestedTokensMax } = caller;
  assert.deepEqual(
    { client, model, operation, requests, reservedTokens, usedTokens, suggestedTokensMax },
    {
      client: null,
      model: 'chat',
      operation: 'chat.completions',
      requests: 100,
      reservedTokens: 100_000,
      usedTokens: 600,
      suggestedTokensMax: 16,
    },
  );
  const { text } = await admin(of, 'GET', '/metrics');
  assert.match(text, /^spillway_answer_tokens_reserved_total\{client="none"\} 100000$/m);
  assert.match(text, /^spillway_answer_tokens_used_total\{client="none"\} 600$/m);
});

test('admin: a paused deployment gets no traffic until it is resumed', async (t) => {
  const [one, two] = [await backend(t, says(OK)), await backend(t, says(OK))];
  const gate = await started(t, listed([one.url, two.url]));
  const paused = await admin(gate, 'POST', '/admin/deployments/openai1/chat/pause');
  assert.equal(paused.status, 200);
  const report: DeploymentReport = JSON.parse(paused.text);
  assert.deepEqual([report.id, report.paused], ['openai1/chat', true]);
  assert.equal((await chat(gate)).headers['x-spillway-deployment'], 'openai2/chat');
  assert.equal(one.requests.length, 0);
  assert.equal(await sample(gate, 'spillway_deployment_paused{deployment="openai1/chat",backend="openai1"}'), '1');
  await admin(gate, 'POST', '/admin/deployments/openai1/chat/resume');
  assert.equal((await chat(gate)).headers['x-spillway-deployment'], 'openai1/chat');
  const notices = gate.events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));
  assert.deepEqual(notices, ['An operator paused openai1/chat', 'An operator resumed openai1/chat']);
});

test('admin: with all paused the client is told so at once, with 503', async (t) => {
  const one = await backend(t, says(OK));
  const gate = await started(t, listed([one.url]));
  await admin(gate, 'POST', '/admin/deployments/openai1/chat/pause');
  assert.equal((await chat(gate)).status, 503);
  assert.equal(one.requests.length, 0);
});

test('admin: clear ends a throttle', async (t) => {
  let calls = 0;
  const one = await backend(t, (given) => says(calls++ === 0 ? http(429, '{}', 'retry-after: 50\r\n') : OK)(given));
  const gate = await started(t, listed([one.url]));
  assert.equal((await chat(gate)).status, 429);
  assert.equal((await chat(gate)).status, 429);
  assert.equal(calls, 1, 'a throttled deployment is left alone');
  const cleared = await admin(gate, 'POST', '/admin/deployments/openai1/chat/clear');
  const report: DeploymentReport = JSON.parse(cleared.text);
  assert.deepEqual([report.throttledUntilMs, report.throttleSource], [null, null]);
  assert.equal((await chat(gate)).status, 200);
});

test('admin: clear closes the breaker of a deployment, and that of a backend', async (t) => {
  let failing = true;
  const one = await backend(t, (given) => says(failing ? http(500, '{}') : OK)(given));
  const gate = await started(t, listed([one.url]));
  const { failuresInARow, cooldownMs } = DEFAULT_POLICY.breaker;
  for (let i = 0; i < failuresInARow; i++) await chat(gate);
  const open = await deploymentOf(gate, 'openai1/chat');
  assert.deepEqual(open.breaker, { state: 'open', untilMs: gate.clock.nowMs() + cooldownMs });
  const state = 'spillway_deployment_breaker_state{deployment="openai1/chat",backend="openai1"}';
  assert.equal(await sample(gate, state), '2');
  failing = false;
  assert.equal((await chat(gate)).status, 503);
  await admin(gate, 'POST', '/admin/deployments/openai1/chat/clear');
  assert.equal(await sample(gate, state), '0');
  assert.equal((await chat(gate)).status, 200);
  await one.close();
  for (let i = 0; i < failuresInARow; i++) await chat(gate);
  assert.equal((await fleet(gate)).backends[0]?.breaker.state, 'open');
  const cleared = await admin(gate, 'POST', '/admin/backends/openai1/clear');
  assert.equal(JSON.parse(cleared.text).breaker.state, 'closed');
});

test('admin: a breaker whose time is up is half open, although nobody has come yet', async (t) => {
  const one = await backend(t, says(http(500, '{}')));
  const gate = await started(t, listed([one.url]));
  for (let i = 0; i < DEFAULT_POLICY.breaker.failuresInARow; i++) await chat(gate);
  gate.clock.advance(DEFAULT_POLICY.breaker.cooldownMs);
  assert.deepEqual((await deploymentOf(gate, 'openai1/chat')).breaker, { state: 'halfOpen', untilMs: null });
});

/** Names that clients can ask for in a body; the admin port must find each of them. */
const NAMES = ['gpt-4o', 'mit Lücke', 'ft:gpt-4o', '🚰', 'a&b=c', '~', 'x;y'];

/** Put into a path, these could lead elsewhere. */
const NO_NAMES = ['a/b', 'a//b', '../x', 'a/pause', '50%', '%2F', 'a?b#c', 'a\\b', '.', 'x/', 'a\nb'];

/** Answers do not name the deployment, so that this tests the admin port alone. */
const QUIET = { ...DEFAULT_GATEWAY, headers: { ...DEFAULT_GATEWAY.headers, spillway: false } };

for (const name of NO_NAMES) {
  test(`admin: ${JSON.stringify(name)} is not learned as a name, and reaches nobody`, async (t) => {
    const one = await backend(t, says(OK));
    const gate = await started(t, configFor([one.url], { gateway: QUIET }));
    const body = JSON.stringify({ model: name, messages: [] });
    const asked = await ask(gate.gateway.url, 'POST', '/openai/v1/chat/completions', {}, body);
    assert.deepEqual([asked.status, one.requests.length], [404, 0]);
  });
}

for (const name of NAMES) {
  test(`admin: the learned name ${JSON.stringify(name)} is found, its id encoded in one piece`, async (t) => {
    const one = await backend(t, says(OK));
    const gate = await started(t, configFor([one.url], { gateway: QUIET }));
    const body = JSON.stringify({ model: name, messages: [] });
    const asked = await ask(gate.gateway.url, 'POST', '/openai/v1/chat/completions', {}, body);
    assert.equal(asked.status, 200, asked.text);
    const id = `openai1/${name}`;
    const paused = await admin(gate, 'POST', `/admin/deployments/${encodeURIComponent(id)}/pause`);
    assert.equal(paused.status, 200, paused.text);
    assert.equal((await deploymentOf(gate, id)).paused, true);
  });
}

test('admin: an id may be encoded in two pieces too', async (t) => {
  const one = await backend(t, says(OK));
  const gate = await started(t, configFor([one.url]));
  await chat(gate, 'mit Lücke & mehr');
  const path = `/admin/deployments/openai1/${encodeURIComponent('mit Lücke & mehr')}/pause`;
  assert.equal((await admin(gate, 'POST', path)).status, 200);
});

test('admin: the resource itself can be paused, under an empty name', async (t) => {
  const one = await backend(t, says(OK));
  const gate = await started(t, configFor([one.url]));
  assert.equal((await admin(gate, 'POST', '/admin/deployments/openai1//pause')).status, 200);
  assert.equal((await ask(gate.gateway.url, 'GET', '/openai/models?api-version=2024-10-21')).status, 503);
});

const REFUSED: ReadonlyArray<readonly [method: string, path: string, status: number, says: RegExp]> = [
  [
    'POST',
    '/admin/deployments/openai1/none/pause',
    404,
    /no deployment 'openai1\/none'; known: openai1\/chat, openai1\/\./,
  ],
  ['POST', '/admin/deployments/openai1/pause', 404, /no deployment 'openai1'/],
  ['POST', '/admin/deployments/pause', 404, /no deployment ''/],
  ['POST', '/admin/deployments/openai1/chat/stop', 404, /'stop' is no action here; there are: pause, resume, clear/],
  ['POST', '/admin/deployments/openai1/%E0%A4%A/pause', 400, /percent-encoded/],
  ['POST', '/admin/deployments/openai1/%FF/pause', 400, /percent-encoded/],
  ['POST', '/admin/backends/none/clear', 404, /no backend 'none'; known: openai1/],
  ['POST', '/admin/backends/openai1/pause', 404, /'pause' is no action here; there are: clear/],
  ['GET', '/admin/deployments/openai1/chat/pause', 404, /POST \/admin\/deployments/],
  ['GET', '/openai/models', 404, /GET \/metrics/],
  ['POST', '/metrics', 404, /GET \/metrics/],
  ['GET', '/admin/decisions?limit=0', 400, /^limit: 0 is not a whole number/],
  [
    'GET',
    '/admin/decisions/unknown%1B',
    404,
    /No decision is kept of request 'unknown\?'.*the last 0 are kept, at most 1000/,
  ],
];

test('admin: what is not there is refused in the shape of Azure, with what there is', async (t) => {
  const gate = await started(t, listed(['http://127.0.0.1:9']));
  for (const [method, path, status, message] of REFUSED) {
    const answer = await admin(gate, method, path);
    assert.equal(answer.status, status, `${method} ${path}`);
    const { error } = JSON.parse(answer.text);
    assert.equal(typeof error.code, 'string');
    assert.match(error.message, message);
  }
});

test('admin: a refusal lists a bounded number of names', async (t) => {
  const names = Array.from({ length: LISTED_NAMES_MAX + 5 }, (_, i) => `name-${i}`);
  const gate = await started(t, listed(['http://127.0.0.1:9'], names));
  const { text } = await admin(gate, 'POST', '/admin/deployments/x/y/pause');
  assert.match(text, /, and 6 more \(GET \/admin\/fleet\)/);
});

test('admin: with a key configured it is asked for, but not for health', async (t) => {
  const gate = await started(t, listed(['http://127.0.0.1:9']), { adminKey: 'sesame' });
  for (const path of [
    '/metrics',
    '/admin/fleet',
    '/admin/config',
    '/admin/decisions',
    '/admin/decisions/x',
    '/nothing',
  ]) {
    const answer = await admin(gate, 'GET', path);
    assert.equal(answer.status, 401, path);
    assert.equal(answer.headers['www-authenticate'], 'Bearer');
    assert.equal(JSON.parse(answer.text).error.code, '401');
  }
  for (const path of ['/livez', '/readyz', '/healthz']) assert.equal((await admin(gate, 'GET', path)).status, 200);
  const key: Record<string, string> = { 'api-key': 'sesame' };
  assert.equal((await admin(gate, 'POST', '/admin/deployments/openai1/chat/pause')).status, 401);
  assert.equal((await admin(gate, 'POST', '/admin/deployments/openai1/chat/pause', key)).status, 200);
  assert.equal((await admin(gate, 'GET', '/metrics', { authorization: 'Bearer sesame' })).status, 200);
});

test('admin: names of other machines and pages of other origins are turned away', async (t) => {
  const gate = await started(t, listed(['http://127.0.0.1:9']));
  const rebound = await admin(gate, 'GET', '/admin/fleet', { host: 'attacker.example' });
  assert.deepEqual([rebound.status, JSON.parse(rebound.text).error.code], [403, 'HostRefused']);
  const foreign = await admin(gate, 'POST', '/admin/deployments/openai1/chat/pause', { origin: 'https://a.example' });
  assert.deepEqual([foreign.status, JSON.parse(foreign.text).error.code], [403, 'OriginRefused']);
  assert.equal(foreign.headers['access-control-allow-origin'], undefined);
  assert.equal((await deploymentOf(gate, 'openai1/chat')).paused, false);
  const odd = await admin(gate, 'GET', '/admin/fleet', { host: 'a b' });
  assert.equal(odd.status, 400);
});

test('admin: a decision is listed, and found by the id that the answer had; a reload may forget it', async (t) => {
  const busy = await backend(t, says(http(500, '{}')));
  const good = await backend(t, says(http(200, ANSWER, 'apim-request-id: apim-1\r\n')));
  const config = listed([busy.url, good.url]);
  const gate = await started(t, config);
  const { headers } = await chat(gate);
  const { decisions } = JSON.parse((await admin(gate, 'GET', '/admin/decisions?deployment=openai1/chat')).text);
  assert.deepEqual(
    [decisions.length, decisions[0].requestId, decisions[0].servedBy],
    [1, headers['x-spillway-request-id'], 'openai2/chat'],
  );
  const path = `/admin/decisions/${headers['x-spillway-request-id']}`;
  const read = readRecord(JSON.parse((await admin(gate, 'GET', path)).text));
  assert.ok(read.kind === 'record');
  assert.deepEqual(
    read.record.attempts.map(({ status, azure }) => [status, azure.apimRequestId]),
    [
      [500, null],
      [200, 'apim-1'],
    ],
  );
  assert.equal(gate.gateway.reload({ ...config, gateway: { ...config.gateway, explain: { recordsMax: 0 } } }), null);
  const gone = await admin(gate, 'GET', path);
  assert.deepEqual([gone.status, JSON.parse(gone.text).error.code], [404, 'DecisionNotFound']);
});

test('admin: the configuration is shown without keys', async (t) => {
  const config = {
    ...listed(['http://127.0.0.1:9']),
    clients: [testClient('app', 'client-secret')],
  };
  const gate = await started(t, config, { adminKey: 'sesame' });
  const { status, text } = await admin(gate, 'GET', '/admin/config', { 'api-key': 'sesame' });
  assert.equal(status, 200);
  assert.match(text, /openai1 {2}http:\/\/127\.0\.0\.1:9/);
  for (const secret of ['key-1', 'client-secret', 'sesame']) assert.ok(!text.includes(secret), secret);
});

test('admin: no answer holds a credential', async (t) => {
  const one = await backend(t, says(http(401, '{}')));
  const gate = await started(t, listed([one.url]));
  await chat(gate);
  for (const path of ['/metrics', '/admin/fleet', '/admin/config', '/admin/decisions']) {
    const { text } = await admin(gate, 'GET', path);
    assert.ok(!text.includes('key-1'), path);
  }
});

test('admin: stays readable while the gateway drains, and says so; it closes last', async (t) => {
  const asked = Promise.withResolvers<RawRequest>();
  const one = await backend(t, asked.resolve);
  const gate = await started(t, listed([one.url]));
  const pending = chat(gate);
  const upstream = await asked.promise;
  const drained = gate.gateway.drain();
  assert.equal((await fleet(gate)).gateway.phase, 'draining');
  assert.deepEqual((await admin(gate, 'GET', '/readyz')).status, 503);
  assert.equal((await admin(gate, 'GET', '/livez')).status, 200);
  assert.equal(await sample(gate, 'spillway_exchanges_in_flight'), '1');
  upstream.socket.write(OK);
  assert.equal((await pending).status, 200);
  await drained;
  await assert.rejects(admin(gate, 'GET', '/livez'), /ECONNREFUSED/);
});

test('admin: a port in use is named by its flag, and nothing is left listening', async (t) => {
  const config = listed(['http://127.0.0.1:9']);
  const gate = await started(t, config);
  const adminPort = Number(new URL(gate.gateway.adminUrl).port);
  const port = Number(new URL(gate.gateway.url).port);
  await assert.rejects(startGateway({ config, port: 0, adminPort }), new RegExp(`--admin-port ${adminPort}: another`));
  await gate.gateway.close();
  const again = await startGateway({ config, port, adminPort });
  await again.close();
});

test('admin: a reload shows the new fleet, and the sums of what it took away stay', async (t) => {
  const [one, two] = [await backend(t, says(OK)), await backend(t, says(OK))];
  const gate = await started(t, listed([one.url, two.url], ['chat', 'gone']));
  await chat(gate, 'gone');
  gate.gateway.reload(listed([one.url, two.url]));
  const report = await fleet(gate);
  assert.ok(!report.deployments.some(({ name }) => name === 'gone'));
  assert.equal(report.gateway.attempts.total, 1);
  const other = 'spillway_tokens_total{deployment="other",backend="openai1",kind="prompt"}';
  assert.equal(await sample(gate, other), '14');
});
