/**
 * Builds deploy/Dockerfile and runs it, with programs that Debian has instead of Docker. It takes minutes and needs root, so it is asked
 * for: SPILLWAY_TEST_IMAGE=1 makes a base image first, any other value names one that has Node 24 and npm (docs/containers.md).
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { startSimulator } from '@spillway/simulator';
import { runCommand } from '../../scripts/run/command.ts';

const ROOT = join(import.meta.dirname, '../..');
const ASKED = process.env.SPILLWAY_TEST_IMAGE ?? '';
const skip =
  ASKED === '' && 'set SPILLWAY_TEST_IMAGE=1 to build and run the image (root, buildah, podman, runc, debootstrap)';

const BASE = ASKED === '1' ? 'localhost/spillway-test-base' : ASKED;
const IMAGE = 'localhost/spillway-test';
/** What the image may add to its base. Bytes. */
const ADDED_MAX = 30_000_000;
/** crun refuses mixed cgroups, and containers within containers need limits that they may set. */
const RUNTIME = ['--runtime', 'runc'];
const LIMITS = ['--network', 'host', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
const HARDENED = ['--read-only', '--tmpfs', '/data', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
const CLIENT_KEY = 'client-key-of-a-test';

const scratch = skip === false ? mkdtempSync(join(tmpdir(), 'spillway-image-')) : '';
after(() => scratch !== '' && rmSync(scratch, { recursive: true, force: true }));

async function run(file: string, args: readonly string[], limitMs = 60_000) {
  return runCommand({ file, args, folder: ROOT, env: process.env, limitMs });
}

async function must(file: string, args: readonly string[], limitMs?: number): Promise<string> {
  const { ending, output } = await run(file, args, limitMs);
  assert.deepEqual(ending, { kind: 'exit', code: 0 }, `${file} ${args.join(' ')}\n${output}`);
  return output;
}

/** Debian, Node and npm as they are here, and the certificate authorities that are trusted here. */
async function makeBase(): Promise<void> {
  const root = join(scratch, 'root');
  await must('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', root], 300_000);
  const local = join(root, 'usr/local');
  cpSync(process.execPath, join(local, 'bin/node'));
  const npm = realpathSync((await must('sh', ['-c', 'command -v npm'])).trim());
  cpSync(dirname(dirname(npm)), join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  const trusted = '/etc/ssl/certs/ca-certificates.crt';
  if (existsSync(trusted)) cpSync(trusted, join(root, trusted), { dereference: true });
  const change = `ENV NODE_EXTRA_CA_CERTS=${trusted}`;
  const archive = join(scratch, 'base.tar');
  await must('tar', ['-C', root, '-cf', archive, '.']);
  await must('podman', [...RUNTIME, 'import', '--change', change, archive, BASE], 120_000);
}

before(async () => {
  if (skip !== false) return;
  if (ASKED === '1') await makeBase();
  const how = ['--isolation', 'chroot', '--network', 'host', '--format', 'docker', '--build-arg', `NODE_IMAGE=${BASE}`];
  await must('buildah', ['bud', ...how, '--file', 'deploy/Dockerfile', '--tag', IMAGE, '.'], 480_000);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Container {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
}

async function gateway(t: TestContext, backend: { readonly url: string; readonly key: string }): Promise<Container> {
  const name = `spillway-test-${process.pid}`;
  const port = await freePort();
  const env = {
    SPILLWAY_PORT: port,
    SPILLWAY_ADMIN_PORT: await freePort(),
    BACKEND_1_URL: backend.url,
    BACKEND_1_APIKEY: backend.key,
    CLIENT_1_KEY: CLIENT_KEY,
  };
  const given = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const args = [...RUNTIME, 'run', '--rm', '--name', name, ...LIMITS, ...HARDENED, ...given, IMAGE];
  const child = spawn('podman', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => run('podman', [...RUNTIME, 'rm', '--force', '--ignore', name]));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('listens on')) resolve();
    });
    child.once('exit', () => reject(new Error(said)));
  });
  return { name, url: `http://127.0.0.1:${port}`, child };
}

test('image: adds no more to its base than it may', { skip }, async () => {
  const size = async (image: string) =>
    Number(await must('podman', ['image', 'inspect', '--format', '{{.Size}}', image]));
  const added = (await size(IMAGE)) - (await size(BASE));
  assert.ok(added > 1_000_000 && added < ADDED_MAX, `${added} bytes`);
});

test('image: without keys it does not serve strangers', { skip }, async () => {
  const args = [...RUNTIME, 'run', '--rm', ...LIMITS, '--env', 'BACKEND_1_URL=http://127.0.0.1:9', IMAGE];
  const { ending, output } = await run('podman', args);
  assert.deepEqual(ending, { kind: 'exit', code: 2 });
  assert.match(output, /CLIENT_1_KEY/);
});

test('image: a stream is finished after SIGTERM; it runs as nobody, and writes nowhere but to /data', {
  skip,
}, async (t) => {
  const latency = { firstTokenMs: 200, perTokenMs: 40 };
  const deployments = [{ name: 'chat', model: 'gpt-4o', capacity: 30 }];
  const resources = [{ name: 'openai1', latency, deployments }];
  const simulator = await startSimulator({ host: '127.0.0.1', port: 0, seed: 1, resources });
  t.after(() => simulator.close());
  const [backend] = simulator.resources;
  assert.ok(backend !== undefined);
  const { name, url, child } = await gateway(t, backend);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  await must('podman', [...RUNTIME, 'healthcheck', 'run', name]);
  assert.match(await must('podman', [...RUNTIME, 'exec', name, 'id']), /uid=10001\S* gid=10001/);
  const writes = (path: string) => run('podman', [...RUNTIME, 'exec', name, 'touch', path]);
  assert.deepEqual((await writes('/opt/spillway/x')).ending, { kind: 'exit', code: 1 });
  assert.deepEqual((await writes('/data/x')).ending, { kind: 'exit', code: 0 });

  const ended = once(child, 'exit');
  const answer = await fetch(`${url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': CLIENT_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'chat', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  assert.equal(answer.status, 200);
  const stopped = run('podman', [...RUNTIME, 'stop', '--time', '40', name]);
  assert.match(await answer.text(), /data: \[DONE\]\s*$/);
  await stopped;
  assert.deepEqual(await ended, [0, null]);
});
