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

interface Given {
  readonly name: string;
  readonly key?: string;
  readonly deployments: readonly DeploymentState[];
}

function running(resources: readonly Given[]): Running {
  return {
    adminUrl: 'http://127.0.0.1:9000',
    resources: resources.map(({ name, key = `key-of-${name}` }) => ({ name, key })),
    state: () => ({
      recording: 'generate',
      resources: resources.map(({ name, deployments }, index) => ({
        name,
        url: `http://127.0.0.1:${9001 + index}`,
        region: 'East US',
        running: true,
        deployments,
      })),
    }),
  };
}

function textOf(resources: readonly Given[], keysFrom: ReadonlyMap<string, string> = new Map()): string {
  return simulationText(simulationReport(running(resources), keysFrom, []));
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

Put a gateway in front:
export BACKEND_1_NAME=openai1 BACKEND_1_URL=http://127.0.0.1:9001 BACKEND_1_APIKEY=key-of-openai1
npx spillway gateway

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
  const report = simulationReport(given, new Map([['a', `\${KEY}`]]), ['hardly meant']);
  assert.doesNotMatch(JSON.stringify(report), /secret-1/);
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
    simulationText(simulationReport({ ...given, state: () => ({ ...given.state(), recording }) }, new Map(), []));
  assert.match(
    textIn('record'),
    /\n\nAnswers come from the recording, else from the upstream, and are then recorded\.\n\ncurl /,
  );
  assert.match(textIn('replay'), /\n\nAnswers come from the recording alone\.\n\ncurl /);
  assert.doesNotMatch(textIn('generate'), /Answers come/);
});
