import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { readSettings } from '../settings/settings.ts';
import { ModelClient } from './model-client.ts';
import { type AnswerAsk, type AnswerPiece, ModelFailure } from './models.ts';
import { type Asked, type Fake, fakeGateway, json, sse, stream } from './testing.ts';

const ASK: AnswerAsk = {
  messages: [{ role: 'user', content: 'Hi' }],
  temperature: null,
  seed: null,
  reasoningEffort: null,
};
const NOT_FOUND = { error: { code: '404', message: 'Resource not found' } };
const signal = () => new AbortController().signal;

function client(url: string, env: Readonly<Record<string, string>> = {}, clock = new FakeClock()): ModelClient {
  const read = readSettings({ AZURE_OPENAI_CUSTOM_URL: url, AZURE_OPENAI_API_KEY_OVERRIDE: 'the-key', ...env });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  return new ModelClient({ settings: read.settings.models, clock, tokens: async () => 'the-token' });
}

async function pieces(models: ModelClient, ask = ASK): Promise<readonly AnswerPiece[]> {
  const found: AnswerPiece[] = [];
  for await (const piece of models.answer(ask, signal())) found.push(piece);
  return found;
}

async function failure(work: Promise<unknown>): Promise<ModelFailure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof ModelFailure ? error : assert.fail(`no ModelFailure: ${error}`);
}

/** Serves chat completions at one path, and nothing elsewhere. */
function at(t: TestContext, path: string, status = 404): Promise<Fake> {
  return fakeGateway(t, (asked, out) => {
    if (asked.path.split('?')[0] === path) stream(out, sse(['Hello']));
    else json(out, status, NOT_FOUND);
  });
}

test('modelClient: finds the way into an address, whatever its path, with the key where it belongs, and remembers it', async (t) => {
  const deployment = '/openai/deployments/chat/chat/completions';
  const rows: ReadonlyArray<readonly [served: string, given: string, tries: number, kind: string]> = [
    [deployment, '', 1, 'deployment'],
    [deployment, '/openai', 1, 'deployment'],
    [deployment, '/openai/v1', 2, 'deployment'],
    ['/openai/v1/chat/completions', '', 2, 'v1'],
    ['/openai/v1/chat/completions', '/openai/v1/', 1, 'bare'],
    ['/chat/completions', '', 3, 'bare'],
    ['/v1/chat/completions', '', 4, 'v1'],
    ['/team/ai/chat/completions', '/team/ai', 3, 'bare'],
    [deployment, '/', 1, 'deployment'],
    [deployment, '//', 1, 'deployment'],
    [deployment, '/openai/', 1, 'deployment'],
    [deployment, '/v1', 2, 'deployment'],
    [deployment, '/OpenAI/V1', 2, 'deployment'],
    [`/team${deployment}`, '/team', 1, 'deployment'],
    [`/team${deployment}`, '/team/openai/', 1, 'deployment'],
    ['/openai/v1/chat/completions', '/openai', 2, 'v1'],
    ['/openai/v1/chat/completions', '/v1', 3, 'v1'],
    ['/v1/chat/completions', '/v1/', 1, 'bare'],
    ['/v1/chat/completions', '/openai', 4, 'v1'],
    ['/team/v1/chat/completions', '/team', 4, 'v1'],
  ];
  for (const [served, given, tries, kind] of rows) {
    const gateway = await at(t, served);
    const models = client(gateway.url + given);
    await pieces(models);
    await pieces(models);
    const name = `${served} at ${given}`;
    assert.equal(gateway.asked.length, tries + 1, name);
    assert.equal(models.doorKind, kind, name);
    const { headers, path } = gateway.asked.at(-1) ?? assert.fail();
    const isDeployment = kind === 'deployment';
    assert.equal(headers['api-key'], isDeployment ? 'the-key' : undefined, name);
    assert.equal(headers.authorization, isDeployment ? undefined : 'Bearer the-key', name);
    assert.equal(path.includes('api-version=2024-10-21'), isDeployment, name);
    assert.equal(headers['x-spillway-explain'], 'json');
  }
});

