import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFromEnvironment } from './environment.ts';
import { printError } from './findings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const URL_1 = { BACKEND_1_URL: 'https://openai1.example' };

function fleet(env: Environment) {
  const loaded = configFromEnvironment(env);
  if (loaded.kind === 'errors') assert.fail(loaded.errors.map(printError).join('\n'));
  return loaded.config;
}

function problems(env: Environment): readonly string[] {
  const loaded = configFromEnvironment(env);
  return loaded.kind === 'errors' ? loaded.errors.map(printError) : [];
}

test('configFromEnvironment: takes any numbering, in the order of the numbers', () => {
  const url = (n: number) => `https://host-${n}.example`;
  const { backends } = fleet({ BACKEND_10_URL: url(10), BACKEND_9_URL: url(9), BACKEND_0_URL: url(0) }).fleet;
  assert.deepEqual(
    backends.map(({ name }) => name),
    ['host-0', 'host-9', 'host-10'],
  );
});

test('configFromEnvironment: trims blanks, and takes a blank key for Entra ID', () => {
  const { openBackends } = fleet({
    BACKEND_1_URL: ' https://a.example/ ',
    BACKEND_1_APIKEY: '  ',
    BACKEND_1_PRIORITY: ' 3\n',
  }).fleet;
  assert.deepEqual(
    openBackends.map(({ backend, priority }) => [backend.url, backend.credential.kind, priority]),
    [['https://a.example', 'entra', 3]],
  );
});

test('configFromEnvironment: a backend whose variables are all blank is none', () => {
  const env = { ...URL_1, BACKEND_2_URL: '', BACKEND_2_PRIORITY: ' ', BACKEND_2_APIKEY: undefined, CLIENT_1_KEY: '' };
  const config = fleet(env);
  assert.equal(config.fleet.backends.length, 1);
  assert.deepEqual(config.clients, []);
});

test('configFromEnvironment: names that are given are kept, the others step aside with their number', () => {
  const env = {
    BACKEND_1_URL: 'https://openai1.one.example',
    BACKEND_2_URL: 'https://openai1.two.example',
    BACKEND_3_URL: 'https://other.example',
    BACKEND_3_NAME: 'OpenAI1-2',
    BACKEND_4_URL: 'http://127.0.0.1:9001',
    BACKEND_5_URL: 'https://[::1]',
    BACKEND_6_URL: 'https://_odd_.example',
  };
  assert.deepEqual(problems(env), [
    'BACKEND_3_NAME: "OpenAI1-2" is the name of another backend (BACKEND_2_NAME); give each its own',
  ]);
  const { backends } = fleet({ ...env, BACKEND_3_NAME: 'openai1' }).fleet;
  assert.deepEqual(
    backends.map(({ name }) => name),
    ['openai1-1', 'openai1-2', 'openai1', '127.0.0.1', 'backend-5', 'backend-6'],
  );
});

test('configFromEnvironment: HTTP_TIMEOUT_SECONDS sets the first byte and the idle time, and never shortens the whole', () => {
  const timeouts = (text: string) => {
    const { connectMs, firstByteMs, idleMs, totalMs } = fleet({ ...URL_1, HTTP_TIMEOUT_SECONDS: text }).gateway
      .timeouts;
    return { connectMs, firstByteMs, idleMs, totalMs };
  };
  assert.deepEqual(timeouts(''), { connectMs: 10_000, firstByteMs: 100_000, idleMs: 100_000, totalMs: 3_600_000 });
  assert.deepEqual(timeouts('240'), { connectMs: 10_000, firstByteMs: 240_000, idleMs: 240_000, totalMs: 3_600_000 });
  assert.deepEqual(timeouts('1.5'), { connectMs: 10_000, firstByteMs: 1_500, idleMs: 1_500, totalMs: 3_600_000 });
  assert.equal(timeouts('7200').totalMs, 7_200_000);
  for (const bad of ['0', '-1', '1e3', 'Infinity', '100s', '86401']) {
    assert.equal(problems({ ...URL_1, HTTP_TIMEOUT_SECONDS: bad }).length, 1, bad);
  }
});

