/**
 * The Helm chart. `HELM_RENDER=1` renders it by Go's template engine and compares with the goldens, `UPDATE=1` besides writes them; what the
 * goldens say is checked always.
 */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configFromYaml } from '@spillway/config';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { renderHelm } from '../../apps/render/src/index.ts';
import {
  CHART,
  chartDigest,
  isRecord,
  NO_HELM,
  NO_HELM_ITSELF,
  objectsByName,
  Renderer,
  record,
  renderedByHelm,
  valuesWith,
} from './helm-chart.ts';

type Values = Readonly<Record<string, unknown>>;

/** Each with the file that holds what comes of it. The first one is for those who have no Helm. */
const SHAPES: Readonly<Record<string, { readonly file: string; readonly values: Values }>> = {
  'the chart as it is': { file: '../../deploy/kubernetes/gateway.yaml', values: {} },
  'two replicas with metrics': {
    file: 'golden/helm-replicas.yaml',
    values: {
      replicas: 2,
      metrics: { enabled: true, serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } },
    },
  },
  'scaling by itself': { file: 'golden/helm-autoscaling.yaml', values: { autoscaling: { enabled: true } } },
  'workload identity': {
    file: 'golden/helm-workload-identity.yaml',
    values: {
      workloadIdentity: {
        clientId: '11111111-2222-4333-8444-555555555555',
        tenantId: '66666666-2222-4333-8444-555555555555',
      },
      networkPolicy: { egress: [{ ports: [{ port: 6379, protocol: 'TCP' }] }] },
    },
  },
  'as little as can be': {
    file: 'golden/helm-least.yaml',
    values: {
      secretName: '',
      networkPolicy: { enabled: false },
      podDisruptionBudget: { enabled: false },
      image: { repository: 'registry.example/spillway', tag: '2.0.0' },
      imagePullSecrets: [{ name: 'pull' }],
      nodeSelector: { pool: 'small' },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      podAnnotations: { note: 'x' },
      podLabels: { team: 'ai' },
      extraEnv: [{ name: 'AZURE_AUTHORITY_HOST', value: 'https://login.microsoftonline.us' }],
    },
  },
};

const stored = (file: string): string => readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8');
const RENDER = 'HELM_RENDER=1 UPDATE=1 node --test test/deploy/helm.test.ts';
const HEAD = `# Generated from deploy/kubernetes/spillway by test/deploy/helm.test.ts. Do not edit.\n# Chart: sha256 ${chartDigest()}\n`;

/** For those who apply it by hand: Helm is not who manages it, and `rel` is the test's name for a release. */
function withoutHelm(rendered: string): string {
  const lines = rendered
    .split('\n')
    .filter((line) => !/^ *(?:app\.kubernetes\.io\/managed-by|helm\.sh\/chart):/.test(line));
  return lines.join('\n').replaceAll('rel-spillway', 'spillway').replaceAll('instance: rel\n', 'instance: spillway\n');
}

let renderer: Renderer | null = null;
before(() => {
  if (NO_HELM === false) renderer = new Renderer();
});
after(() => renderer?.close());

for (const [name, { file, values }] of Object.entries(SHAPES)) {
  test(`chart: ${name} is rendered as the golden has it`, { skip: NO_HELM }, () => {
    const rendered = renderer?.render(values) ?? '';
    const got = `${HEAD}${Object.keys(values).length === 0 ? withoutHelm(rendered) : rendered}`;
    if (process.env.UPDATE === '1') writeFileSync(fileURLToPath(new URL(file, import.meta.url)), got);
    assert.equal(got, stored(file));
  });

  test(`chart: ${name} is what Helm itself makes of it`, { skip: NO_HELM_ITSELF }, () => {
    const text = renderedByHelm(values);
    const got = objectsByName(Object.keys(values).length === 0 ? withoutHelm(text) : text);
    assert.deepEqual(new Map([...got].sort()), new Map([...objectsByName(stored(file))].sort()));
  });

  test(`chart: ${name} was rendered from the chart as it is now`, () => {
    const [, digest] = /^# Chart: sha256 ([0-9a-f]{64})$/m.exec(stored(file)) ?? [];
    assert.equal(digest, chartDigest(), `${file} is older than the chart; render it anew with ${RENDER}`);
  });

  test(`chart: ${name} is YAML without a doubled key, and every object has a kind and a name`, () => {
    const kinds = objectsOf(file).map((object) => `${String(object.kind)} ${String(record(object.metadata).name)}`);
    assert.equal(new Set(kinds).size, kinds.length);
    assert.ok(kinds.some((kind) => /^Deployment (?:rel-)?spillway$/.test(kind)));
  });

  test(`chart: ${name} fits values.schema.json`, () => {
    assert.deepEqual(schemaProblems(values), []);
  });

  test(`chart: ${name} runs as nobody in particular, on a file system that it cannot write to, and ends in time`, () => {
    const pod = record(record(specOf(file, 'Deployment').template).spec);
    const [container] = list(pod.containers);
    assert.deepEqual(record(container).securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.equal(record(pod.securityContext).runAsNonRoot, true);
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.terminationGracePeriodSeconds, 130);
    const paths = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) =>
      at(container, probe, 'httpGet', 'path'),
    );
    assert.deepEqual(paths, ['/readyz', '/readyz', '/livez']);
  });
}