test('modelClient: a refused key and a web page are tried at other doors, a real refusal is not', async (t) => {
  const rows: ReadonlyArray<readonly [string, (asked: Asked) => readonly [number, unknown], number, string]> = [
    ['everywhere 401', () => [401, { error: { code: '401' } }], 4, 'notAllowed'],
    ['DeploymentNotFound', () => [404, { error: { code: 'DeploymentNotFound' } }], 1, 'internal'],
    ['429', () => [429, { error: { code: '429' } }], 1, 'throttled'],
    ['503', () => [503, {}], 1, 'gatewayDown'],
    ['403', () => [403, {}], 1, 'notAllowed'],
  ];
  for (const [name, answer, tries, kind] of rows) {
    const gateway = await fakeGateway(t, (asked, out) => json(out, ...answer(asked)));
    assert.equal((await failure(pieces(client(gateway.url)))).kind, kind, name);
    assert.equal(gateway.asked.length, tries, name);
  }
  const page = await fakeGateway(t, (asked, out) => {
    if (asked.path.startsWith('/openai/v1/')) return stream(out, sse(['Hello']));
    out.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
  });
  assert.ok((await pieces(client(page.url))).some((piece) => piece.kind === 'text'));
});

test('modelClient: signs in with a token of the app where no key is set', async (t) => {
  const gateway = await at(t, '/openai/deployments/chat/chat/completions');
  const models = client(gateway.url, { AZURE_OPENAI_API_KEY_OVERRIDE: '', SPILLWAY_CHAT_CREDENTIAL: 'entra' });
  await pieces(models);
  assert.equal(gateway.asked[0]?.headers.authorization, 'Bearer the-token');
  assert.equal(gateway.asked[0]?.headers['api-key'], undefined);
  const open = client(gateway.url, { AZURE_OPENAI_API_KEY_OVERRIDE: '' });
  await pieces(open);
  assert.equal(gateway.asked[1]?.headers.authorization, undefined, 'http on loopback: nothing is sent');
});

test('modelClient: a streamed answer is its pieces, with what the gateway says of itself', async (t) => {
  const decision = '{"waitedMs":120,"attempts":[]}';
  const headers = {
    'x-spillway-request-id': 'r',
    'x-spillway-deployment': 'a/chat',
    'x-spillway-attempts': '2',
    'x-spillway-decision': decision,
  };
  const gateway = await fakeGateway(t, (_, out) => stream(out, sse(['100 ', 'euros']), headers));
  assert.deepEqual(await pieces(client(gateway.url)), [
    { kind: 'begun', gateway: { requestId: 'r', deployment: 'a/chat', attempts: 2, decision, waitedMs: 120 } },
    { kind: 'text', text: '100 ' },
    { kind: 'text', text: 'euros' },
    { kind: 'usage', promptTokens: 7, completionTokens: 3 },
    { kind: 'ended', finish: 'stop' },
  ]);
});

test('modelClient: what models take differently is sent as each takes it', async (t) => {
  const gateway = await fakeGateway(t, (_, out) => stream(out, sse(['x'])));
  await pieces(client(gateway.url), { ...ASK, temperature: 0.3, seed: 5 });
  await pieces(client(gateway.url, { AZURE_OPENAI_CHATGPT_MODEL: 'gpt-5.4-mini' }), {
    ...ASK,
    temperature: 0.3,
    reasoningEffort: 'low',
  });
  const [plain, thinking] = gateway.asked.map(({ body }) => body);
  assert.deepEqual([plain?.max_tokens, plain?.temperature, plain?.seed], [1_024, 0.3, 5]);
  assert.deepEqual(
    [thinking?.max_completion_tokens, thinking?.temperature, thinking?.max_tokens, thinking?.reasoning_effort],
    [8_192, undefined, undefined, 'low'],
  );
});

const refused = (code: string, param: string) => ({ error: { message: 'Unsupported.', type: 'x', param, code } });

test('modelClient: a deployment whose model thinks first, which no name told, is asked as such from then on', async (t) => {
  for (const [code, param] of [
    ['unsupported_parameter', 'max_tokens'],
    ['unsupported_value', 'temperature'],
  ] as const) {
    const gateway = await fakeGateway(t, (asked, out) => {
      if ('max_completion_tokens' in asked.body) stream(out, sse(['x']));
      else json(out, 400, refused(code, param));
    });
    const models = client(gateway.url);
    await pieces(models);
    await pieces(models, { ...ASK, temperature: 0.3 });
    const kinds = gateway.asked.map(({ body }) => 'max_tokens' in body);
    assert.deepEqual(kinds, [true, false, false], param);
    assert.equal(gateway.asked[2]?.body.temperature, undefined);
  }
});

