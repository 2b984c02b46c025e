import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DEFAULT_POLICY } from '@spillway/policy';
import fc from 'fast-check';
import { FINDINGS_MAX } from './findings.ts';
import {
  type Config,
  configFromYaml,
  DEFAULT_GATEWAY,
  describeConfig,
  type Loaded,
  printError,
  secretFilesIn,
} from './index.ts';
import { KEY_CHARS_MAX } from './kinds.ts';
import { SECRET_CHARS_MAX } from './secrets.ts';
import { SYNTAX_ERRORS_MAX } from './syntax.ts';
import { ALIASES_MAX, TEXT_CHARS_MAX } from './yaml.ts';

const ENV = { K1: 'first-secret', K2: 'second-secret', OPENAI1_KEY: 'k1', CHAT_APP_KEY: 'c1', REPORTS_KEY: 'c2' };

function load(
  text: string,
  secrets: ReadonlyMap<string, string | null> = new Map(),
  env: Record<string, string> = ENV,
): Loaded {
  return configFromYaml({ text, file: 'spillway.yaml', env, secrets });
}

function good(text: string, secrets?: ReadonlyMap<string, string | null>): Config {
  const loaded = load(text, secrets);
  if (loaded.kind === 'errors') assert.fail(loaded.errors.map(printError).join('\n'));
  return loaded.config;
}

function errors(
  text: string,
  secrets?: ReadonlyMap<string, string | null>,
  env?: Record<string, string>,
): readonly string[] {
  const loaded = load(text, secrets, env);
  return loaded.kind === 'errors' ? loaded.errors.map(printError) : [];
}

const ONE = `backends:\n  - { name: a, url: https://a.example, apiKey: "\${K1}" }\n`;

test('configFromYaml: fills in every default', () => {
  const config = good(ONE);
  assert.deepEqual(config.gateway, DEFAULT_GATEWAY);
  assert.deepEqual(config.clients, []);
  assert.deepEqual(config.fleet.openBackends, [
    { backend: config.fleet.backends[0], deploymentName: null, type: null, capacity: null, priority: 1, weight: 1 },
  ]);
});

test('configFromYaml: what nobody sets of strategy, quota and waiting is as the policy has it', () => {
  assert.deepEqual(good(ONE).policy, DEFAULT_POLICY);
  const some = good(`${ONE}waiting: { maxMs: { batch: 5 } }\nquota: { spillAt: { standard: 0.5 } }\n`).policy;
  assert.deepEqual(some.waiting, { ...DEFAULT_POLICY.waiting, maxMs: { ...DEFAULT_POLICY.waiting.maxMs, batch: 5 } });
  assert.deepEqual(some.quota.spillAt, { ...DEFAULT_POLICY.quota.spillAt, standard: 0.5 });
});

test('configFromYaml: a deployment knows its quota, and a pool how long is waited for it', () => {
  const { deployments, pools } = good(`
backends:
  - name: a
    url: https://a.example
    deployments:
      - { name: one, model: m, quotaKey: east, requestsPerMinute: 60 }
      - { name: two, model: m, quotaKey: east }
      - { name: three, model: m, quotaKey: west }
      - { name: four, model: m }
quotas: { east: { capacity: 500 }, west: {} }
pools: { patient: { members: [a/one], waitMsMax: 9000 } }
`).fleet;
  assert.deepEqual(
    deployments.map(({ quotaKey, requestsPerMinute }) => [quotaKey, requestsPerMinute]),
    [
      [{ name: 'east', capacity: 500 }, 60],
      [{ name: 'east', capacity: 500 }, null],
      [{ name: 'west', capacity: null }, null],
      [null, null],
    ],
  );
  assert.equal(pools.get('patient')?.waitMsMax, 9_000);
  assert.equal(pools.get('patient')?.members[0]?.quotaKey?.name, 'east');
  assert.equal(pools.get('m')?.waitMsMax, undefined);
});

test('configFromYaml: a name leads to a pool, then an alias, then the pool of a deployment', () => {
  const { pools, deployments } = good(`
backends:
  - name: a
    url: https://a.example
    deployments: [ { name: fast, model: m1 }, { name: m1, model: m2 }, { name: solo }, { name: shadowed, model: m2 } ]
  - name: b
    url: https://b.example
    deployments: [ { name: fast, model: m1 }, { name: solo } ]
aliases: { shadowed: m1, other: solo, by-deployment: fast }
`).fleet;
  const ids = (name: string) => pools.get(name)?.members.map(({ id }) => id);
  assert.deepEqual(ids('m1'), ['a/fast', 'b/fast'], 'the model, although a deployment is called so');
  assert.deepEqual(ids('m2'), ['a/m1', 'a/shadowed']);
  assert.deepEqual(ids('solo'), ['a/solo', 'b/solo'], 'no model: all of that name');
  assert.equal(pools.get('shadowed'), pools.get('m1'), 'the alias, although a deployment is called so');
  assert.equal(pools.get('fast'), pools.get('m1'));
  assert.equal(pools.get('by-deployment'), pools.get('m1'));
  assert.equal(pools.get('other')?.name, 'solo');
  assert.equal(pools.get('nothing'), undefined);
  assert.equal(deployments.length, 6);
});

