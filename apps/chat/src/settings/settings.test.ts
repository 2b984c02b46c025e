import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { readSettings, type Settings } from './settings.ts';
import { type Environment, printProblem } from './sheet.ts';

const CUSTOM = { AZURE_OPENAI_CUSTOM_URL: 'https://gateway.example' };

function settings(env: Environment): Settings {
  const read = readSettings(env);
  return read.kind === 'ok' ? read.settings : assert.fail(read.errors.map(printProblem).join('\n'));
}

function problems(env: Environment): readonly string[] {
  const read = readSettings(env);
  return read.kind === 'errors' ? read.errors.map(printProblem) : [];
}

test('readSettings: each OPENAI_HOST has its address and its credential', () => {
  const rows: ReadonlyArray<readonly [string, Environment, string, string, string]> = [
    ['azure', { AZURE_OPENAI_SERVICE: 'OpenAI1' }, 'https://openai1.openai.azure.com', 'entra', 'chat'],
    [
      'a key of Azure',
      { AZURE_OPENAI_SERVICE: 'a', AZURE_OPENAI_API_KEY_OVERRIDE: 'k' },
      'https://a.openai.azure.com',
      'key',
      'chat',
    ],
    ['the article', { OPENAI_HOST: 'azure_custom', ...CUSTOM }, 'https://gateway.example', 'entra', 'chat'],
    ['a custom URL alone', CUSTOM, 'https://gateway.example', 'entra', 'chat'],
    [
      'with a path and a slash',
      { AZURE_OPENAI_CUSTOM_URL: 'https://g.example/openai/v1/' },
      'https://g.example/openai/v1',
      'entra',
      'chat',
    ],
    [
      'http without a key',
      { AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:8080' },
      'http://127.0.0.1:8080',
      'none',
      'chat',
    ],
    [
      'credential none',
      { ...CUSTOM, SPILLWAY_CHAT_CREDENTIAL: 'none', AZURE_OPENAI_API_KEY_OVERRIDE: 'k' },
      'https://gateway.example',
      'none',
      'chat',
    ],
    ['openai', { OPENAI_HOST: 'openai', OPENAI_API_KEY: 'k' }, 'https://api.openai.com/v1', 'key', 'gpt-4o-mini'],
    [
      'local',
      { OPENAI_HOST: 'local', OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1', OPENAI_MODEL: 'llama' },
      'http://127.0.0.1:11434/v1',
      'none',
      'llama',
    ],
  ];
  for (const [name, env, url, credential, chat] of rows) {
    const { models } = settings(env);
    assert.deepEqual([models.url, models.credential.kind, models.chat], [url, credential, chat], name);
  }
});

test('readSettings: names that the samples write differently are both read', () => {
  for (const name of ['AZURE_OPENAI_EMB_DEPLOYMENT', 'AZURE_OPENAI_EMBEDDING_DEPLOYMENT']) {
    assert.equal(settings({ ...CUSTOM, [name]: 'mine' }).models.embedding?.deployment, 'mine');
  }
  const named = settings({
    ...CUSTOM,
    AZURE_OPENAI_EMB_MODEL_NAME: 'text-embedding-3-large',
    AZURE_OPENAI_EMB_DIMENSIONS: '256',
  });
  assert.deepEqual(named.models.embedding, {
    deployment: 'embedding',
    model: 'text-embedding-3-large',
    dimensions: 256,
  });
  assert.equal(settings({ ...CUSTOM, USE_VECTORS: 'false' }).models.embedding, null);
  assert.deepEqual(settings({ ...CUSTOM, ALLOWED_ORIGINS: 'https://a.example, *' }).page.origins, [
    'https://a.example',
    '*',
  ]);
});

test('readSettings: an app that waits for its gateway starts without one if that is said, and has no vectors then', () => {
  const LATER = { OPENAI_HOST: 'azure_custom', SPILLWAY_CHAT_GATEWAY_LATER: 'true' };
  const { models } = settings(LATER);
  assert.deepEqual([models.url, models.embedding, models.credential.kind], ['', null, 'none']);
  const told = settings({ ...LATER, ...CUSTOM }).models;
  assert.deepEqual([told.url, told.embedding?.deployment], ['https://gateway.example', 'embedding']);
});

test('readSettings: models that think first are known by their names', () => {
  const rows: ReadonlyArray<readonly [string, boolean]> = [
    ['gpt-4o', false],
    ['gpt-4o-mini', false],
    ['gpt-5.4-mini', true],
    ['o3-mini', true],
    ['my-o4', true],
    ['gpt-35-turbo', false],
    ['chat', false],
  ];
  for (const [model, want] of rows) {
    assert.equal(settings({ ...CUSTOM, AZURE_OPENAI_CHATGPT_MODEL: model }).models.isReasoning, want, model);
  }
});

const PROBLEMS: ReadonlyArray<readonly [name: string, env: Environment, want: RegExp]> = [
  ['nothing', {}, /^AZURE_OPENAI_SERVICE: is missing: OPENAI_HOST is azure; .*AZURE_OPENAI_CUSTOM_URL/],
  ['a custom host without its URL', { OPENAI_HOST: 'azure_custom' }, /^AZURE_OPENAI_CUSTOM_URL: is missing/],
  [
    'a URL without scheme',
    { OPENAI_HOST: 'azure_custom', AZURE_OPENAI_CUSTOM_URL: 'gateway.example' },
    /^AZURE_OPENAI_CUSTOM_URL: "gateway.example" is not an address/,
  ],
  [
    'a URL with a password',
    { AZURE_OPENAI_CUSTOM_URL: 'https://u:hush-hush@g.example' },
    /^AZURE_OPENAI_CUSTOM_URL: is not an address/,
  ],
  [
    'a URL for a name',
    { AZURE_OPENAI_SERVICE: 'https://a.openai.azure.com' },
    /^AZURE_OPENAI_SERVICE: .* is not the name of a resource/,
  ],
  ['openai without a key', { OPENAI_HOST: 'openai' }, /^OPENAI_API_KEY: is missing/],
  [
    'a key that is wanted',
    { ...CUSTOM, SPILLWAY_CHAT_CREDENTIAL: 'key' },
    /^AZURE_OPENAI_API_KEY_OVERRIDE: is missing/,
  ],
  [
    'a number out of its range',
    { ...CUSTOM, SPILLWAY_CHAT_TOP: '21' },
    /^SPILLWAY_CHAT_TOP: "21" is not a whole number from 1 to 20/,
  ],
  ['a flag', { ...CUSTOM, USE_VECTORS: 'maybe' }, /^USE_VECTORS: "maybe" is neither true nor false/],
  [
    'a name that does nothing',
    { ...CUSTOM, SPILLWAY_CHAT_TOPP: '3' },
    /^SPILLWAY_CHAT_TOPP: is not a setting.*did you mean SPILLWAY_CHAT_TOP\?$/,
  ],
  [
    'postgres without its URL',
    { ...CUSTOM, SPILLWAY_CHAT_STORE: 'postgres' },
    /^SPILLWAY_CHAT_POSTGRES_URL: is missing/,
  ],
  ['a search service', { ...CUSTOM, SPILLWAY_CHAT_STORE: 'azure-search' }, /^AZURE_SEARCH_SERVICE: is missing/],
  [
    'passwords without users',
    { ...CUSTOM, SPILLWAY_CHAT_AUTH: 'password' },
    /^SPILLWAY_CHAT_USERS: is missing.*chat hash/,
  ],
  [
    'a password in place of a hash',
    { ...CUSTOM, SPILLWAY_CHAT_AUTH: 'password', SPILLWAY_CHAT_USERS: 'ann:scrypt:a:b,bob:hush-hush' },
    /^SPILLWAY_CHAT_USERS: has no NAME:HASH.* entry 2/,
  ],
  [
    'a scope that no app can ask for',
    { ...CUSTOM, AZURE_OPENAI_TOKEN_SCOPE: 'api://gateway' },
    /^AZURE_OPENAI_TOKEN_SCOPE: "api:\/\/gateway" is not the scope.*\/\.default/,
  ],
  [
    'a proxy by its name',
    { ...CUSTOM, SPILLWAY_CHAT_PROXY_ADDRESSES: '10.0.0.4, ingress' },
    /^SPILLWAY_CHAT_PROXY_ADDRESSES: "ingress" is not an IP address/,
  ],
  ['a short key', { ...CUSTOM, SPILLWAY_CHAT_API_KEYS: 'ann:hush-hush' }, /^SPILLWAY_CHAT_API_KEYS: .*at least 16/],
];

for (const [name, env, want] of PROBLEMS) {
  test(`readSettings: ${name} is one error, without a secret`, () => {
    const found = problems(env);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', want);
    assert.ok(!found[0]?.includes('hush-hush'));
  });
}

test('readSettings: a token is made out for Azure, unless a scope says for whom', () => {
  const scopeOf = (env: Environment) => settings({ ...CUSTOM, ...env }).models.credential;
  assert.deepEqual(scopeOf({}), { kind: 'entra', scope: 'https://cognitiveservices.azure.com/.default' });
  const scope = 'api://6a7c/.default';
  assert.deepEqual(scopeOf({ AZURE_OPENAI_TOKEN_SCOPE: scope }), { kind: 'entra', scope });
});

test('readSettings: every error is told at once', () => {
  const env = { OPENAI_HOST: 'azur', SPILLWAY_CHAT_TOP: 'x', SPILLWAY_CHAT_AUTH: 'oidc' };
  assert.equal(problems(env).length, 6, problems(env).join('\n'));
});

test('readSettings: settings can be printed without telling a secret', () => {
  const secret = 'hush-hush-hush-hush';
  const held = settings({
    ...CUSTOM,
    AZURE_OPENAI_API_KEY_OVERRIDE: secret,
    SPILLWAY_CHAT_STORE: 'postgres',
    SPILLWAY_CHAT_POSTGRES_URL: `postgres://u:${secret}@h/d`,
    SPILLWAY_CHAT_SESSION_KEY: secret,
    SPILLWAY_CHAT_API_KEYS: `ann:${secret}:a+b`,
    SPILLWAY_CHAT_OIDC_CLIENT_SECRET: secret,
  });
  const printed = `${inspect(held, { depth: 9, showHidden: true })} ${JSON.stringify(held)} ${held.auth.sessionKey}`;
  assert.ok(!printed.includes('hush'));
  assert.equal(held.auth.sessionKey?.reveal(), secret);
});

test('Sheet: of a wrong value 100 letters are told', () => {
  const read = readSettings({ AZURE_OPENAI_CUSTOM_URL: 'http://x', SPILLWAY_CHAT_TOP: 'a'.repeat(101) });
  assert.equal(read.kind === 'errors' ? read.errors[0]?.value : null, 'a'.repeat(100));
});

test('readSettings: either plan of the search service’s ranker switches it on, and nothing else does', () => {
  const search = { ...CUSTOM, SPILLWAY_CHAT_STORE: 'azure-search', AZURE_SEARCH_SERVICE: 'mine' };
  const rankerOf = (plan: Environment) => {
    const { store } = settings({ ...search, ...plan });
    return store.kind === 'azure-search' ? store.ranker : assert.fail(store.kind);
  };
  assert.equal(rankerOf({}), 'none');
  assert.equal(rankerOf({ AZURE_SEARCH_SEMANTIC_RANKER: 'disabled' }), 'none');
  assert.equal(rankerOf({ AZURE_SEARCH_SEMANTIC_RANKER: 'Free' }), 'semantic');
  assert.equal(rankerOf({ AZURE_SEARCH_SEMANTIC_RANKER: 'standard' }), 'semantic');
});
