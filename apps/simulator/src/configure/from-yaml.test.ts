import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printError } from '@spillway/config';
import { planOf } from '../options.ts';
import { optionsFromYaml, type SimulatorLoaded, secretFilesOf } from './from-yaml.ts';

const ENV = { OPENAI1_KEY: 'secret-of-openai1', HOST: '127.0.0.1' };
const SECRETS = new Map([['/run/secrets/key2', 'secret-of-openai2\n']]);

function load(text: string): SimulatorLoaded {
  return optionsFromYaml({ text, file: 'simulator.yaml', env: ENV, secrets: SECRETS });
}

function errorsOf(text: string): readonly string[] {
  const loaded = load(text);
  return loaded.kind === 'errors' ? loaded.errors.map(printError) : [];
}

const GOOD = `
host: \${HOST}
port: 0
resources:
  - name: openai1
    key: \${OPENAI1_KEY}
    upstream: { url: https://openai1.openai.azure.com, key: "\${OPENAI1_KEY}" }
    deployments:
      - { name: chat-ptu, model: gpt-4o, type: GlobalProvisionedManaged, capacity: 15, spilloverDeploymentName: chat }
      - { name: chat, model: gpt-4o, type: GlobalStandard, capacity: 30 }
    answers:
      script:
        - { contains: price, answer: "It costs \${PRICE}." }
  - { name: openai2, keys: ["\${file:/run/secrets/key2}", second] }
  - { name: openai3, key: written-here }
models:
  - { name: gpt-9, contextTokens: 2000000, provisioned: { outputWeight: 6 } }
quotas:
  - { region: East US, model: gpt-4o, type: GlobalStandard, capacity: 20 }
faults:
  - { kind: status, status: 500, body: "\${NOT_A_VARIABLE}", startMs: 60000, lengthMs: 1000 }
recording: { mode: record, file: tape.jsonl, storeErrors: true, again: true }
`;

test('optionsFromYaml: a file says all that the library takes; answers and faults stand as they are', () => {
  const loaded = load(GOOD);
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  assert.deepEqual(loaded.warnings, []);
  const { host, port, resources, models, quotas, faults, recording } = planOf(loaded.options);
  assert.deepEqual([host, port, recording.mode, recording.file], ['127.0.0.1', 0, 'record', 'tape.jsonl']);
  assert.deepEqual(
    resources.map(({ facts }) => facts.keys),
    [['secret-of-openai1'], ['secret-of-openai2', 'second'], ['written-here']],
  );
  assert.deepEqual(resources[0]?.upstream, { url: 'https://openai1.openai.azure.com', key: 'secret-of-openai1' });
  assert.equal(resources[0]?.facts.answers.script[0]?.answer, `It costs \${PRICE}.`);
  assert.deepEqual([faults[0]?.body, faults[0]?.startMs], [`\${NOT_A_VARIABLE}`, 60_000]);
  assert.equal(models.facts('gpt-9').provisioned.outputWeight, 6);
  assert.equal(quotas[0]?.subscription, 'simulated');
});

test('optionsFromYaml: tells the keys that are named, as they are written, and not what they are', () => {
  const loaded = load(GOOD);
  assert.ok(loaded.kind === 'ok');
  assert.deepEqual(
    [...loaded.keysFrom],
    [
      ['openai1', `\${OPENAI1_KEY}`],
      ['openai2', `\${file:/run/secrets/key2}`],
    ],
  );
});

test('optionsFromYaml: every error at once, with its line, and no secret', () => {
  const errors = errorsOf(`resources:
  - name: openai1
    key: \${NO_SUCH}
    dialect: 2026
    upstream: { url: https://x.openai.azure.com, key: my-own-secret }
    deployments:
      - { name: chat-ptu, model: gpt-4o, type: GlobalProvisionedManaged, capacity: 15, spilloverDeploymentName: cht }
      - { name: chat, model: gpt-4o, tpm: 3 }
  - { name: openai1, latncy: {} }
faults:
  - { kind: outage, resource: openai3 }
backends: []
`);
  assert.deepEqual(
    errors.map((error) => error.slice(0, error.indexOf(': ')).replace('simulator.yaml:', '')),
    [
      '3:10 resources[0].key',
      '4:14 resources[0].dialect',
      '5:55 resources[0].upstream.key',
      '7:113 resources[0].deployments[0].spilloverDeploymentName',
      '8:9 resources[0].deployments[1].capacity',
      '8:38 resources[0].deployments[1].tpm',
      '9:13 resources[1].name',
      '9:22 resources[1].latncy',
      '11:31 faults[0].resource',
      '12:1 backends',
    ],
  );
  assert.doesNotMatch(errors.join('\n'), /my-own-secret/);
  assert.match(errors[1] ?? '', /write the year in quotes/);
  assert.match(errors[2] ?? '', /name it, do not write it here/);
});

test('optionsFromYaml: an empty file, a text and a slip in the syntax are told with a way out', () => {
  assert.match(errorsOf('').join(), /is empty; list a resource under "resources:", or start without --config/);
  assert.match(errorsOf('just text').join(), /is not a mapping; begin with "resources:"/);
  assert.match(errorsOf('resources: [').join(), /simulator\.yaml:1:/);
});

test('optionsFromYaml: a warning has its line', () => {
  const loaded = load('resources:\n  - name: a\n    deployments:\n      - { name: c, model: gpt-9, capacity: 1 }\n');
  assert.ok(loaded.kind === 'ok');
  assert.match(
    loaded.warnings.map(printError).join(),
    /^simulator\.yaml:4:27 resources\[0\]\.deployments\[0\]\.model: "gpt-9"/,
  );
});

test('secretFilesOf: names the files to be read, each once', () => {
  assert.deepEqual(secretFilesOf(GOOD), ['/run/secrets/key2']);
});
