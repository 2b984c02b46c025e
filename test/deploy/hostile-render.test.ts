/**
 * Configurations by somebody careless or hostile, rendered: nothing that is data breaks out of its place, in XML, C#, ARM, Bicep or YAML.
 * What may be free text in a configuration is little (content filters, claims of tokens, addresses); the rest is refused when it is read.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Config, configFromYaml } from '@spillway/config';
import { renderContainerApps, renderHelm } from '@spillway/render';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { evaluateTemplate } from '../../apps/render/src/arm/evaluate.ts';
import { configOf } from './apim/fleets.ts';
import { fileOf, rendered } from './apim/rendered.ts';
import { everyElement, readPolicy } from './apim/tree.ts';
import { asObject } from './arm-schemas.ts';
import { at, predict } from './container-apps-fleets.ts';
import { NO_HELM, Renderer } from './helm-chart.ts';

const TENANT = '11111111-2222-3333-4444-555555555555';

/** Each of up to 128 characters, as long as the name of a content filter may be. */
const NASTY: readonly string[] = [
  "'",
  '"',
  '\\',
  "\\'",
  '${x}',
  "'${resourceGroup().id}'",
  '@(context.Request.Body)',
  ']]>',
  '<!--',
  '&amp;',
  'one\ntwo',
  'one\r\ntwo',
  "one\r')\nparam x string = '",
  'tab\tnul\u0000esc\u001b[31m',
  'next\u0085line\u2028line\u2029end',
  "[parameters('x')]",
  '[',
  '[half',
  '[[twice]]',
  '[]',
  '{0}{{1}}',
  '{{ .Values.x }}',
  '%0a',
  "'''",
  '//',
  '/*',
  '__proto__',
  'e\u0301\u0430\u202e',
  'x'.repeat(128),
];

function fleet(filter = 'none', more = ''): string {
  const deployment = { name: 'chat', model: 'gpt-4o', modelVersion: '1', type: 'Standard', capacity: 1 };
  const backend = { name: 'one', url: 'https://one.openai.azure.com', region: 'eastus' };
  return `backends: ${JSON.stringify([{ ...backend, deployments: [{ ...deployment, contentFilter: filter }] }])}\n${more}`;
}

/** The content filter comes by a variable, since `${x}` in a file would name one. */
function fleetOf(filter: string): Config {
  const env = { FILTER: filter };
  const read = configFromYaml({ text: fleet('${FILTER}'), file: 'spillway.yaml', env, secrets: new Map() });
  assert.equal(read.kind, 'ok');
  return read.config;
}

/** A text of Bicep, with what stands for characters in it read back. Source: Microsoft Learn, "Data types in Bicep", strings. */
function readBicep(literal: string): string {
  assert.match(literal, /^'(?:[^'\\$\p{Cc}]|\$(?!\{)|\\(?:[\\'nrt]|\$\{|u\{[0-9a-f]{1,6}\}))*'$/u);
  const named: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return literal
    .slice(1, -1)
    .replace(/\\(?:u\{([0-9a-f]+)\}|(.))/g, (_, code: string | undefined, one = '') =>
      code === undefined ? (named[one] ?? one) : String.fromCodePoint(Number.parseInt(code, 16)),
    );
}

for (const filter of NASTY) {
  test(`renderApim: a content filter called ${JSON.stringify(filter)} is that to Azure, and to a reader of Bicep`, () => {
    const files = rendered(fleetOf(filter), { provision: true });
    const { resources } = evaluateTemplate(asObject(JSON.parse(fileOf(files, 'infra/main.json'))), {
      parameters: { environmentName: 'e', location: 'eastus' },
    });
    const made = resources.find(({ type }) => type === 'Microsoft.CognitiveServices/accounts/deployments');
    assert.equal(at(made?.resource ?? {}, 'properties', 'raiPolicyName'), filter);
    const lines = fileOf(files, 'infra/bicep/resources.bicep').split('\n');
    const told = lines.flatMap((line) => /^ +raiPolicyName: (.*)$/.exec(line)?.[1] ?? []);
    assert.deepEqual(told.map(readBicep), [filter]);
  });

  test(`renderContainerApps: a content filter called ${JSON.stringify(filter)} arrives as that`, () => {
    const file = renderContainerApps(fleetOf(filter)).find(({ path }) => path.endsWith('main.bicepparam'));
    const lines = (file?.text ?? '').trimEnd().split('\n');
    for (const line of lines) assert.match(line, /^(?:\/\/ |using |param |$)/);
    const [literal = ''] = lines.flatMap((line) => /'OPENAI_INSTANCES', ('.*')\)\)$/.exec(line)?.[1] ?? []);
    const { resources } = predict('gateway', { openAiInstances: JSON.parse(readBicep(literal)) });
    const made = resources.find(({ symbol }) => symbol === 'modelDeployments');
    assert.equal(at(made?.resource ?? {}, 'properties', 'raiPolicyName'), filter);
  });
}