test('modelClient: what it tells of a call is what the call says', async (t) => {
  const gateway = await fakeGateway(t, (asked, out) => {
    if ('max_completion_tokens' in asked.body) stream(out, sse(['x']));
    else json(out, 400, refused('unsupported_parameter', 'max_tokens'));
  });
  const models = client(gateway.url);
  const manner = { temperature: 0.3, seed: 5, reasoningEffort: 'low' } as const;
  const known = { model: 'chat', seed: 5 };
  assert.deepEqual(models.answerParameters(manner), {
    ...known,
    temperature: 0.3,
    tokensMax: 1_024,
    reasoningEffort: null,
  });
  assert.deepEqual(models.planParameters(), {
    ...known,
    temperature: 0,
    tokensMax: 200,
    reasoningEffort: null,
    seed: null,
  });
  await pieces(models, { ...ASK, ...manner });
  assert.deepEqual(models.answerParameters(manner), {
    ...known,
    temperature: null,
    tokensMax: 8_192,
    reasoningEffort: 'low',
  });
  assert.equal(models.planParameters().temperature, null);
  const { max_completion_tokens, reasoning_effort, seed, temperature } = gateway.asked[1]?.body ?? {};
  assert.deepEqual([max_completion_tokens, reasoning_effort, seed, temperature], [8_192, 'low', 5, undefined]);
});

test('modelClient: another unsupported parameter, and a second refusal, end it', async (t) => {
  for (const [param, tries] of [
    ['seed', 1],
    ['max_tokens', 2],
  ] as const) {
    const gateway = await fakeGateway(t, (_, out) => json(out, 400, refused('unsupported_parameter', param)));
    assert.equal((await failure(pieces(client(gateway.url)))).kind, 'internal');
    assert.equal(gateway.asked.length, tries, param);
  }
});

test('modelClient: a stream cut at any byte is the same answer', async (t) => {
  const bytes = Buffer.from(sse(['Tür – ', '집 ', '😀 100']));
  for (const size of [1, 3, 64, bytes.length]) {
    const gateway = await fakeGateway(t, async (_, out) => {
      out.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      for (let at = 0; at < bytes.length; at += size) {
        await new Promise((resolve) => out.write(bytes.subarray(at, at + size), resolve));
      }
      out.end();
    });
    const texts = (await pieces(client(gateway.url))).flatMap((piece) => (piece.kind === 'text' ? piece.text : []));
    assert.deepEqual(texts, ['Tür – ', '집 ', '😀 100'], `${size} bytes at a time`);
  }
});

test('modelClient: embedding is one try, and tells how long to wait', async (t) => {
  const gateway = await fakeGateway(t, (_, out) => json(out, 429, {}, { 'retry-after-ms': '700' }));
  const { kind, retryAfterMs } = await failure(client(gateway.url).embed(['a'], signal()));
  assert.deepEqual([kind, retryAfterMs, gateway.asked.length], ['throttled', 700, 1]);
});

test('modelClient: refusals become what a person can read', async (t) => {
  const filter = {
    error: {
      code: 'content_filter',
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { hate: { filtered: false }, violence: { filtered: true } },
      },
    },
  };
  const rows: ReadonlyArray<readonly [string, number, unknown, Record<string, string>, string, RegExp, number | null]> =
    [
      ['retry-after-ms', 429, {}, { 'retry-after-ms': '1500', 'retry-after': '9' }, 'throttled', /busy/, 1_500],
      ['retry-after', 429, {}, { 'retry-after': '9' }, 'throttled', /busy/, 9_000],
      ['a filter', 400, filter, {}, 'filtered', /question \(violence\)/, null],
      ['too long', 400, { error: { code: 'context_length_exceeded' } }, {}, 'tooLong', /longer/, null],
      [
        'a deployment that is not there',
        404,
        { error: { code: 'DeploymentNotFound' } },
        {},
        'internal',
        /"chat".*AZURE_OPENAI_CHATGPT_DEPLOYMENT/,
        null,
      ],
      ['another 400', 400, { error: { code: 'odd' } }, {}, 'internal', /400 odd/, null],
    ];
  for (const [name, status, body, headers, kind, message, retryAfterMs] of rows) {
    const gateway = await fakeGateway(t, (_, out) => json(out, status, body, headers));
    const found = await failure(pieces(client(gateway.url)));
    assert.deepEqual([found.kind, found.retryAfterMs], [kind, retryAfterMs], name);
    assert.match(found.message, message, name);
    assert.ok(!`${found.message} ${found.detail}`.includes('the-key'), name);
    assert.equal(gateway.asked.length, 1, `${name}: one call is one try`);
  }
});