function objectsOf(file: string): readonly Values[] {
  const documents = parseAllDocuments(stored(file), { uniqueKeys: true });
  return documents.flatMap((document) => {
    assert.deepEqual(document.errors, []);
    const value: unknown = document.toJS();
    return isRecord(value) ? [value] : [];
  });
}

function specOf(file: string, kind: string): Values {
  const found = objectsOf(file).find((object) => object.kind === kind);
  return record(found?.spec);
}

const kindsOf = (file: string): readonly string[] => objectsOf(file).map((object) => String(object.kind));
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((from: unknown, key) => (isRecord(from) ? from[key] : undefined), value);

function schemaProblems(values: Values): readonly string[] {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(
    JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')),
  );
  return validate(valuesWith(values))
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const WRONG: readonly Values[] = [
  { replica: 2 },
  { replicas: 0 },
  { replicas: '2' },
  { image: { repo: 'x' } },
  { image: { pullPolicy: 'always' } },
  { service: { type: 'Loadbalancer' } },
  { workloadIdentity: { clientId: 'not-an-id' } },
  { autoscaling: { enable: true } },
  { metrics: { serviceMonitor: { interval: '30' } } },
  { config: '' },
  { resources: { limits: { memory: '1GB' } } },
  { tolerations: [{ key: 'spot', operater: 'Exists' }] },
  { networkPolicy: { egress: [{ port: 6379 }] } },
  { networkPolicy: { egress: [{ ports: [{ port: 6379, protocol: 'tcp' }] }] } },
  { extraEnv: [{ name: 'A', valueForm: {} }] },
  { secretName: 'a..b' },
  { secretName: 'a.-b' },
  { secretName: 'a-.b' },
  { secretName: 'a.' },
];

for (const values of WRONG) {
  test(`values.schema.json: refuses ${JSON.stringify(values)}`, () => {
    assert.notDeepEqual(schemaProblems(values), []);
  });
}

test('objectsByName: the order of objects and the form of lists say nothing, a value does', () => {
  const objects = ['kind: A\nmetadata: { name: x }\nlist: [1]\n', 'kind: B\nmetadata: { name: x }\n'];
  const turned = '# Source: b\nkind: B\nmetadata:\n  name: x\n---\nkind: A\nmetadata:\n  name: x\nlist:\n- 1\n';
  const sorted = (text: string) => new Map([...objectsByName(text)].sort());
  assert.deepEqual(sorted(turned), sorted(objects.join('---\n')));
  assert.notDeepEqual(sorted(turned.replace('- 1', '- 2')), sorted(objects.join('---\n')));
});

test('renderedByHelm: asks for a release with the values on its input', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-helm-fake-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'helm');
  writeFileSync(program, '#!/bin/sh\necho "# $*"; cat\n', { mode: 0o755 });
  assert.equal(renderedByHelm({ replicas: 2 }, program), `# template rel ${CHART} --values -\nreplicas: 2\n`);
});