test('configFromYaml: a pool may give its members other priorities and weights, under the same id', () => {
  const { pools, deployments } = good(`
backends: [ { name: a, url: https://a.example, deployments: [ { name: d, model: m, priority: 2, weight: 3 } ] } ]
pools: { p: { members: [ { deployment: a/d, priority: 5 } ] } }
`).fleet;
  assert.deepEqual(pools.get('p')?.members, [{ ...deployments[0], priority: 5 }]);
  assert.equal(pools.get('m')?.members[0]?.priority, 2);
  assert.equal(pools.get('p')?.members[0]?.backend, deployments[0]?.backend, 'the very backend');
});

test('configFromYaml: resources hold each backend once, as preferred as its best deployment', () => {
  const { resources } = good(`
backends:
  - { name: a, url: https://a.example, deployments: [ { name: x, priority: 4 }, { name: y, priority: 2 } ] }
  - { name: b, url: https://b.example, priority: 7, weight: 3 }
`).fleet;
  assert.deepEqual(
    resources.members.map(({ id, name, priority, weight }) => [id, name, priority, weight]),
    [
      ['a/', '', 2, 1],
      ['b/', '', 7, 3],
    ],
  );
});

test('configFromYaml: fills in secrets anywhere in a text, several in one', () => {
  const files = new Map([['/run/key', 'from a file\r\n\n'.replaceAll(' ', '-')]]);
  const config = good(
    `backends: [ { name: a, url: "https://\${K1}.\${K2}.example", apiKey: "\${file:/run/key}" }, { name: b, url: https://b.example, apiKey: "\${K2}" } ]`,
    files,
  );
  assert.equal(config.fleet.backends[0]?.url, 'https://first-secret.second-secret.example');
  const keys = config.fleet.backends.map(({ credential }) => (credential.kind === 'key' ? credential.key : null));
  assert.deepEqual(keys.slice(0, 2), ['from-a-file', 'second-secret']);
});

test('secretFilesIn: names each file once, from values only, and none where the text cannot be read', () => {
  const text = `# \${file:/comment}\na: "\${file:/one}\${file:/two}"\nb: [ "\${file:/one}", "\${file:relative}", "\${NAME}" ]\n`;
  assert.deepEqual(secretFilesIn(text), ['/one', '/two']);
  assert.deepEqual(secretFilesIn('a: ['), []);
});

const LIMITS: ReadonlyArray<readonly [name: string, got: () => readonly string[], want: RegExp]> = [
  [
    'text',
    () => errors(`${ONE}#${'x'.repeat(TEXT_CHARS_MAX)}`),
    /^spillway\.yaml:1:1: is longer than 262144 characters;/,
  ],
  ['key', () => errors(ONE, undefined, { K1: 'k'.repeat(KEY_CHARS_MAX + 1) }), /is longer than 4096 characters;/],
  [
    'secret',
    () => errors(ONE.replace('K1', 'file:/big'), new Map([['/big', 'k'.repeat(SECRET_CHARS_MAX + 1)]])),
    /names the file "\/big", which holds more than 65536 characters;/,
  ],
  [
    'depth of brackets',
    () => errors(`backends: ${'['.repeat(40)}${']'.repeat(40)}`),
    /is nested deeper than 32 levels;/,
  ],
  ['stack', () => errors('['.repeat(10_000)), /is nested deeper than 32 levels;/],
  [
    'values',
    () => errors(`a: &a [${'0,'.repeat(400)}]\nb: &b [${'*a,'.repeat(40)}]\nbackends: [${'*b,'.repeat(50)}]`),
    /holds more than 100000 values once its aliases are expanded;/,
  ],
  ['aliases', () => errors(`x: &x 1\nbackends: [${'*x,'.repeat(ALIASES_MAX + 1)}]`), /uses more than 100 aliases/],
  ['encoding', () => errors('b\0a\0c\0'), /is not UTF-8 text;/],
];

for (const [name, got, want] of LIMITS) {
  test(`configFromYaml: refuses what goes beyond the limit of ${name}, in one line`, () => {
    assert.equal(got().length, 1, got().join('\n'));
    assert.match(got()[0] ?? '', want);
  });
}

test('configFromYaml: reports at most so many errors', () => {
  const keys = Array.from({ length: FINDINGS_MAX + 1 }, (_, i) => `key-${i}: 1\n`);
  assert.equal(errors(`${ONE}${keys.join('')}`).length, FINDINGS_MAX);
});