test('modelClient: a stream that breaks off is told apart by how it ended', async (t) => {
  const inStream = 'data: {"error":{"code":"429","message":"busy","type":"x"}}\n\n';
  const rows: ReadonlyArray<readonly [string, string, string]> = [
    ['cut', sse(['The '], null), 'gatewayDown'],
    ['filtered', sse(['The '], 'content_filter'), 'filtered'],
    ['an error in the stream', `${sse(['The '], null)}${inStream}`, 'throttled'],
  ];
  for (const [name, text, kind] of rows) {
    const gateway = await fakeGateway(t, (_, out) => stream(out, text));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const piece of client(gateway.url).answer(ASK, signal()))
        if (piece.kind === 'text') seen.push(piece.text);
    })();
    assert.equal((await failure(reading)).kind, kind, name);
    assert.deepEqual(seen, ['The '], name);
  }
});

test('modelClient: nobody there, and silence, have each their own sentence', async (t) => {
  assert.equal((await failure(pieces(client('http://127.0.0.1:1')))).kind, 'gatewayDown');
  const clock = new FakeClock();
  const gateway = await fakeGateway(t, (_, out) => {
    out.writeHead(200, { 'content-type': 'text/event-stream' });
    out.write(sse(['The '], null));
  });
  const reading = client(gateway.url, { SPILLWAY_CHAT_IDLE_MS: '5000' }, clock).answer(ASK, signal());
  for (let piece = await reading.next(); piece.value?.kind !== 'text'; piece = await reading.next())
    assert.ok(!piece.done);
  const rest = failure(reading.next());
  await setImmediate();
  clock.advance(5_000);
  assert.equal((await rest).kind, 'timeout');
});

test('modelClient: vectors come in the order of their texts, from base64 as the SDK asks for them', async (t) => {
  const base64 = (numbers: readonly number[]) => Buffer.from(new Float32Array(numbers).buffer).toString('base64');
  const gateway = await fakeGateway(t, (_, out) =>
    json(out, 200, {
      data: [
        { index: 1, embedding: base64([3, 4]) },
        { index: 0, embedding: base64([1, 2]) },
      ],
    }),
  );
  const models = client(gateway.url, { AZURE_OPENAI_EMB_DIMENSIONS: '2' });
  const { vectors } = await models.embed(['a', 'b'], signal());
  assert.deepEqual(
    vectors.map((each) => [...each]),
    [
      [1, 2],
      [3, 4],
    ],
  );
  assert.deepEqual([gateway.asked[0]?.body.encoding_format, gateway.asked[0]?.body.dimensions], ['base64', 2]);
  assert.match(gateway.asked[0]?.path ?? '', /^\/openai\/deployments\/embedding\/embeddings/);
  assert.equal((await failure(models.embed(['a', 'b', 'c'], signal()))).kind, 'internal');
});

const called = (name: string, given: string) => ({ id: '1', type: 'function', function: { name, arguments: given } });
const PLANS: ReadonlyArray<readonly [name: string, message: object | null, call: string | null, text: string]> = [
  ['a call', { content: null, tool_calls: [called('find', '{"queries":["a"]}')] }, '{"queries":["a"]}', ''],
  ['text', { content: 'dogs' }, null, 'dogs'],
  ['a zero', { content: '0' }, null, '0'],
  ['several calls', { tool_calls: [called('find', '{"a":1}'), called('find', '{"a":2}')] }, '[{"a":1},{"a":2}]', ''],
  ['one of them broken', { tool_calls: [called('find', '{"a":1}'), called('find', '{"a')] }, '[{"a":1}]', ''],
  ['a broken call', { tool_calls: [called('find', '{"a')] }, '{"a', ''],
  ['another tool', { content: '', tool_calls: [called('delete', '{}')] }, null, ''],
  [
    'another kind of call',
    { tool_calls: [{ id: '1', type: 'custom', custom: { name: 'find', input: 'x' } }] },
    null,
    '',
  ],
  ['a great many', { tool_calls: Array.from({ length: 50 }, () => called('find', '1')) }, '[1,1,1,1,1,1,1,1]', ''],
  ['no choice', null, null, ''],
];
for (const [name, message, call, text] of PLANS) {
  test(`modelClient: a plan is the arguments of the call, or its text: ${name}`, async (t) => {
    const gateway = await fakeGateway(t, (_, out) =>
      json(out, 200, { choices: message === null ? [] : [{ message }] }),
    );
    const tool = { name: 'find', description: 'd', parameters: {} };
    const planned = await client(gateway.url).plan([{ role: 'user', content: 'Hi' }], tool, signal());
    assert.deepEqual([planned.call, planned.text], [call, text]);
    assert.equal(gateway.asked[0]?.body.max_tokens, 200, 'a plan is short');
  });
}