const PROBLEMS: ReadonlyArray<readonly [name: string, env: Environment, want: RegExp]> = [
  ['nothing set', {}, /^BACKEND_1_URL: is not set, and no configuration file is given; set BACKEND_1_URL/],
  ['a priority without a URL', { ...URL_1, BACKEND_2_PRIORITY: '1' }, /^BACKEND_2_URL: is missing;/],
  ['a client without a key', { ...URL_1, CLIENT_1_NAME: 'a' }, /^CLIENT_1_KEY: is missing;/],
  [
    'an unknown suffix',
    { ...URL_1, BACKEND_1_DEPLOYMENT: 'x' },
    /^BACKEND_1_DEPLOYMENT: .*did you mean BACKEND_1_DEPLOYMENT_NAME\?$/,
  ],
  [
    'a misspelt key',
    { ...URL_1, BACKEND_1_API_KEY: 'my-secret' },
    /^BACKEND_1_API_KEY: is not a variable of a backend; did you mean BACKEND_1_APIKEY\?$/,
  ],
  ['a suffix in small letters', { ...URL_1, BACKEND_1_url: 'x' }, /^BACKEND_1_url: .*did you mean BACKEND_1_URL\?$/],
  ['a leading zero', { ...URL_1, BACKEND_01_PRIORITY: '1' }, /^BACKEND_01_PRIORITY: .* write BACKEND_1_PRIORITY$/],
  ['a fraction', { ...URL_1, BACKEND_1_PRIORITY: '1.5' }, /^BACKEND_1_PRIORITY: "1.5" is not a whole number/],
  [
    'a number in another notation',
    { ...URL_1, BACKEND_1_PRIORITY: '0x1' },
    /^BACKEND_1_PRIORITY: "0x1" is not a whole number/,
  ],
  [
    'a certificate without its key',
    { ...URL_1, SPILLWAY_TLS_CERT_FILE: '/tls.crt' },
    /^SPILLWAY_TLS_KEY_FILE: is missing;/,
  ],
  [
    'a class that is none',
    { ...URL_1, CLIENT_1_KEY: 'a', CLIENT_1_CLASS: 'Interactive' },
    /^CLIENT_1_CLASS: "Interactive" is not one of interactive, standard, batch; did you mean interactive\?$/,
  ],
  [
    'half a hash',
    { ...URL_1, CLIENT_1_KEY: 'sha256:my-secret' },
    /^CLIENT_1_KEY: \*\*\* is not "sha256:" and 64 hexadecimal digits; make it with: printf/,
  ],
  [
    'the same place twice',
    { ...URL_1, BACKEND_2_URL: 'https://OPENAI1.example:443/' },
    /^BACKEND_2_URL: .* as on BACKEND_1_URL;/,
  ],
];

for (const [name, env, want] of PROBLEMS) {
  test(`configFromEnvironment: ${name} is one error`, () => {
    assert.equal(problems(env).length, 1, problems(env).join('\n'));
    assert.match(problems(env)[0] ?? '', want);
    assert.ok(!problems(env)[0]?.includes('my-secret'));
  });
}

test('configFromEnvironment: takes hashes of keys, and the files of a certificate', () => {
  const hex = 'AB'.repeat(32);
  const tls = { SPILLWAY_TLS_CERT_FILE: ' /tls.crt ', SPILLWAY_TLS_KEY_FILE: '/tls.key' };
  const { clients, doors } = fleet({ ...URL_1, ...tls, CLIENT_1_KEY: `sha256:${hex}`, CLIENT_2_KEY: 'plain' });
  assert.deepEqual(
    clients.flatMap(({ keys }) => keys),
    [
      { kind: 'sha256', hex: hex.toLowerCase(), expiresMs: null },
      { kind: 'plain', key: 'plain', expiresMs: null },
    ],
  );
  assert.deepEqual(doors.tls, { certFile: '/tls.crt', keyFile: '/tls.key' });
});

test('configFromEnvironment: takes the class of a client, and how long it waits', () => {
  const env = { ...URL_1, CLIENT_1_KEY: 'a', CLIENT_2_KEY: 'b', CLIENT_2_CLASS: 'batch', CLIENT_2_WAIT_MS_MAX: '0' };
  assert.deepEqual(
    fleet(env).clients.map(({ class: of, waitMsMax }) => [of, waitMsMax]),
    [
      ['standard', null],
      ['batch', 0],
    ],
  );
});

test('configFromEnvironment: leaves alone what is not its own', () => {
  const env = {
    ...URL_1,
    BACKEND_1_SERVICE_HOST: '10.0.0.1',
    BACKEND_1_SERVICE_PORT_HTTP: '80',
    BACKEND_1_PORT: 'tcp://10.0.0.1:80',
    BACKEND_1_PORT_80_TCP_ADDR: '10.0.0.1',
    BACKEND_POOL: 'x',
    MY_BACKEND_1_FOO: 'x',
    CLIENT_ID: 'x',
  };
  assert.deepEqual(problems(env), []);
});
