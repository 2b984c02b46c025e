/** The commands as a person starts them. Each start costs time: what can be tested without is tested beside its code. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command, type Ended } from './testing/command.ts';

const ONE_BACKEND = { BACKEND_1_URL: 'http://127.0.0.1:9', BACKEND_1_APIKEY: 'not-a-key', BACKEND_1_NAME: 'openai1' };
const FREE_PORTS = ['--port', '0', '--admin-port', '0'];
const BAD_YAML = `backends:
  - { name: a, url: ftp://x }
  - { name: a, url: https://b.openai.azure.com, weigth: 2 }
`;

function spillway(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Command(args, env).ended;
}

test('spillway gateway: without a configuration exits 2 and says how to begin', async () => {
  const { code, stderr } = await spillway(['gateway']);
  assert.equal(code, 2);
  assert.match(stderr, /BACKEND_1_URL: is not set.*npm run demo/s);
});

test('spillway gateway: beyond this machine without client keys exits 2 and names the ways out', async () => {
  const { code, stderr } = await spillway(['gateway', '--host', '0.0.0.0', ...FREE_PORTS], ONE_BACKEND);
  assert.equal(code, 2);
  assert.match(stderr, /^error: --host 0\.0\.0\.0: .*CLIENT_1_KEY.*--allow-anonymous/);
});

test('spillway gateway: says where it listens and for whom, drains on SIGTERM and exits 0', async () => {
  const gateway = new Command(['gateway', ...FREE_PORTS], ONE_BACKEND);
  const [, url] = await gateway.sees(/listens on (http:\/\/127\.0\.0\.1:\d+), for this machine only\n/);
  await gateway.sees(/ {2}1 backend, for any deployment name, no client keys\n.*\/admin\/fleet, .*\/metrics\n/);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  gateway.kill('SIGTERM');
  const { code, stdout, stderr } = await gateway.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Draining.*The gateway has ended\./s);
  assert.match(stdout, /^\{"level":"info",.*"msg":"Draining/s, 'json where it is no terminal');
});

test('spillway check: every error of a bad file at once, for people and as JSON, exit 2; a missing file too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-'));
  const file = join(folder, 'spillway.yaml');
  writeFileSync(file, BAD_YAML);
  const missing = join(folder, 'nowhere.yaml');
  const [bad, json, nowhere] = await Promise.all([
    spillway(['check', '--config', file]),
    spillway(['check', '--json'], { SPILLWAY_CONFIG: file }),
    spillway(['check', '--config', missing]),
  ]);
  rmSync(folder, { recursive: true });
  assert.match(
    bad.stderr,
    /spillway\.yaml:2:\d+ backends\[0\]\.url.*spillway\.yaml:3:\d+ .*3 errors in .*spillway\.yaml\./s,
  );
  const report: unknown = JSON.parse(json.stdout);
  assert.ok(typeof report === 'object' && report !== null && 'errors' in report && Array.isArray(report.errors));
  assert.equal(report.errors.length, 3);
  assert.match(nowhere.stderr, /nowhere\.yaml: does not exist; check the path/);
  for (const { code, stderr } of [bad, json, nowhere]) assert.equal(code, 2, stderr);
});

test('spillway check --connect: tells what each backend answers, and exits 1 where one fails', async () => {
  const { code, stdout, stderr } = await spillway(['check', '--connect'], ONE_BACKEND);
  assert.match(stdout, /^The environment is good: 1 backend.*\nfail {2}openai1\/ .*\n1 asked: 0 ok, .* 1 failed\.\n$/s);
  assert.equal(code, 1, stderr);
});

test('spillway simulate: prints addresses, keys and curl lines, and ends well on Ctrl-C', async () => {
  const simulate = new Command(['simulate'], { SPILLWAY_PORT: '0' });
  await simulate.sees(/Ctrl-C ends/);
  const [, url] = await simulate.sees(/openai3 +(http:\/\/127\.0\.0\.1:\d+) +simulated-key-3/);
  const headers = { 'api-key': 'simulated-key-3', 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'embedding', input: 'Hello' });
  assert.equal((await fetch(`${url}/openai/v1/embeddings`, { method: 'POST', headers, body })).status, 200);
  simulate.kill('SIGINT');
  assert.equal((await simulate.ended).code, 0);
});

test('spillway simulate: a bad file exits 2 and names the line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-'));
  const file = join(folder, 'simulator.yaml');
  writeFileSync(
    file,
    'resources:\n  - name: openai1\n    deployments:\n      - { name: chat, model: gpt-4o, capacity: -1 }\n',
  );
  const { code, stderr } = await spillway(['simulate', '--config', file]);
  rmSync(folder, { recursive: true });
  assert.equal(code, 2, stderr);
  assert.match(stderr, /simulator\.yaml:4:\d+ .*capacity.*-1/);
});

test('spillway simulate --self-test: finds nothing wrong with a simulated resource, and exits 2 without a key', async () => {
  const simulate = new Command(['simulate', '--json'], { SPILLWAY_PORT: '0' });
  const [, url = ''] = await simulate.sees(/"name": "openai1",\s+"url": "([^"]+)"/);
  const selfTest = ['simulate', '--self-test', url];
  const [{ code, stdout, stderr }, keyless] = await Promise.all([
    spillway([...selfTest, '--embedding-deployment', 'embedding'], { AZURE_OPENAI_API_KEY: 'simulated-key-1' }),
    spillway(selfTest),
  ]);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /\d+ checks: \d+ pass \(\d+ requests/);
  assert.doesNotMatch(stdout + stderr, /simulated-key-1/);
  assert.equal(keyless.code, 2);
  assert.match(keyless.stderr, /AZURE_OPENAI_API_KEY is not set/);
  simulate.kill('SIGINT');
  assert.equal((await simulate.ended).code, 0);
});
