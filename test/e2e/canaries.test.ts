/**
 * No credential and nothing of a request or an answer in what the gateway tells of itself: unmistakable words are planted wherever a
 * client, a backend or an operator can put one, everything that is emitted is gathered, and none of them may be in it.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { configFromYaml, printError } from '@spillway/config';
import { type Gateway, type GatewayEvent, openLog, startGateway } from '@spillway/gateway';

/** What only its holder may see. */
const SECRETS = {
  backendKey: 'canary-backend-key',
  otherBackendKey: 'canary-other-backend-key',
  clientKey: 'canary-client-key',
  expiredKey: 'canary-expired-key',
  wrongKey: 'canary-wrong-key',
  adminKey: 'canary-admin-key',
  sealKey: 'canary-seal-key',
  token: `eyJhbGciOiJub25lIn0.${Buffer.from('{"iss":"https://canary-issuer","aud":"x"}').toString('base64url')}.canarysignature`,
  queryKey: 'canary-query-key',
};
/** What passes between client and backend, and is nobody else's. */
const CONTENTS = {
  header: 'canary-client-header',
  cookie: 'canary-cookie',
  query: 'canary-query-value',
  prompt: 'canary-prompt',
  answer: 'canary-answer',
  answerHeader: 'canary-answer-header',
  errorText: 'canary-error-text',
  streamText: 'canary-stream-text',
};
const FORGOTTEN_MS = 300_000;
const CHAT = '/openai/deployments/chat/chat/completions';

