/** `spillway bench load` and the network: measured beside the latencies over real connections, TLS too; taken off only besides. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RunReport } from '@spillway/bench';
import { startSimulator } from '@spillway/simulator';
import { Command, type Ended } from '../../apps/cli/src/testing/command.ts';

const SMALL = ['-e', 'chat', '-s', 'custom', '-p', '60', '-m', '8', '-n', '5', '-c', '1'];

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function all({ stdout, stderr }: Ended): string {
  return stdout + stderr;
}

function targetIn(text: string): RunReport['targets'][number] {
  const report: RunReport = JSON.parse(text);
  return report.targets[0] ?? assert.fail('no target');
}

test('bench load: round trip and handshake of a server that speaks TLS; adjusted figures beside those measured', async (t) => {
  const path = folder(t);
  const caFile = join(path, 'ca.pem');
  const simulator = await startSimulator({
    port: 0,
    resources: [{ name: 'openai1', latency: { firstTokenMs: 50, perTokenMs: 0 } }],
    tls: { caFile },
  });
  t.after(() => simulator.close());
  const { url = '', key = '' } = simulator.resources[0] ?? {};
  const secure = url.replace('http:', 'https:');
  const logs = join(path, 'logs');
  const args = [...SMALL, '--adjust-for-network-latency', 'true', '--out', join(path, 'out'), '--log-save-dir', logs];
  const env = { OPENAI_API_KEY: key, NODE_EXTRA_CA_CERTS: caFile };
  const ended = await new Command(['bench', 'load', secure, ...args, '-f', 'jsonl'], env).ended;
  assert.equal(ended.code, 0, all(ended));
  const { network, adjusted, e2e, ttft } = targetIn(readFileSync(join(path, 'out', 'report.json'), 'utf8'));
  assert.equal(network.to, new URL(secure).host);
  assert.ok(network.connect.count >= 3 && network.tls.count >= 3, JSON.stringify(network));
  assert.ok((network.tls.p50 ?? 0) > 0 && network.failed === 0, JSON.stringify(network));
  const roundTrip = network.connect.p50 ?? 0;
  assert.ok(roundTrip > 0 && roundTrip < 0.5, `${roundTrip}`);
  for (const [measured, less] of [
    [e2e, adjusted.e2e],
    [ttft, adjusted.ttft],
  ] as const) {
    // The histogram has three digits; the median of few samples is exact.
    assert.ok(Math.abs((measured.p50 ?? 0) - (less.p50 ?? 0) - roundTrip) < 0.001, JSON.stringify([measured, less]));
    // 50 ms, of which a timer may leave out one.
    assert.ok((measured.min ?? 0) >= 0.045, `what was measured stays: ${measured.min}`);
  }
  const line = JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '');
  assert.ok(line.network.median > 0 && line.adjusted.e2e.avg <= line.e2e.avg, JSON.stringify(line));
  assert.match(ended.stderr, /network, round trip, ms .*\n {2}network, TLS, ms .*\n {2}\(to 127\.0\.0\.1:\d+ and no/);
  const log = readFileSync(join(logs, readdirSync(logs)[0] ?? ''), 'utf8');
  assert.match(log, /\naverage ping to endpoint: \d+(?:\.\d+)?ms\. the median of TCP connects/);
});

/** Where nobody listens. */
async function unreachable(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test('bench load: where nobody can be connected to it is said, with nothing adjusted', async () => {
  const args = [...SMALL, '--no-key', '--adjust-for-network-latency', '--json'];
  const ended = await new Command(['bench', 'load', await unreachable(), ...args]).ended;
  assert.equal(ended.code, 1, all(ended));
  const { network, adjusted } = targetIn(ended.stdout);
  assert.deepEqual([network.connect.count, network.why, adjusted.e2e.count], [0, 'ECONNREFUSED', 0]);
  assert.match(ended.stdout, /the network's own time is not known: one try to connect to .* failed/);
});

test('bench load: without the flag the network is told and nothing taken off', async (t) => {
  const simulator = await startSimulator({ port: 0, resources: [{ name: 'openai1' }] });
  t.after(() => simulator.close());
  const { url = '', key = '' } = simulator.resources[0] ?? {};
  const ended = await new Command(['bench', 'load', url, ...SMALL, '--json'], { OPENAI_API_KEY: key }).ended;
  assert.equal(ended.code, 0, all(ended));
  const { network, adjusted } = targetIn(ended.stdout);
  assert.ok(network.connect.count >= 3 && network.tls.count === 0, JSON.stringify(network));
  assert.equal(adjusted.e2e.count, 0);
});
