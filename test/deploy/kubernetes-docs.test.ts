/** docs/kubernetes.md: its blocks, run by a real shell and the real `spillway`, with stand-ins for kubectl and Helm. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { blocksOf, commandsOf, pageOf, ROOT } from './documents.ts';
import { CHART, record, valuesWith } from './helm-chart.ts';
import { schemaProblemsOf } from './kubernetes-schema.ts';
import { runShell } from './shell.ts';

const BLOCKS = blocksOf('docs/kubernetes.md');
const NODE = dirname(process.execPath);

/** Refuse files that are not there, as the real ones do. */
const KUBECTL = `
while [ $# -gt 0 ]; do
  [ "$1" = --filename ] && { test -f "$2" || { echo "no such file: $2" >&2; exit 1; }; }
  shift
done
`;
const HELM = `
test "$1" = install || exit 1
test -f "$3/Chart.yaml" || { echo "no chart: $3" >&2; exit 1; }
while [ $# -gt 0 ]; do
  [ "$1" = --values ] && { test -f "$2" || { echo "no such file: $2" >&2; exit 1; }; }
  shift
done
`;
const NPX = `shift; exec "${NODE}/node" "${join(ROOT, 'apps/cli/bin/spillway.mjs')}" "$@"\n`;
const PROGRAMS = { kubectl: KUBECTL, helm: HELM, npx: NPX };

const [withHelm, without] = BLOCKS;

function configurationInManifest(): string {
  const objects = parseAllDocuments(pageOf('deploy/kubernetes/gateway.yaml')).map((each): unknown => each.toJS());
  const map = objects.find((object) => object !== null && record(object).kind === 'ConfigMap');
  return String(record(record(map).data)['spillway.yaml']);
}

test('kubernetes.md: has a block with Helm and one without', () => {
  assert.deepEqual(
    BLOCKS.map(({ heading }) => heading),
    ['With Helm', 'Without Helm'],
  );
});

test('kubernetes.md: with Helm: renders values that the chart takes, and a Secret that the cluster takes', (t) => {
  const files = { 'spillway.yaml': configurationInManifest() };
  const env = { CHAT_APP_KEY: 'a-text-that-is-not-to-be-written' };
  const ran = runShell(t, withHelm?.text ?? '', { programs: PROGRAMS, copies: ['deploy'], files, env });
  assert.equal(ran.status, 0, ran.stderr);
  assert.deepEqual(
    ran.calls,
    commandsOf(withHelm ?? { heading: '', text: '' }).filter((line) => /^(?:npx|kubectl|helm) /.test(line)),
  );
  const read = (name: string): string => readFileSync(join(ran.folder, name), 'utf8');
  const validate = new Ajv({ strict: false }).compile(
    JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')),
  );
  assert.ok(validate(valuesWith(parse(read('my-values/values.yaml')))), JSON.stringify(validate.errors));
  assert.deepEqual(schemaProblemsOf(parse(read('secret.yaml'))), []);
  for (const name of ['my-values/values.yaml', 'secret.yaml']) assert.ok(!read(name).includes(env.CHAT_APP_KEY), name);
});

test('kubernetes.md: without Helm: the Secret has what the manifest’s configuration names', (t) => {
  const ran = runShell(t, without?.text ?? '', { programs: PROGRAMS, copies: ['deploy'] });
  assert.deepEqual([ran.status, ran.stderr], [0, '']);
  const [create = '', apply] = ran.calls;
  assert.equal(apply, 'kubectl apply --filename deploy/kubernetes/gateway.yaml');
  const named = [...configurationInManifest().matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  const made = [...create.matchAll(/--from-literal=(\w+)=(\S{40,})/g)].map(([, name]) => name);
  assert.deepEqual(made.sort(), [...named, 'SPILLWAY_SEAL_KEY'].sort());
  assert.match(create, /^kubectl create secret generic spillway /);
});
