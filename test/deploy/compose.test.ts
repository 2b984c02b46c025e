/** The compose file against the schema of its format, and against what image, gateway and dashboard really are. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSettings } from '@spillway/chat';
import { configFromEnvironment } from '@spillway/config';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const DEPLOY = join(ROOT, 'deploy');
const DATA = process.env.VALIDATION_DATA ?? join(ROOT, '../shared/validation-data');
const SCHEMA = join(DATA, 'compose-spec.json');
const noSchema = existsSync(SCHEMA) ? false : 'no compose-spec.json: set VALIDATION_DATA to the folder that has it';
const SOURCE = readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

const compose = (text: string): Compose => parse(text, { merge: true });
const { services } = compose(SOURCE);

/** What a shell would make of the environment of a service, given what docs/containers.md has people put into deploy/.env. */
function environmentOf(name: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const filled = (text: string): string =>
    text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, variable: string, how: string, rest: string) => {
      if (how === '?' && given[variable] === undefined) throw new Error(`${variable}: ${rest}`);
      return given[variable] ?? rest;
    });
  const all = Object.entries(services[name]?.environment ?? {});
  return Object.fromEntries(all.map(([key, text]) => [key, filled(text)]));
}

const KEYS = { SPILLWAY_CLIENT_KEY: 'client-key-1234567890', SPILLWAY_ADMIN_KEY: 'admin', SPILLWAY_SEAL_KEY: 'seal' };

function problems(text: string): readonly unknown[] {
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8'), (key, value) => (key === '$id' ? undefined : value));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
  return validate(compose(text)) ? [] : (validate.errors ?? []);
}

test('compose: is as its format wants it', { skip: noSchema }, () => assert.deepEqual(problems(SOURCE), []));

const TYPOS: ReadonlyArray<readonly [before: string, after: string]> = [
  ['read_only: true', 'readonly: true'],
  ['cap_drop: [ALL]', 'cap_drop: ALL'],
  ['stop_grace_period: 40s', 'stop_grace: 40s'],
  ['restart: unless-stopped', 'restart: [always]'],
  ['condition: service_healthy', 'condition: healthy'],
  ['profiles: [monitoring]', 'profile: [monitoring]'],
  ['secrets: [admin-key]', 'secrets: admin-key'],
  ['dockerfile: deploy/Dockerfile', 'docker_file: deploy/Dockerfile'],
  ['retries: 5', 'retry: 5'],
];

for (const [before, after] of TYPOS) {
  test(`compose: "${after}" would be found`, { skip: noSchema }, () => {
    assert.ok(SOURCE.includes(before), before);
    assert.notDeepEqual(problems(SOURCE.replace(before, after)), []);
  });
}

test('compose: gateway, simulator and chat come by themselves, the others when asked for', () => {
  const always = Object.entries(services).filter(([, { profiles }]) => profiles === undefined);
  assert.deepEqual(always.map(([name]) => name).sort(), ['chat', 'gateway', 'simulator']);
  for (const [name, { image, read_only, stop_grace_period }] of always) {
    assert.deepEqual([name, image, read_only, stop_grace_period], [name, 'spillway:local', true, '40s']);
  }
});

test('compose: every port is published on this machine alone', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  assert.ok(ports.length >= 5);
  assert.deepEqual(
    ports.filter((port) => !/^127\.0\.0\.1:\$\{\w+:-\d+\}:\d+$/.test(port)),
    [],
  );
});

test('compose: every file that it mounts is there', () => {
  const mounts = Object.values(services).flatMap((service) => service.volumes ?? []);
  const files = mounts.filter((mount) => mount.startsWith('.')).map((mount) => mount.split(':')[0] ?? '');
  assert.ok(files.length >= 3);
  for (const file of files) assert.ok(existsSync(join(DEPLOY, file)), file);
});

test('compose: no key stands in it but those of the simulator, and without keys it does not start', () => {
  const values = Object.values(services).flatMap(({ environment }) => Object.entries(environment ?? {}));
  const secrets = values.filter(([name]) => /KEY$|PASSWORD|SECRET/.test(name));
  assert.ok(secrets.length >= 6);
  for (const [name, value] of secrets) assert.match(value, /^\$\{\w+:(\?.*|-simulated-key-\d)\}$/, name);
  assert.throws(() => environmentOf('gateway', {}), /SPILLWAY_ADMIN_KEY: put it into deploy\/\.env/);
});

