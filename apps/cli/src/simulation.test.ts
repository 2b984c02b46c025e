import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentState } from '@spillway/simulator';
import { type Running, simulationReport, simulationText } from './simulation.ts';

const DEPLOYMENT: DeploymentState = {
  name: 'chat',
  model: 'gpt-4o',
  modelVersion: '2024-11-20',
  type: 'Standard',
  capacity: 30,
  options: null,
  limits: { tokensPerMinute: 30_000, requestsPerMinute: 180, requestWindowMs: 10_000 },
  window: null,
  bucket: null,
  minutes: null,
  served: 0,
  refused: 0,
  active: 0,
};
const UNITS: DeploymentState = { ...DEPLOYMENT, name: 'ptu', type: 'ProvisionedManaged', capacity: 50, limits: null };
const VECTORS: DeploymentState = {
  ...DEPLOYMENT,
  name: 'vectors',
  model: 'text-embedding-3-small',
  modelVersion: null,
};

const SIGN_IN = {
  application: { AZURE_AUTHORITY_HOST: 'https://127.0.0.1:9000', AZURE_CLIENT_SECRET: 'secret-3' },
  app: null,
  machine: null,
};

const NOTHING_TOLD = { keysFrom: new Map<string, string>(), warnings: [], showsSignIn: true };

interface Given {
  readonly name: string;
  readonly key?: string;
  readonly deployments: readonly DeploymentState[];
}

function running(resources: readonly Given[]): Running {
  return {
    adminUrl: 'http://127.0.0.1:9000',
    adminHttpsUrl: null,
    tls: null,
    signIn: SIGN_IN,
    resources: resources.map(({ name, key = `key-of-${name}` }) => ({ name, httpsUrl: null, key })),
    state: () => ({
      recording: 'generate',
      resources: resources.map(({ name, deployments }, index) => ({
        name,
        url: `http://127.0.0.1:${9001 + index}`,
        subscription: 'simulated',
        resourceGroup: 'simulated',
        region: 'East US',
        running: true,
        deployments,
      })),
    }),
  };
}

function textOf(resources: readonly Given[], keysFrom: ReadonlyMap<string, string> = new Map()): string {
  return simulationText(simulationReport(running(resources), { ...NOTHING_TOLD, keysFrom }));
}

test('simulationText: shows resources, deployments with their quota, one request, a gateway in front, and the admin port', () => {
  assert.equal(
    textOf([{ name: 'openai1', deployments: [UNITS, DEPLOYMENT] }]),
    `resource  url                    key             region
openai1   http://127.0.0.1:9001  key-of-openai1  East US

deployment    model              type                            quota  requests/min
openai1/ptu   gpt-4o 2024-11-20  ProvisionedManaged             50 PTU             -
openai1/chat  gpt-4o 2024-11-20  Standard            30,000 tokens/min           180

curl http://127.0.0.1:9001/openai/v1/chat/completions -H 'api-key: key-of-openai1' \\
  -H 'content-type: application/json' \\
  -d '{"model":"ptu","messages":[{"role":"user","content":"Hello"}]}'

Load it, then open report/report.html:
OPENAI_API_KEY=key-of-openai1 npx spillway bench load http://127.0.0.1:9001 -e ptu --rate 20 --duration 30 --out report

Put a gateway in front:
export BACKEND_1_NAME=openai1 BACKEND_1_URL=http://127.0.0.1:9001 BACKEND_1_APIKEY=key-of-openai1
npx spillway gateway

Create a deployment as on Azure, here or at http://127.0.0.1:9000/ in a browser, which shows quota and utilisation too:
npx spillway deployments create --endpoint http://127.0.0.1:9000 --name openai1 \\
  --resource-group simulated --deployment-name my-ptu --model-name gpt-4o --model-version 2024-11-20 \\
  --model-format OpenAI --sku-name ProvisionedManaged --sku-capacity 100

Make it misbehave, and see what it is doing:
curl -X POST http://127.0.0.1:9000/admin/resources/openai1/deployments/ptu/throttle -d '{"seconds":30}'
curl -X POST http://127.0.0.1:9000/admin/resources/openai1/stop
curl -X POST http://127.0.0.1:9000/admin/faults -d '{"kind":"status","status":503,"times":3}'
curl http://127.0.0.1:9000/admin/state
curl http://127.0.0.1:9000/admin
`,
  );
});

test('simulationText: a key that the file names is shown by its name, in the tongue of the shell', () => {
  const keysFrom = new Map([
    ['a', `\${OPENAI1_KEY}`],
    ['b', `\${file:/run/secrets/b}`],
  ]);
  const text = textOf(
    [
      { name: 'a', key: 'secret-1', deployments: [DEPLOYMENT] },
      { name: 'b', key: 'secret-2', deployments: [] },
    ],
    keysFrom,
  );
  assert.doesNotMatch(text, /secret-\d/);
  assert.ok(text.includes(`-H "api-key: \${OPENAI1_KEY}"`), text);
  assert.ok(text.includes(`BACKEND_1_APIKEY="\${OPENAI1_KEY}"`), text);
  assert.ok(text.includes(`BACKEND_2_APIKEY="$(cat /run/secrets/b)"`), text);
});

