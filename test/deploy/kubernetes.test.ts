/** What the chart renders, and the manifest for those without Helm, against closed schemas; and planted mistakes, which all must be found. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { renderHelm } from '../../apps/render/src/index.ts';
import { pageOf, ROOT } from './documents.ts';
import { CHART, isRecord } from './helm-chart.ts';
import { danglingIn } from './kubernetes-references.ts';
import { KNOWN_KINDS, schemaProblemsOf } from './kubernetes-schema.ts';

const MANIFEST = 'deploy/kubernetes/gateway.yaml';
const RENDERED = [MANIFEST, ...globSync('test/deploy/golden/helm-*.yaml', { cwd: ROOT }).sort()];

function problemsIn(text: string): readonly string[] {
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  const values = documents.map((document): unknown => document.toJS()).filter((value) => value !== null);
  const broken = documents.flatMap(({ errors }) => errors.map(({ message }) => message));
  return [...broken, ...values.flatMap(schemaProblemsOf), ...danglingIn(values.filter(isRecord))];
}

for (const file of RENDERED) {
  test(`${file}: fits the closed schemas, and every name in it leads somewhere`, () => {
    assert.deepEqual(problemsIn(pageOf(file)), []);
  });
}

test('kubernetes-schema: has a golden of every kind but the Secret, which is not the chart’s', () => {
  const kinds = RENDERED.flatMap((file) => [...pageOf(file).matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind));
  assert.deepEqual([...new Set(kinds)].sort(), KNOWN_KINDS.filter((kind) => kind !== 'Secret').sort());
  assert.equal(RENDERED.length, 5);
});

test('renderHelm: the Secret that it leaves to be filled in fits its schema', () => {
  const [, secret] = renderHelm('clients: [{ name: a, key: "${A_KEY}" }]\n');
  assert.deepEqual(schemaProblemsOf(parse(secret?.text ?? '')), []);
});

const REPLICAS = 'test/deploy/golden/helm-replicas.yaml';
const AUTOSCALING = 'test/deploy/golden/helm-autoscaling.yaml';
const LEAST = 'test/deploy/golden/helm-least.yaml';

/** A slip of the pen, and where it is said to be. */
const TYPOS: ReadonlyArray<readonly [file: string, before: string, after: string, place: RegExp]> = [
  [MANIFEST, 'apiVersion: apps/v1', 'apiVersion: app/v1', /Deployment\/apiVersion/],
  [MANIFEST, 'kind: Deployment', 'kind: Deploymet', /Deploymet: no schema/],
  [MANIFEST, 'terminationGracePeriodSeconds: 130', 'terminationGracePeriod: 130', /terminationGracePeriod"/],
  [MANIFEST, 'readinessProbe:', 'readynessProbe:', /readynessProbe/],
  [MANIFEST, 'failureThreshold: 3', 'failureTreshold: 3', /livenessProbe: .*failureTreshold/],
  [MANIFEST, 'periodSeconds: 10', 'periodSeconds: "10"', /periodSeconds: must be integer/],
  [MANIFEST, '{ path: /livez, port: http }', '{ path: livez, port: http }', /httpGet\/path/],
  [MANIFEST, '{ path: /livez, port: http }', '{ path: /livez, port: htpp }', /livenessProbe: htpp is none of http/],
  [MANIFEST, 'sleep: { seconds: 5 }', 'sleep: 5', /preStop\/sleep: must be object/],
  [MANIFEST, 'preStop:', 'prestop:', /lifecycle: .*prestop/],
  [MANIFEST, 'memory: 1Gi', 'memory: 1GB', /limits\/memory/],
  [MANIFEST, 'drop: [ALL]', 'drops: [ALL]', /capabilities: .*drops/],
  [MANIFEST, 'readOnlyRootFilesystem', 'readOnlyRootFileSystem', /readOnlyRootFileSystem/],
  [MANIFEST, 'runAsNonRoot: true', 'runAsNonRoot: "yes"', /runAsNonRoot: must be boolean/],
  [MANIFEST, 'whenUnsatisfiable: ScheduleAnyway', 'whenUnsatisfiable: ScheduleAnyways', /whenUnsatisfiable/],
  [MANIFEST, '{ name: spool, mountPath: /data }', '{ name: spol, mountPath: /data }', /volumeMounts: spol is none/],
  [MANIFEST, 'emptyDir: { sizeLimit: 4Gi }', 'emptydir: { sizeLimit: 4Gi }', /volumes\/1/],
  [MANIFEST, 'configMap: { name: spillway }', 'configMap: { name: spilway }', /volume: spilway is none/],
  [MANIFEST, 'serviceAccountName: spillway', 'serviceAccountName: default-spillway', /serviceAccountName: default-sp/],
  [MANIFEST, 'policyTypes: [Ingress, Egress]', 'policyTypes: [Ingres, Egress]', /policyTypes\/0/],
  [MANIFEST, '{ port: 53, protocol: UDP }', '{ port: 53, protocol: udp }', /egress\/0\/ports\/0\/protocol/],
  [MANIFEST, '{ port: http, protocol: TCP }', '{ port: htpp, protocol: TCP }', /ingress port: htpp/],
  [MANIFEST, 'targetPort: http', 'targetPort: web', /targetPort: web is none of http/],
  [MANIFEST, 'type: ClusterIP', 'type: ClusterIp', /Service\/spec\/type/],
  [MANIFEST, 'app.kubernetes.io/version: "0.1.0"', 'app.kubernetes.io/version: 0.1', /labels.*version: must be string/],
  [MANIFEST, '  replicas: 1\n', '  replicas: 1\n  replicas: 2\n', /unique/],
  [REPLICAS, 'maxUnavailable: 1\n', 'maxUnavailable: one\n', /PodDisruptionBudget\/spec\/maxUnavailable/],
  [REPLICAS, 'AlwaysAllow', 'AllwaysAllow', /unhealthyPodEvictionPolicy/],
  [REPLICAS, 'interval: 30s', 'interval: 30', /endpoints\/0\/interval/],
  [REPLICAS, 'credentials: {', 'credential: {', /authorization: .*credential/],
  [REPLICAS, '- port: admin\n      path', '- port: metrics\n      path', /endpoint port: metrics is none/],
  [AUTOSCALING, 'apiVersion: autoscaling/v2', 'apiVersion: autoscaling/v1', /HorizontalPodAutoscaler\/apiVersion/],
  [AUTOSCALING, 'averageUtilization: 70', 'averageValue: 70', /metrics\/1/],
  [AUTOSCALING, 'type: Pods\n', 'type: Pod\n', /metrics\/0/],
  [
    AUTOSCALING,
    'kind: Deployment, name: rel-spillway',
    'kind: Deployment, name: rel-spilway',
    /scaleTargetRef: rel-spilway/,
  ],
  [AUTOSCALING, 'stabilizationWindowSeconds: 300', 'stabilizationWindowSeconds: 4000', /stabilizationWindowSeconds/],
  [LEAST, 'operator: Exists', 'operator: Exist', /tolerations\/0\/operator/],
  [LEAST, 'note: x', 'note: 1', /annotations\/note: must be string/],
  [LEAST, '- name: AZURE_AUTHORITY_HOST', '- nmae: AZURE_AUTHORITY_HOST', /env\/0/],
];

for (const [file, before, after, place] of TYPOS) {
  test(`kubernetes-schema: finds '${after.trim()}' in ${file}`, () => {
    assert.ok(pageOf(file).includes(before), before);
    assert.match(problemsIn(pageOf(file).replace(before, after)).join('\n'), place);
  });
}

/** Places within a schema that take whatever comes. */
function openIn(schema: unknown, place = ''): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((each, i) => openIn(each, `${place}/${i}`));
  if (!isRecord(schema)) return [];
  const isOpen = schema.type === 'object' && schema.additionalProperties === undefined;
  return [
    ...(isOpen ? [place] : []),
    ...Object.entries(schema).flatMap(([key, value]) => openIn(value, `${place}/${key}`)),
  ];
}

test('values.schema.json: is closed, but for what Helm itself hands to every chart', () => {
  const schema: unknown = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
  assert.deepEqual(openIn(schema), ['/properties/global']);
});
