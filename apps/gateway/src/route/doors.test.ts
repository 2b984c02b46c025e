/** Who is let in, seen from a client: through the whole gateway, without sockets. Tokens are in sign-in/sign-in.test.ts. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import type { Client, ClientKey } from '@spillway/config';
import { testClient } from '../testing/client.ts';
import { CHAT, type TestAsk, TestGateway, TestInbound, type TestSettings } from '../testing/kit.ts';
import { routeHead } from './route.ts';

const HOUR_MS = 3_600_000;

interface Refused {
  readonly status: number | null;
  readonly code: string;
  readonly message: string;
}

function ask(gateway: TestGateway, given: TestAsk): Refused {
  const inbound = gateway.ask(given);
  if (inbound.status === null) {
    gateway.call.answer(200, '{}');
    return { status: inbound.status ?? 0, code: '', message: '' };
  }
  const { error } = JSON.parse(inbound.received);
  return { status: inbound.status, code: error.code, message: error.message };
}

function withKey(key: string, more: TestAsk = {}): TestAsk {
  return { ...more, headers: { 'api-key': key, ...more.headers } };
}

test('Doors: each key of a client opens, plain or known by its hash, as api-key or as Bearer', () => {
  const hex = hash('sha256', 'hashed-key');
  const keys: ClientKey[] = [
    { kind: 'plain', key: 'first-key', expiresMs: null },
    { kind: 'plain', key: 'second-key', expiresMs: null },
    { kind: 'sha256', hex, expiresMs: null },
  ];
  const clients: Client[] = [{ ...testClient('app', ''), keys }];
  const gateway = new TestGateway({ clients });
  for (const key of ['first-key', 'second-key', 'hashed-key']) {
    assert.equal(ask(gateway, withKey(key)).status, 200, key);
    assert.equal(ask(gateway, { headers: { authorization: `Bearer ${key}` } }).status, 200, key);
  }
  for (const key of [hex, `sha256:${hex}`, 'first', 'first-key2', '', 'x'.repeat(100_000)]) {
    assert.equal(ask(gateway, withKey(key)).status, 401, key);
  }
  assert.deepEqual([...new Set(gateway.exchanges.map(({ client }) => client))], ['app', null]);
});

test('Doors: a key serves until it expires, and the answer then says whose it was and when', () => {
  const gateway = new TestGateway();
  const expiresMs = gateway.clock.nowMs() + HOUR_MS;
  const late = new TestGateway({
    clients: [
      {
        ...testClient('app', ''),
        keys: [
          { kind: 'plain', key: 'old-key', expiresMs },
          { kind: 'plain', key: 'new-key', expiresMs: null },
        ],
      },
    ],
  });
  late.clock.advance(HOUR_MS - 1);
  assert.equal(ask(late, withKey('old-key')).status, 200);
  late.clock.advance(1);
  const { status, message } = ask(late, withKey('old-key'));
  assert.equal(status, 401);
  assert.ok(message.includes(`of the client 'app' expired at ${new Date(expiresMs).toISOString()}`), message);
  assert.equal(ask(late, withKey('new-key')).status, 200);
});

const MEMBERS = [
  { on: 'openai1', name: 'chat-1', model: 'gpt-4o' },
  { on: 'openai1', name: 'mini', model: 'gpt-4o-mini' },
];
const V1 = '/openai/v1/chat/completions';

const BOUNDS: ReadonlyArray<
  readonly [name: string, access: Partial<Client['access']>, given: TestAsk, want: string | null]
> = [
  ['the model it may ask for', { models: ['gpt-4o'] }, { target: V1, body: '{"model":"gpt-4o"}' }, null],
  ['the same by the path', { models: ['gpt-4o'] }, { target: CHAT.replace('/chat/', '/gpt-4o/') }, null],
  ['another model', { models: ['gpt-4o'] }, { target: V1, body: '{"model":"gpt-4o-mini"}' }, 'ModelNotAllowed'],
  [
    'another model by the path',
    { models: ['gpt-4o'] },
    { target: CHAT.replace('/chat/', '/gpt-4o-mini/') },
    'ModelNotAllowed',
  ],
  ['no model at all', { models: ['gpt-4o'] }, { target: '/openai/v1/files', method: 'GET', body: '' }, null],
  ['an operation it may use', { operations: ['chat.completions'] }, { target: V1, body: '{"model":"gpt-4o"}' }, null],
  [
    'another operation',
    { operations: ['embeddings'] },
    { target: V1, body: '{"model":"gpt-4o"}' },
    'OperationNotAllowed',
  ],
  [
    'an operation that nobody knows',
    { operations: ['chat.completions'] },
    { target: '/openai/v1/novelties', body: '{}' },
    'OperationNotAllowed',
  ],
  ['an address it may come from', { addresses: ['127.0.0.0/8'] }, { target: V1, body: '{"model":"gpt-4o"}' }, null],
  [
    'another address',
    { addresses: ['10.0.0.0/8'] },
    { target: V1, body: '{"model":"gpt-4o"}', headers: { 'x-forwarded-for': '10.0.0.1' } },
    'AddressRefused',
  ],
];

const SETTINGS: Readonly<Record<string, string>> = {
  ModelNotAllowed: "'models'",
  OperationNotAllowed: "'operations'",
  AddressRefused: "'addresses'",
};

for (const [name, access, given, want] of BOUNDS) {
  test(`Doors: bounds of a client: ${name}`, () => {
    const clients = [testClient('chat-app', 'key', { access })];
    const gateway = new TestGateway({ members: MEMBERS, clients });
    const { status, code, message } = ask(gateway, withKey('key', given));
    assert.equal(status, want === null ? 200 : 403, message);
    if (want === null) return;
    assert.equal(code, want);
    assert.match(message, /client 'chat-app'/);
    assert.ok(message.includes(SETTINGS[want] ?? '?'), message);
    assert.deepEqual(gateway.called, []);
  });
}

const PLACES: ReadonlyArray<readonly [name: string, settings: TestSettings, given: TestAsk, status: number]> = [
  ['from an address that is listed', { doors: { addresses: ['127.0.0.1'] } }, {}, 200],
  ['from another one', { doors: { addresses: ['127.0.0.1'] } }, { peer: '10.0.0.1' }, 403],
  [
    'from one that only the client says is listed',
    { doors: { addresses: ['192.0.2.1'] } },
    { headers: { 'x-forwarded-for': '192.0.2.1' } },
    403,
  ],
  [
    'through a proxy that is trusted',
    { doors: { addresses: ['192.0.2.1'], trustedProxies: ['127.0.0.1'] } },
    { headers: { 'x-forwarded-for': '192.0.2.1' } },
    200,
  ],
];

for (const [name, settings, given, status] of PLACES) {
  test(`Doors: the addresses of the gateway hold before any key is looked at: ${name}`, () => {
    const gateway = new TestGateway({ ...settings, clients: [testClient('app', 'key')] });
    const got = ask(gateway, withKey('key', given));
    assert.equal(got.status, status);
    if (status === 403) {
      assert.match(got.message, /'addresses' of this gateway/);
      assert.equal(ask(gateway, withKey('wrong', given)).status, 403);
    }
  });
}

test('Doors: without keys, a page of another origin is served only where CORS names its origin', () => {
  const page = { headers: { host: 'localhost:8080', origin: 'https://App.example.com' } };
  assert.equal(ask(new TestGateway(), page).code, 'ForeignPage');
  assert.equal(
    ask(new TestGateway({ doors: { corsOrigins: ['https://other.example.com'] } }), page).code,
    'ForeignPage',
  );
  assert.equal(ask(new TestGateway({ doors: { corsOrigins: ['https://app.example.com'] } }), page).status, 200);
  assert.equal(ask(new TestGateway({ doors: { corsOrigins: ['*'] } }), page).status, 200);
  const rebound = { headers: { host: 'attacker.example', origin: 'https://app.example.com' } };
  assert.equal(ask(new TestGateway({ doors: { corsOrigins: ['*'] } }), rebound).code, 'ForeignPage');
});

test('Doors: a caller has the class of its client; one that nobody knows is standard', () => {
  const clients = [
    testClient('app', 'app-key', { class: 'interactive', waitMsMax: 0 }),
    testClient('other', 'other-key'),
  ];
  const classes: unknown[] = [];
  for (const gateway of [new TestGateway({ clients }), new TestGateway()]) {
    const { doors } = gateway.context;
    for (const key of ['app-key', 'other-key']) {
      const routed = routeHead(new TestInbound(withKey(key)), doors, gateway.context.config.gateway);
      assert.ok(!(routed instanceof Promise) && routed.kind === 'route');
      classes.push([routed.route.class, routed.route.waitMsMax]);
    }
  }
  assert.deepEqual(classes, [
    ['interactive', 0],
    ['standard', null],
    ['standard', null],
    ['standard', null],
  ]);
});