const withClaims = (claims: string): string =>
  fleet('none', `clients: [{ name: app }]\nsignIn: [{ client: app, tenant: ${TENANT}, ${claims} }]\n`);

for (const text of ['@(1+1)', '@{return', 'api://a/{{identity-client-id}}', 'x@(context.Request.Body.As<string>())']) {
  for (const key of ['audiences', 'applications', 'roles']) {
    test(`renderApim: ${key} with ${text}, which API Management would run, are refused`, () => {
      const rest = key === 'audiences' ? '' : ', audiences: [good]';
      const config = configOf(withClaims(`${key}: [${JSON.stringify(text)}]${rest}`));
      assert.throws(() => rendered(config), {
        message: new RegExp(
          `^signIn of app: ${key}: .* which API Management would run; correct it, or remove the entry`,
        ),
      });
    });
  }
}

test('renderApim: claims of any other characters stand in the policy as they are', () => {
  const claims = ['"', "'", ']]>', '<!--', '&amp;', '<a/>', '%0a', '\\', '@', '{', '-->', `a${'x'.repeat(400)}`];
  const list = JSON.stringify(claims);
  const config = configOf(withClaims(`audiences: ${list}, applications: ${list}, roles: ${list}`));
  const elements = [...everyElement(readPolicy(fileOf(rendered(config), 'infra/policy.xml')))];
  const texts = (name: string) => elements.filter((element) => element.name === name).map(({ text }) => text);
  assert.deepEqual(texts('audience'), claims);
  assert.deepEqual(texts('application-id'), claims);
  for (const claim of claims) assert.ok(texts('value').includes(claim), claim);
});

test('renderApim: an address with quotes, dollars and expressions in its path stays an address', () => {
  const url = "https://one.openai.azure.com/$'a'&@(b)/(c)";
  const files = rendered(configOf(fleet().replace('https://one.openai.azure.com', () => url)));
  const { resources } = evaluateTemplate(asObject(JSON.parse(fileOf(files, 'infra/main.json'))), {
    parameters: { environmentName: 'e', location: 'eastus' },
  });
  const made = resources.find(({ type }) => type === 'Microsoft.ApiManagement/service/backends');
  assert.equal(at(made?.resource ?? {}, 'properties', 'url'), `${url}/openai/deployments/chat`);
});

test('renderApim: those who may come by object id are listed beside applications, and are the default of the parameter', () => {
  const files = rendered(configOf(withClaims(`azureTokens: true, applications: [app-1], principals: [oid-1, oid-2]`)));
  assert.match(fileOf(files, 'infra/main.bicepparam'), /'ALLOWED_PRINCIPALS', 'oid-1,oid-2'\)/);
  const policy = fileOf(files, 'infra/policy.xml');
  assert.match(policy, /<application-id>app-1</);
  assert.match(policy, /!\(&quot;,\{\{allowed-principals\}\},&quot;\)\.Contains/);
  const evil = configOf(withClaims("azureTokens: true, principals: ['a\")||(true']"));
  assert.throws(() => rendered(evil), /signIn of app: principals: .* is not an object id/);
});

test('renderApim: a list of principals out of the environment cannot end the text of C# that it becomes part of', () => {
  const files = rendered(configOf(withClaims('azureTokens: true')));
  const { resources } = evaluateTemplate(asObject(JSON.parse(fileOf(files, 'infra/main.json'))), {
    parameters: {
      environmentName: 'e',
      location: 'eastus',
      principalId: 'me',
      allowedPrincipals: 'a, b",c)||(true\\\n&quot;<x>{{y}}@(1)\'',
    },
  });
  const value = resources.find(({ name }) => name.endsWith('/allowed-principals'));
  assert.equal(at(value?.resource ?? {}, 'properties', 'value'), 'me,a,b,c)||(truequot;xy(1)');
});