test('simulationText: the deployment to create is in the group and subscription of the first resource; without one there is none', () => {
  const given = running([{ name: 'a', deployments: [] }]);
  const state = given.state();
  const resources = state.resources.map((resource) => ({
    ...resource,
    subscription: 'mine',
    resourceGroup: 'my-group',
  }));
  const elsewhere = { ...given, state: () => ({ ...state, resources }) };
  const text = simulationText(simulationReport(elsewhere, NOTHING_TOLD));
  assert.match(text, /create --endpoint \S+ --subscription mine --name a \\\n {2}--resource-group my-group /);
  assert.doesNotMatch(textOf([]), /deployments create/);
});

test('simulationText: what the shell would read otherwise is quoted', () => {
  const text = textOf([{ name: 'a', key: "it's$1", deployments: [DEPLOYMENT] }]);
  assert.ok(text.includes(`BACKEND_1_APIKEY='it'\\''s$1'`), text);
  assert.ok(text.includes(`-H 'api-key: it'\\''s$1'`), text);
});

test('simulationText: asks a deployment that embeds for vectors where there is no other, and nothing where there is none', () => {
  const text = textOf([
    { name: 'a', deployments: [] },
    { name: 'b', deployments: [VECTORS] },
  ]);
  assert.match(text, /curl http:\/\/127\.0\.0\.1:9002\/openai\/v1\/embeddings .*"model":"vectors","input":"Hello"/s);
  assert.doesNotMatch(textOf([{ name: 'a', deployments: [] }]), /\/openai\/v1\//);
});

test('simulationText: beyond 20 resources and 40 deployments it counts the rest', () => {
  const resources = Array.from({ length: 30 }, (_, index) => ({
    name: `r${index}`,
    deployments: [DEPLOYMENT, VECTORS, UNITS],
  }));
  const text = textOf(resources);
  assert.match(text, /… and 10 more resources: curl http:\/\/127\.0\.0\.1:9000\/admin\/resources/);
  assert.match(text, /… and 50 more deployments/);
  assert.equal(text.match(/^export /gm)?.length, 20);
});

test('simulationReport: says as JSON all that the text says, and no key that the file names', () => {
  const given = running([
    { name: 'a', key: 'secret-1', deployments: [DEPLOYMENT] },
    { name: 'b', deployments: [UNITS] },
  ]);
  const report = simulationReport(given, {
    keysFrom: new Map([['a', `\${KEY}`]]),
    warnings: ['hardly meant'],
    showsSignIn: false,
  });
  assert.doesNotMatch(JSON.stringify(report), /secret-[13]/);
  assert.deepEqual(
    report.resources.map(({ key, keyFrom }) => [key, keyFrom]),
    [
      [null, `\${KEY}`],
      ['key-of-b', null],
    ],
  );
  const [chat] = report.resources[0]?.deployments ?? [];
  assert.deepEqual([chat?.tokensPerMinute, chat?.requestsPerMinute], [30_000, 180]);
  assert.deepEqual([report.resources[1]?.deployments[0]?.tokensPerMinute, report.warnings], [null, ['hardly meant']]);
});

test('simulationText: says where answers come from, unless they are made up', () => {
  const given = running([{ name: 'openai1', deployments: [DEPLOYMENT] }]);
  const textIn = (recording: 'generate' | 'record' | 'replay'): string =>
    simulationText(simulationReport({ ...given, state: () => ({ ...given.state(), recording }) }, NOTHING_TOLD));
  assert.match(
    textIn('record'),
    /\n\nAnswers come from the recording, else from the upstream, and are then recorded\.\n\ncurl /,
  );
  assert.match(textIn('replay'), /\n\nAnswers come from the recording alone\.\n\ncurl /);
  assert.doesNotMatch(textIn('generate'), /Answers come/);
});

test('simulationText: with TLS it says what to trust, and how to sign in where everybody may', () => {
  const given: Running = {
    ...running([{ name: 'openai1', deployments: [DEPLOYMENT] }]),
    adminHttpsUrl: 'https://127.0.0.1:9000',
    tls: { caFile: '/tmp/my ca.pem' },
  };
  const text = simulationText(simulationReport(given, NOTHING_TOLD));
  assert.match(text, /https too; .* at https:\/\/127\.0\.0\.1:9000\./);
  assert.match(text, /\nexport NODE_EXTRA_CA_CERTS='\/tmp\/my ca\.pem'\n/);
  assert.match(text, /\nexport AZURE_AUTHORITY_HOST=https:\/\/127\.0\.0\.1:9000 AZURE_CLIENT_SECRET=secret-3\n/);
  assert.match(text, /@azure\/identity needs the option disableInstanceDiscovery: true/);
  const guarded = simulationText(simulationReport(given, { ...NOTHING_TOLD, showsSignIn: false }));
  assert.doesNotMatch(guarded, /secret-3|AZURE_/);
  assert.doesNotMatch(textOf([{ name: 'openai1', deployments: [DEPLOYMENT] }]), /https|AZURE_/);
});