test('chartDigest: another byte in a template, the values or the schema is another digest', (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'spillway-chart-'));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(CHART, copy, { recursive: true });
  assert.equal(chartDigest(copy), chartDigest());
  const seen = new Set([chartDigest()]);
  for (const file of ['templates/deployment.yaml', 'templates/_helpers.tpl', 'values.yaml', 'values.schema.json']) {
    appendFileSync(join(copy, file), ' ');
    seen.add(chartDigest(copy));
  }
  assert.equal(seen.size, 5);
});

test('chart: what only some need is there only then', () => {
  const usual = ['ConfigMap', 'Deployment', 'NetworkPolicy', 'Service', 'ServiceAccount'];
  const more: Readonly<Record<string, readonly string[]>> = {
    'the chart as it is': [],
    'two replicas with metrics': ['PodDisruptionBudget', 'Service', 'ServiceMonitor'],
    'scaling by itself': ['HorizontalPodAutoscaler', 'PodDisruptionBudget'],
    'workload identity': [],
  };
  for (const [name, kinds] of Object.entries(more)) {
    assert.deepEqual([...kindsOf(SHAPES[name]?.file ?? '')].sort(), [...usual, ...kinds].sort(), name);
  }
  assert.ok(!kindsOf('golden/helm-least.yaml').includes('NetworkPolicy'));
});

test('chart: a scaled deployment names no number of replicas; its metric is one that the gateway has', () => {
  assert.equal(specOf('golden/helm-autoscaling.yaml', 'Deployment').replicas, undefined);
  const metric = 'spillway_exchanges_in_flight';
  assert.ok(stored('golden/helm-autoscaling.yaml').includes(`name: ${metric}`));
  assert.ok(stored('../../docs/metrics.md').includes(`\`${metric}\``));
});

test('chart: workload identity is told to the pod by its label, to the account by the client id', () => {
  const file = 'golden/helm-workload-identity.yaml';
  assert.equal(at(specOf(file, 'Deployment'), 'template', 'metadata', 'labels', 'azure.workload.identity/use'), 'true');
  const account = objectsOf(file).find(({ kind }) => kind === 'ServiceAccount');
  assert.match(String(at(account, 'metadata', 'annotations', 'azure.workload.identity/client-id')), /^1{8}-/);
});

test('chart: every selector finds the pods', () => {
  for (const { file } of Object.values(SHAPES)) {
    const labels = record(at(specOf(file, 'Deployment'), 'template', 'metadata', 'labels'));
    const selectors = objectsOf(file).flatMap(({ kind, spec }) => {
      const wanted =
        at(spec, 'selector', 'matchLabels') ?? at(spec, 'podSelector', 'matchLabels') ?? at(spec, 'selector');
      return isRecord(wanted) && kind !== 'ServiceMonitor' ? [wanted] : [];
    });
    for (const selector of selectors)
      for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value);
    assert.ok(selectors.length >= 2);
  }
});

test('chart: the gateway reads the configuration that comes with it', () => {
  const map = objectsOf('../../deploy/kubernetes/gateway.yaml').find(({ kind }) => kind === 'ConfigMap');
  const text = String(at(map, 'data', 'spillway.yaml'));
  const env = { CHAT_APP_KEY: 'a-key-for-tests-0123456789' };
  const read = configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
  assert.equal(read.kind, 'ok');
});

test('renderHelm: names of Secrets with dots and hyphens, up to the longest, are those that the chart takes', () => {
  for (const secretName of ['a', 'a-b.c--d', '0.1', `${'a'.repeat(251)}.b`]) {
    const [values] = renderHelm('a: b\n', { secretName });
    assert.deepEqual(schemaProblems(parse(values?.text ?? '')), [], secretName);
  }
});

test('renderHelm: keeps the configuration as it is, and lists the secrets that it names', () => {
  const text = '# ${NOT_THIS}\nbackends:\n  - { name: a, url: https://a.openai.azure.com, apiKey: "${A_KEY}" }\n';
  const [values, secret] = renderHelm(text, { clientId: '11111111-2222-4333-8444-555555555555' });
  assert.equal(values?.path, 'values.yaml');
  assert.equal(parse(values?.text ?? '').config, text);
  assert.deepEqual(schemaProblems(parse(values?.text ?? '')), []);
  assert.deepEqual(parse(secret?.text ?? '').stringData, { A_KEY: 'REPLACE', SPILLWAY_SEAL_KEY: 'REPLACE' });
});