test('compose: the gateway understands its environment', () => {
  const read = configFromEnvironment(environmentOf('gateway', KEYS));
  assert.equal(read.kind, 'ok', JSON.stringify(read));
});

test('compose: the chat app understands its environment, and shows the key that the gateway takes', () => {
  const env = environmentOf('chat', KEYS);
  const read = readSettings(env);
  assert.equal(read.kind, 'ok', JSON.stringify(read));
  assert.equal(env.AZURE_OPENAI_API_KEY_OVERRIDE, environmentOf('gateway', KEYS).CLIENT_1_KEY);
});

test('prometheus: asks the admin port of the gateway, with the key', () => {
  const { scrape_configs }: { readonly scrape_configs: ReadonlyArray<Readonly<Record<string, unknown>>> } = parse(
    readFileSync(join(DEPLOY, 'compose/prometheus/prometheus.yaml'), 'utf8'),
  );
  const [only] = scrape_configs;
  assert.deepEqual(only?.static_configs, [{ targets: ['gateway:8081'] }]);
  assert.deepEqual(only?.authorization, { type: 'Bearer', credentials_file: '/run/secrets/admin-key' });
});

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: ReadonlyArray<{ readonly expr: string; readonly datasource: { readonly uid: string } }>;
}
const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(
  readFileSync(join(DEPLOY, 'compose/grafana/dashboards/spillway.json'), 'utf8'),
);
const charts = dashboard.panels.filter(({ type }) => type !== 'row');

/** By name, the labels that it has; histograms as Prometheus stores them. */
const METRICS = metricsOf(readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8'));

function metricsOf(document: string): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = [...document.matchAll(/^\| `(\w+)` \| (\w+)[^|]* \| ([^|]*) \|/gm)];
  return new Map(
    rows.flatMap(([, name = '', kind = '', labels = '']) => {
      const all = new Set([...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label ?? ''));
      if (kind !== 'histogram') return [[name, all] as const];
      return ['_bucket', '_sum', '_count'].map((end) => [name + end, new Set([...all, 'le'])] as const);
    }),
  );
}

/** What the query asks for that is not in docs/metrics.md. */
function unknownIn(query: string): readonly string[] {
  const names = [...query.matchAll(/\b(?:spillway|process)_\w+/g)].map(([name]) => name);
  const unknown = names.filter((name) => !METRICS.has(name));
  const labels = new Set(names.flatMap((name) => [...(METRICS.get(name) ?? [])]));
  const used = [...query.matchAll(/\bby \(([^)]*)\)|\{([^}]*)\}/g)].flatMap(([, by, matchers]) =>
    by === undefined
      ? [...(matchers ?? '').matchAll(/(\w+)\s*[=!]/g)].map(([, label]) => label ?? '')
      : by.split(/,\s*/),
  );
  return [...(names.length === 0 ? ['no metric'] : unknown), ...used.filter((label) => !labels.has(label))];
}

test('dashboard: each query is of metrics and labels that the gateway has', () => {
  assert.ok(charts.length >= 15 && METRICS.size > 40, `${charts.length} charts, ${METRICS.size} metrics`);
  for (const { title, targets = [] } of charts) {
    assert.ok(targets.length > 0, title);
    for (const { expr, datasource } of targets) {
      assert.deepEqual([title, unknownIn(expr), datasource.uid], [title, [], 'prometheus'], expr);
    }
  }
});

test('dashboard: a query of what is not there would be found', () => {
  assert.deepEqual(unknownIn('rate(spillway_exchange_total[5m])'), ['spillway_exchange_total']);
  assert.deepEqual(unknownIn('sum by (model) (spillway_exchanges_total{stat="429"})'), ['model', 'stat']);
  assert.deepEqual(unknownIn('spillway_exchange_duration_seconds'), ['spillway_exchange_duration_seconds']);
});

test('dashboard: charts say what they show, and none lies on another', () => {
  const taken = new Set<string>();
  for (const { title, description, gridPos } of charts) {
    assert.ok((description ?? '').endsWith('.'), title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(x < 24 && !taken.has(`${x} ${y}`), title);
        taken.add(`${x} ${y}`);
      }
    }
  }
});