test('renderApim: what is more than Azure takes is refused, with what to render fewer of', () => {
  const aliases = (count: number) =>
    fleet(
      'none',
      `aliases: { ${Array.from({ length: count }, (_, i) => `a${i}${'x'.repeat(100)}: gpt-4o`).join(', ')} }\n`,
    );
  assert.doesNotThrow(() => rendered(configOf(aliases(1_000))));
  assert.throws(
    () => rendered(configOf(aliases(2_000))),
    /the policy has \d+ bytes, and API Management takes 262144; render fewer/,
  );
  const deployments = (count: number) =>
    `backends: ${JSON.stringify([{ name: 'one', url: 'https://one.openai.azure.com', deployments: Array.from({ length: count }, (_, i) => ({ name: `d${i}`, model: 'gpt-4o' })) }])}`;
  assert.doesNotThrow(() => rendered(configOf(deployments(700))));
  assert.throws(
    () => rendered(configOf(deployments(800))),
    /the template has \d{3} resources, and Azure takes 800; render fewer/,
  );
});

/** Where a name stands, and what is written there. */
const PLACES: readonly (readonly [place: string, file: (text: string) => string])[] = [
  ['a backend', (text) => fleet().replace('"name":"one"', () => `"name":${text}`)],
  ['a region', (text) => fleet().replace('"eastus"', () => text)],
  ['a deployment', (text) => fleet().replace('"name":"chat"', () => `"name":${text}`)],
  ['a model', (text) => fleet().replace('"gpt-4o"', () => text)],
  ['an address', (text) => fleet().replace('"https://one.openai.azure.com"', () => text)],
  ['a client', (text) => fleet('none', `clients: [{ name: ${text}, key: "\${CHAT_APP_KEY}" }]\n`)],
  ['a tenant', (text) => withClaims('azureTokens: true').replace(TENANT, () => text)],
  ['an alias', (text) => fleet('none', `aliases: { ${text}: gpt-4o }\n`)],
];

test('configFromYaml: names that are none are refused, wherever they stand, before anything is rendered', () => {
  const bad = NASTY.filter((text) => !/^(?:x+|__proto__)$/.test(text)).concat('...', '-a', 'a b', 'а'.repeat(3));
  for (const [place, file] of PLACES) {
    for (const text of [...bad, 'x'.repeat(3_000)]) {
      const read = configFromYaml({
        text: file(JSON.stringify(text)),
        file: 'spillway.yaml',
        env: { CHAT_APP_KEY: 'a-key-for-the-chat-app' },
        secrets: new Map(),
      });
      assert.equal(read.kind, 'errors', `${place} called ${JSON.stringify(text).slice(0, 40)}`);
    }
  }
});

test('renderContainerApps: names that Azure does not take, or has already, become others, and the page says which', () => {
  const names = ['Eu.West', 'eu-west', 'eu_west', '9', `a${'B'.repeat(63)}`];
  const backends = names.map((name, i) => ({ name, url: `https://b${i}.example.com`, region: 'eastus' }));
  const artefacts = renderContainerApps(configOf(`backends: ${JSON.stringify(backends)}`));
  const told = artefacts.find(({ path }) => path === 'gateway/infra/left-out.md')?.text ?? '';
  assert.match(told, /the name Eu\.West: .* it is eu-west here\n- the name eu-west: .* it is eu-west-2 here/);
  assert.match(told, /- Eu\.West lists no deployments: it gets the usual two, chat and embedding/);
});

test('renderContainerApps: whatever backends are called, their resources have legal names, each its own', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8, selector: (one) => one.toLowerCase() }), (names) => {
      const backends = names.map((one, i) => ({ name: one, url: `https://b${i}.example.com`, region: 'eastus' }));
      const config = configOf(`backends: ${JSON.stringify(backends)}`);
      const file = renderContainerApps(config).find(({ path }) => path.endsWith('main.bicepparam'));
      const [, json = ''] = /'OPENAI_INSTANCES', '(.*)'\)\)/.exec(file?.text ?? '') ?? [];
      const { resources } = predict('gateway', { openAiInstances: JSON.parse(json) });
      const accounts = resources.filter(({ type }) => type === 'Microsoft.CognitiveServices/accounts');
      assert.equal(new Set(accounts.map((one) => one.name.toLowerCase())).size, names.length);
      for (const one of accounts) assert.match(one.name, /^(?=.{2,64}$)[a-z0-9]+(?:-[a-z0-9]+)*$/);
    }),
    { numRuns: 40 },
  );
});