interface World {
  readonly gateway: Gateway;
  readonly events: GatewayEvent[];
  /** Heads and bodies that a backend got. */
  readonly upstream: string[];
  /** What clients got. */
  readonly answers: string[];
  /** Lines of both formats so far. */
  readonly logs: () => string;
  ask(path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<number>;
}

/** What a backend answers, by turns of the header that chooses it. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  ok: (response) => json(response, 200, { id: 'x', choices: [{ message: { content: CONTENTS.answer } }] }),
  denied: (response) => json(response, 401, { error: { code: '401', message: `bad key ${CONTENTS.errorText}` } }),
  busy: (response) => json(response, 429, { error: { code: '429', message: CONTENTS.errorText } }),
  broken: (response) => json(response, 500, { error: { code: CONTENTS.errorText, message: CONTENTS.errorText } }),
  odd: (response) => json(response, 400, { error: { code: 'x', message: CONTENTS.errorText, inner: CONTENTS.answer } }),
  stream: (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-canary': CONTENTS.answerHeader });
    response.end(`data: {"choices":[{"delta":{"content":"${CONTENTS.streamText}"}}]}\n\ndata: [DONE]\n\n`);
  },
  cut: (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: {"choices":[{"delta":{"content":"${CONTENTS.streamText}"}}]}\n\n`, () => response.destroy());
  },
  failed: (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: {"error":{"code":"server_error","message":"${CONTENTS.errorText}"}}\n\n`);
  },
  hangUp: (response) => response.destroy(),
};

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-canary': CONTENTS.answerHeader });
  response.end(JSON.stringify(body));
}

async function backend(t: TestContext, upstream: string[]): Promise<string> {
  const server = createServer((incoming: IncomingMessage, response) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      upstream.push(`${incoming.url}\n${incoming.rawHeaders.join('\n')}\n${body}`);
      const how = /"user":"(\w+)"/.exec(body)?.[1] ?? 'ok';
      (ANSWERS[how] ?? ANSWERS.ok)?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

async function world(t: TestContext): Promise<World> {
  const upstream: string[] = [];
  const [one, other] = [await backend(t, upstream), await backend(t, upstream)];
  const text = `
backends:
  - { name: openai1, url: "${one}", apiKey: "\${BACKEND}" }
  - { name: openai2, url: "${other}", apiKey: "\${OTHER}", priority: 2 }
clients:
  - { name: app, key: "\${CLIENT}", keys: [{ key: "\${OLD}", expires: 2020-01-01 }] }
signIn:
  - { client: app, issuer: "https://canary.invalid", audiences: [x] }
sealKeys: ["\${SEAL}"]`;
  const env = {
    BACKEND: SECRETS.backendKey,
    OTHER: SECRETS.otherBackendKey,
    CLIENT: SECRETS.clientKey,
    OLD: SECRETS.expiredKey,
    SEAL: SECRETS.sealKey,
  };
  const loaded = configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
  if (loaded.kind === 'errors') assert.fail(loaded.errors.map(printError).join('\n'));
  const folder = mkdtempSync(join(tmpdir(), 'spillway-canaries-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const files = (['text', 'json'] as const).map((format) => {
    const path = join(folder, format);
    const fd = openSync(path, 'w');
    return { path, log: openLog({ format, level: 'info', fd }) };
  });
  const events: GatewayEvent[] = [];
  const clock = new FakeClock();
  const gateway = await startGateway({
    config: loaded.config,
    adminKey: SECRETS.adminKey,
    clock,
    port: 0,
    adminPort: 0,
    env: { SPILLWAY_SEAL_KEY: SECRETS.sealKey },
    emit: (event) => {
      events.push(event);
      for (const { log } of files) log.emit(event);
    },
  });
  t.after(async () => {
    await gateway.close();
    // The files stay open: a block may still be on its way to one, and would find it closed.
    for (const { log } of files) log.flush();
  });
  const logs = (): string => {
    for (const { log } of files) log.flush();
    return files.map(({ path }) => readFileSync(path, 'utf8')).join('\n');
  };
  const answers: string[] = [];
  const ask: World['ask'] = (path, headers, body = '{}') =>
    new Promise((resolve) => {
      const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
      const asking = request(gateway.url + path, options, (answer) => {
        let said = `${answer.rawHeaders.join('\n')}\n`;
        answer.on('data', (chunk) => {
          said += chunk;
        });
        answer.on('error', () => {});
        answer.on('close', () => {
          answers.push(said);
          // Throttle and breakers forget what was, and the next ask is answered again.
          clock.advance(FORGOTTEN_MS);
          resolve(answer.statusCode ?? 0);
        });
      });
      asking.on('error', () => resolve(0));
      asking.end(body);
    });
  return { gateway, events, upstream, answers, logs, ask };
}

function found(text: string, words: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(words).flatMap(([name, word]) =>
    [word, encodeURIComponent(word), Buffer.from(word).toString('base64').slice(0, 16)].some((form) =>
      text.includes(form),
    )
      ? [name]
      : [],
  );
}

const QUERY = `?api-version=2024-10-21&api-key=${SECRETS.queryKey}&note=${CONTENTS.query}`;
const COMMON = {
  'x-custom': CONTENTS.header,
  cookie: `session=${CONTENTS.cookie}`,
  'x-spillway-explain': '1',
};

const CREDENTIALS: ReadonlyArray<readonly [name: string, headers: Readonly<Record<string, string>>]> = [
  ['a key', { 'api-key': SECRETS.clientKey }],
  ['a key as Bearer', { authorization: `Bearer ${SECRETS.clientKey}` }],
  ['an expired key', { 'api-key': SECRETS.expiredKey }],
  ['a wrong key', { 'api-key': SECRETS.wrongKey, authorization: `Basic ${SECRETS.wrongKey}` }],
  ['a token', { authorization: `Bearer ${SECRETS.token}` }],
  [
    'a pin without the admin key',
    { 'api-key': SECRETS.clientKey, 'x-spillway-pin': 'openai1/chat', 'x-spillway-admin-key': SECRETS.wrongKey },
  ],
  [
    'a pin',
    { 'api-key': SECRETS.clientKey, 'x-spillway-pin': 'openai2/chat', 'x-spillway-admin-key': SECRETS.adminKey },
  ],
];

test('gateway: no credential and no content is in logs, events, metrics and admin answers, nor where it must not go', async (t) => {
  const { gateway, events, upstream, answers, logs, ask } = await world(t);
  const statuses = new Set<number>();
  for (const [, headers] of CREDENTIALS) {
    for (const how of Object.keys(ANSWERS)) {
      const body = JSON.stringify({ messages: [{ role: 'user', content: CONTENTS.prompt }], user: how });
      statuses.add(await ask(CHAT + QUERY, { ...COMMON, ...headers }, body));
    }
    const file = JSON.stringify({ input: CONTENTS.prompt, model: 'chat', store: true });
    statuses.add(await ask(`/openai/v1/responses${QUERY}`, { ...COMMON, ...headers }, file));
    statuses.add(await ask(`/nowhere${QUERY}`, { ...COMMON, ...headers }));
  }
  // It saw each kind of ending: a search through nothing finds nothing.
  for (const status of [200, 400, 401, 403, 404]) assert.ok(statuses.has(status), `${status} of ${[...statuses]}`);
  const [fleet, config, metrics, stranger] = await Promise.all(
    ['/admin/fleet', '/admin/config', '/metrics', '/admin/fleet?wrong'].map(async (path) => {
      const key = path.endsWith('wrong') ? SECRETS.wrongKey : SECRETS.adminKey;
      const answer = await fetch(gateway.adminUrl + path, { headers: { 'api-key': key } });
      return `${answer.status} ${await answer.text()}`;
    }),
  );
  assert.match(
    `${fleet?.slice(0, 3)} ${config?.slice(0, 3)} ${metrics?.slice(0, 3)} ${stranger?.slice(0, 3)}`,
    /^200 200 200 401$/,
  );
  assert.ok(events.length > 100 && upstream.length > 20 && answers.length > 50 && logs().split('\n').length > 100);
  const told = { fleet, config, metrics, stranger, events: JSON.stringify(events), logs: logs() };
  for (const [where, text = ''] of Object.entries(told)) {
    assert.deepEqual(found(text, { ...SECRETS, ...CONTENTS }), [], where);
  }
  assert.deepEqual(found(answers.join('\n'), SECRETS), []);
  const { backendKey: _one, otherBackendKey: _other, ...ofClients } = SECRETS;
  assert.deepEqual(found(upstream.join('\n'), { ...ofClients }), []);
  // What must arrive does.
  assert.deepEqual(
    found(upstream.join('\n'), { key: SECRETS.backendKey, other: SECRETS.otherBackendKey, prompt: CONTENTS.prompt })
      .length,
    3,
  );
  assert.deepEqual(found(answers.join('\n'), { answer: CONTENTS.answer, text: CONTENTS.streamText }).length, 2);
});