test('configFromYaml: a secret of exactly the longest length is taken', () => {
  assert.deepEqual(errors(ONE, undefined, { K1: 'k'.repeat(KEY_CHARS_MAX) }), []);
});

test('configFromYaml: reports at most so many slips of syntax, one a line', () => {
  assert.equal(errors('a: @b\n'.repeat(100)).length, SYNTAX_ERRORS_MAX);
});

test('configFromYaml: neither errors nor descriptions hold a secret, wherever it is and whatever else is wrong', () => {
  const secret = fc.stringMatching(/^[!-~]{8,40}$/).filter((text) => !/[0]{8}/.test(text));
  const places = [
    `apiKey: "\${S}"`,
    `apiKey: "x\${S}"`,
    `url: "\${S}"`,
    `scope: "\${S}"`,
    `region: "\${S}"`,
    `type: "\${S}"`,
  ];
  const slips = ['', 'weight: 0', 'apiKey: plain', 'deployments: []', `priority: "\${S}"`, `capacity: [ "\${S}" ]`];
  fc.assert(
    fc.property(secret, fc.constantFrom(...places), fc.constantFrom(...slips), (value, place, slip) => {
      const url = place.startsWith('url') ? [] : ['url: https://a.example'];
      const entries = ['name: a', ...url, place, ...(slip === '' ? [] : [slip])];
      const text = `backends: [ { ${entries.join(', ')} } ]\nclients: [ { name: c, key: "\${S}" } ]\n`;
      const loaded = load(text, new Map(), { S: value });
      const [config, told] = loaded.kind === 'ok' ? [loaded.config, loaded.warnings] : [null, loaded.errors];
      const printed = [...told.map((error) => printError(error) + JSON.stringify(error)), JSON.stringify(told)];
      for (const line of printed) assert.ok(!line.includes(value), line);
      if (config !== null && /^(?:apiKey|type)/.test(place)) assert.ok(!describeConfig(config).includes(value));
    }),
  );
});

test('configFromYaml: names that every JavaScript object has are names like others', () => {
  const text = `${ONE}pools: { constructor: { toString: 1, members: [a/valueOf] } }\naliases: { hasOwnProperty: constructor }\n`;
  assert.deepEqual(
    errors(text).map((line) => line.replace(/^spillway.yaml:[\d:]+ ([^ ]+) .*/, '$1')),
    ['pools.constructor.toString:', 'pools.constructor.members[0]:'],
  );
});

test('configFromYaml: whatever the text, it answers', () => {
  const scrap = fc.constantFrom(
    'backends',
    ':',
    ' ',
    '\n',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '!',
    '"',
    "'",
    '|',
    '>',
    '#',
    `\${`,
    '}',
    'name',
    'url',
    '? ',
    '%',
    '---',
    '\t',
    '<<',
    '0',
    '__proto__',
    'constructor',
  );
  fc.assert(
    fc.property(fc.array(scrap, { maxLength: 40 }), (parts) => {
      const loaded = load(parts.join(''));
      if (loaded.kind === 'errors') assert.ok(loaded.errors.length > 0);
    }),
  );
});

test('docs/spillway.example.yaml: loads without errors or warnings', () => {
  const text = readFileSync(new URL('../../../docs/spillway.example.yaml', import.meta.url), 'utf8');
  const loaded = load(text, new Map([['/run/secrets/openai2', 'k2\n']]));
  assert.deepEqual(loaded.kind === 'errors' ? loaded.errors.map(printError) : loaded.warnings.map(printError), []);
  assert.deepEqual(secretFilesIn(text), ['/run/secrets/openai2']);
});

test('docs/spillway.example.yaml: what is commented out is the default', () => {
  const text = readFileSync(new URL('../../../docs/spillway.example.yaml', import.meta.url), 'utf8');
  const settings = text
    .slice(text.indexOf('timeouts:'))
    .replace(/^( *)# /gm, '$1')
    .replace('firstByteMs: 300000', 'firstByteMs: 100000');
  const config = good(`${ONE}${settings.replace(/ +# .*$/gm, '').replace(/^[A-Z].*$/gm, '')}`);
  assert.deepEqual(config, good(ONE));
});

test('docs/spillway.example.yaml: the prices that are commented out there are prices', () => {
  const text = readFileSync(new URL('../../../docs/spillway.example.yaml', import.meta.url), 'utf8');
  const commented = text.slice(text.indexOf('# prices:'), text.indexOf('# How long is waited'));
  const { prices } = good(`${ONE}${commented.replace(/^# /gm, '')}`);
  assert.deepEqual(prices?.perMillion('gpt-4o', 'GlobalStandard'), { input: 2.5, cachedInput: 1.25, output: 10 });
  assert.deepEqual(prices?.perMillion('gpt-4o', 'Standard'), { input: 2.75, cachedInput: 1.25, output: 11 });
});