test('renderContainerApps: what of the configuration is not taken over is told, and defaults are not', () => {
  const more = `pools: { own: { members: [one/chat] } }
timeouts: { firstByteMs: 5000 }
prices: { asOf: "2026-11-21", source: a test, currency: EUR, prices: [{ model: gpt-4o, input: 1 }] }
clients: [{ name: app, key: "\${CHAT_APP_KEY}" }]
signIn: [{ client: app, tenant: ${TENANT}, azureTokens: true, applications: [a] }]
`;
  const pageOf = (text: string) =>
    renderContainerApps(configOf(text)).find(({ path }) => path.endsWith('left-out.md'))?.text ?? '';
  assert.equal(
    pageOf(fleet('none', more)),
    `# Of the configuration, not in force in Container Apps

- resources: new ones are made, each with an address of its own and without keys; those at the addresses of the configuration are not asked
- client app, with its keys and bounds: there is one client, chat-app, whose key is GATEWAY_KEY
- sign-in of app: list who may come in GATEWAY_PRINCIPALS
- the pool or alias own: clients ask for names of models and deployments
- settings: timeouts, prices
`,
  );
  assert.equal(pageOf(fleet()).match(/^- /gm)?.length, 1);
});

/** Texts of a configuration that is good YAML, each with something in it that a template or another reader of YAML could trip over. */
const FILES: readonly string[] = [
  ...NASTY.filter((text) => !/[\u0085\u2028\u2029]/.test(text)).map((text) => fleet(text)),
  '# {{ .Values.secretName }} {{ fail "x" }}\n---\nbackends: []\n',
  '    # the first line is far in\nbackends: []\n',
  'backends: []\n\n\n',
  '\n\nbackends: []',
  'a: b\n...\n',
];

for (const text of FILES) {
  test(`renderHelm: keeps ${JSON.stringify(text).slice(0, 60)} as it is, in one document`, () => {
    const [values, secret] = renderHelm(text);
    assert.equal(parseAllDocuments(values?.text ?? '').length, 1);
    assert.equal(parse(values?.text ?? '').config, text);
    assert.equal(parse(secret?.text ?? '').kind, 'Secret');
  });
}

let renderer: Renderer | null = null;
before(() => {
  if (NO_HELM === false) renderer = new Renderer();
});
after(() => renderer?.close());

test('chart: keeps every configuration within its ConfigMap, and runs nothing of it', { skip: NO_HELM }, () => {
  for (const text of FILES) {
    const documents = parseAllDocuments(renderer?.render({ config: text }) ?? '');
    assert.deepEqual(
      documents.flatMap(({ errors }) => errors),
      [],
    );
    const map = documents.map((document) => document.toJS()).find(({ kind }) => kind === 'ConfigMap');
    assert.deepEqual(Object.keys(map.data), ['spillway.yaml']);
    assert.equal(map.data['spillway.yaml'].trim(), text.trim());
  }
});

/** To Kubernetes' reader of YAML they end a line; what stands behind them would be outside of the text. */
for (const end of ['\r', '\u0085', '\u2028', '\u2029']) {
  const text = `backends: [] #${end}immutable: true\n`;
  test(`renderHelm: a line end that is none everywhere, ${JSON.stringify(end)}, is refused with its line`, () => {
    assert.throws(() => renderHelm(`# one\n${text}`), /^Error: line 2 has a line end that is none everywhere/);
  });
}

/** (U+0085 does not come so far: Helm's reader of values has made a plain line end of it.) */
for (const end of ['\r', '\u2028', '\u2029']) {
  test(`chart: a line end that is none everywhere, ${JSON.stringify(end)}, is refused`, { skip: NO_HELM }, () => {
    const config = `backends: [] #${end}immutable: true\n`;
    assert.throws(() => renderer?.render({ config }), /save it with plain line ends/);
  });
}

test('renderHelm: line ends of Windows become plain ones', () => {
  assert.equal(parse(renderHelm('a: b\r\nc: d\r\n')[0]?.text ?? '').config, 'a: b\nc: d\n');
});

test('renderHelm: refuses what is no name of a Secret and no client id', () => {
  for (const secretName of [
    'a b',
    'x }, foo: { y',
    'A',
    '',
    '{{ . }}',
    'a'.repeat(254),
    'a..b',
    'a.-b',
    'a-.b',
    '.a',
    'a.',
  ]) {
    assert.throws(() => renderHelm('a: b\n', { secretName }), /is no name of a Secret/);
  }
  for (const clientId of ['me', `${TENANT}\nx: y`, '"']) {
    assert.throws(() => renderHelm('a: b\n', { clientId }), /is not the id of an identity/);
  }
});
