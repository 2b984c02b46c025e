/** Requests by chance to the doors of Azure on the admin port: control plane, metrics, Entra ID; and to the page. */
import type { Chance } from './chance.ts';
import { hostileBody } from './hostile-json.ts';

export interface DoorRequest {
  /** A head without its end, then a body. */
  readonly bytes: Buffer;
  readonly method: string;
  /** Whether it comes from a page, or by a name, of another place: then it is refused by every door. */
  readonly foreign: boolean;
}

type Asking = readonly [method: string, path: string, body?: object | string];

const PROVIDER = 'providers/Microsoft.CognitiveServices';
const TENANT = '11111111-1111-4111-8111-111111111111';
const DEPLOYMENT = {
  sku: { name: 'Standard', capacity: 3 },
  tags: { a: '<img src=x onerror=alert(1)>' },
  properties: {
    model: { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' },
    raiPolicyName: 'Microsoft.DefaultV2',
    versionUpgradeOption: 'NoAutoUpgrade',
    spilloverDeploymentName: 'chat',
    scaleSettings: { capacity: 1 },
  },
};
const ACCOUNT = {
  location: 'eastus',
  kind: 'OpenAI',
  sku: { name: 'S0' },
  tags: { team: 'a' },
  properties: { disableLocalAuth: false, networkAcls: { ipRules: [] }, restore: true },
};
const NAMES = [
  'openai1',
  'chat',
  'ptu',
  'made1',
  'made2',
  'OPENAI1',
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  "x'; DROP TABLE objects; --",
  '<script>alert(1)</script>',
  'a\u0000b',
  'a\r\nx-injected: 1',
  '€',
  '..',
  'x'.repeat(300),
] as const;
const FOREIGN: readonly [string, ...string[]] = [
  'host: attacker.example',
  'host: [::1].attacker.example',
  'host: 127.0.0.1.attacker.example:80',
  'host: mine.eastus.cloudapp.azure.com',
];
const ORIGINS: readonly [string, ...string[]] = [
  'origin: https://attacker.example',
  'origin: null',
  'origin: http://127.0.0.1:1',
];
const TIMES = [
  'PT1H',
  'P93D',
  'P9999D',
  '0/0',
  '-271821-04-20T00:00:00Z/+275760-09-13T00:00:00Z',
  'P1D/P1D',
  'x',
] as const;
const FILTERS = [
  "ModelDeploymentName eq '*'",
  "StatusCode eq '*' and StreamType eq '*'",
  "constructor eq '*'",
  "Region ne '''",
  '((((',
  "a sw 'b' or ".repeat(300),
] as const;
const ASSERTIONS = [
  { sub: 'x' },
  { sub: 'x', exp: -1e300 },
  { sub: 'x', exp: 1e300 },
  { sub: 'x', exp: 'soon', nbf: {} },
  { sub: { toString: 1 } },
] as const;

export function hostileDoorRequest(chance: Chance): DoorRequest {
  const [usual, path, body] = askingOf(chance);
  const swapped = chance.oneIn(12) ? chance.of(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']) : usual;
  // The one that all others are about stays.
  const method = swapped === 'DELETE' && /accounts\/openai1\?/i.test(path) ? 'GET' : swapped;
  const isForm = typeof body === 'string';
  const text = body === undefined ? '' : isForm || chance.oneIn(20) ? textOf(chance, body) : hostileBody(chance, body);
  const bytes = Buffer.from(text);
  const reads = method === 'GET' || method === 'HEAD';
  const badHost = chance.oneIn(15);
  const badOrigin = !badHost && !reads && chance.oneIn(15);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    badHost ? chance.of(FOREIGN) : 'host: 127.0.0.1',
    ...(badOrigin ? [chance.of(ORIGINS)] : []),
    `content-type: ${isForm ? 'application/x-www-form-urlencoded' : 'application/json'}`,
    `content-length: ${bytes.length}`,
    'connection: close',
    ...extraHeaders(chance),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return { bytes: Buffer.concat([head, bytes]), method, foreign: badHost || badOrigin };
}

function textOf(chance: Chance, body: object | string): string {
  return typeof body === 'string' ? body : chance.of(['', 'null', '[]', '{', '\ufeff{}', JSON.stringify([body])]);
}

function extraHeaders(chance: Chance): readonly string[] {
  return [
    'authorization: Bearer e30.e30.x',
    'metadata: true',
    'x-identity-header: simulated-identity-header',
    'x-ms-client-request-id: \x80\xff\t"',
    'if-none-match: *',
    'accept: text/html',
    'authorization: Basic OjpAOiUlJSU=',
  ].filter((line) => !chance.oneIn(line.startsWith('authorization: Bas') ? 1 : 4));
}

function askingOf(chance: Chance): Asking {
  switch (chance.below(8)) {
    case 0:
    case 1:
      return deployments(chance);
    case 2:
      return accounts(chance);
    case 3:
      return catalogue(chance);
    case 4:
      return metrics(chance);
    case 5:
    case 6:
      return tokens(chance);
    default:
      return [
        'GET',
        chance.of(['/', '/ui', '/ui/..%2fadmin', '/ui/none', `/ui/${segment(chance)}`, '/metrics', '/admin/state']),
      ];
  }
}

function segment(chance: Chance): string {
  if (chance.oneIn(10)) return chance.of(['%', '%zz', '%c0%af', '%2e%2e%2f', '']);
  return encodeURIComponent(chance.oneIn(10) ? chance.text(20).toWellFormed() : chance.of(NAMES));
}

function version(chance: Chance): string {
  const versions: readonly [string, ...string[]] = ['', 'api-version=', 'api-version=%00', 'api-version=x'];
  return chance.oneIn(15) ? chance.of(versions) : 'api-version=2025-09-01';
}

function account(chance: Chance): string {
  const [sub, group] = ['simulated', 'simulated'].map((usual) => (chance.oneIn(15) ? segment(chance) : usual));
  const name = chance.oneIn(5) ? segment(chance) : chance.of(['openai1', 'openai1', 'made1', 'made2']);
  return `/subscriptions/${sub}/resourceGroups/${group}/${PROVIDER}/accounts/${name}`;
}

function deployments(chance: Chance): Asking {
  const name = chance.oneIn(3) ? segment(chance) : chance.of(['made1', 'made2', 'chat', 'constructor']);
  const one = `${account(chance)}/deployments/${name}?${version(chance)}`;
  const list = `${account(chance)}/deployments?${version(chance)}`;
  return chance.of<Asking>([
    ['PUT', one, DEPLOYMENT],
    ['PUT', one, { ...DEPLOYMENT, sku: { name: 'ProvisionedManaged', capacity: 50 } }],
    ['PATCH', one, DEPLOYMENT],
    ['DELETE', one],
    ['GET', one],
    ['GET', list],
  ]);
}

function accounts(chance: Chance): Asking {
  const at = `${account(chance)}?${version(chance)}`;
  const gone = `/subscriptions/simulated/${PROVIDER}/locations/eastus/resourceGroups/simulated/deletedAccounts/${segment(chance)}`;
  return chance.of<Asking>([
    ['PUT', at, ACCOUNT],
    ['PATCH', at, ACCOUNT],
    ['DELETE', at],
    ['POST', at.replace('?', '/regenerateKey?'), { keyName: 'Key1' }],
    ['POST', at.replace('?', '/listKeys?')],
    ['DELETE', `${gone}?${version(chance)}`],
    ['GET', `/subscriptions/simulated/${PROVIDER}/deletedAccounts?${version(chance)}`],
  ]);
}

function catalogue(chance: Chance): Asking {
  const sub = `/subscriptions/${chance.oneIn(4) ? segment(chance) : 'simulated'}/${PROVIDER}`;
  const id = `00000000-0000-4000-8000-${chance.below(50).toString(16).padStart(12, '0')}`;
  const [path, body] = chance.of<readonly [string, object?]>([
    [`/locations/${segment(chance)}/usages`],
    ['/locations/eastus/models'],
    [`/locations/${segment(chance)}/operations/${id}`],
    [`/locations/${segment(chance)}/operationResults/${id}`],
    [`/modelCapacities?modelFormat=OpenAI&modelName=${segment(chance)}&modelVersion=1&x=`],
    ['/locations/eastus/checkSkuAvailability', { kind: 'OpenAI', type: 'x', skus: ['S0', 'S1'] }],
    ['/checkDomainAvailability', { subdomainName: 'openai1', type: 't', kind: 'OpenAI' }],
    [
      '/calculateModelCapacity',
      {
        model: { format: 'OpenAI', name: 'gpt-4o' },
        skuName: 'ProvisionedManaged',
        workloads: [{ requestPerMinute: 5, requestParameters: { avgPromptTokens: 5, avgGeneratedTokens: 5 } }],
      },
    ],
  ]);
  const query = `${path.includes('?') ? '&' : '?'}${version(chance)}`;
  return body === undefined ? ['GET', sub + path + query] : ['POST', sub + path + query, body];
}

function metrics(chance: Chance): Asking {
  const names = chance.of([
    'AzureOpenAIRequests',
    'x',
    'AzureOpenAIProvisionedManagedUtilizationV2',
    'TokenTransaction,'.repeat(30),
  ]);
  const asked = [
    version(chance),
    `metricnames=${names}`,
    `timespan=${encodeURIComponent(chance.of(TIMES))}`,
    `interval=${chance.of(['PT1M', 'P1D', 'FULL', 'PT0M', ''])}`,
    `aggregation=${chance.of(['Total', 'Average,Count,Minimum,Maximum', '__proto__'])}`,
    `top=${chance.of(['1', '1000', '-1', '1e9'])}`,
    `orderby=${chance.of(['sum desc', 'constructor', ''])}`.replace(' ', '%20'),
    chance.of(['metricnamespace=Microsoft.CognitiveServices/accounts', 'metricnamespace=__proto__']),
    `${chance.of(['$filter', 'filter'])}=${encodeURIComponent(chance.of(FILTERS))}`,
  ].filter(() => !chance.oneIn(6));
  const query = asked.join('&');
  if (chance.oneIn(2)) {
    const what = chance.of(['metrics', 'metricDefinitions', 'metricNamespaces']);
    return ['GET', `${account(chance)}/providers/Microsoft.Insights/${what}?${query}`];
  }
  const resourceids = Array.from({ length: chance.below(60) }, () => account(chance));
  return ['POST', `/subscriptions/simulated/metrics:getBatch?${query}`, { resourceids }];
}

function tokens(chance: Chance): Asking {
  const tenant = chance.oneIn(8) ? segment(chance) : TENANT;
  const audience = chance.of(['https://ai.azure.com', 'https://127.0.0.1', 'x', '', 'https://[', 'javascript:1']);
  const claims = JSON.stringify(chance.of<object>([...ASSERTIONS]));
  const form = [
    'grant_type=client_credentials',
    'client_id=22222222-2222-4222-8222-222222222222',
    chance.of([
      'client_secret=simulated-secret',
      `client_assertion=e30.${Buffer.from(claims).toString('base64url')}.x`,
    ]),
    `scope=${encodeURIComponent(audience)}/.default`,
    `resource=${encodeURIComponent(audience)}`,
    `tenant=${segment(chance)}`,
  ].filter(() => !chance.oneIn(8));
  const asked = `resource=${encodeURIComponent(audience)}&${chance.of(['client_id=', 'object_id=x', 'msi_res_id=/a/b', ''])}`;
  return chance.of<Asking>([
    ['POST', `/${tenant}/oauth2/v2.0/token`, form.join('&')],
    ['POST', `/${tenant}/oauth2/token`, form.join('&')],
    ['GET', `/metadata/identity/oauth2/token?${asked}`],
    ['GET', `/msi/token?${asked}`],
    ['GET', `/${tenant}/v2.0/.well-known/openid-configuration`],
    ['GET', `/${tenant}/discovery/v2.0/keys`],
    ['GET', `/common/discovery/instance?authorization_endpoint=${segment(chance)}`],
  ]);
}
