import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { ConnectEnded } from './connect.ts';
import { BEFORE, CONNECT_MS_MAX, EVERY_MS, Network, SAMPLES_MAX } from './network.ts';

const ONE = { endpoint: 'https://one.example/openai/v1' };
const connected = (tcpMs: number, tlsMs: number | null = null): ConnectEnded => ({ kind: 'connected', tcpMs, tlsMs });
const FAILED: ConnectEnded = { kind: 'failed', why: 'ECONNREFUSED' };
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Connections are answered at once by what `of` says of the n-th; null: not at all. */
function stage(
  targets: readonly { readonly endpoint: string }[],
  of: (n: number, endpoint: string) => ConnectEnded | null,
) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const limits = new Set<number>();
  const cancelled: string[] = [];
  const network = new Network(targets, clock, (endpoint, { limitMs }, done) => {
    const ended = of(asked.length, endpoint);
    asked.push(endpoint);
    limits.add(limitMs);
    if (ended !== null) queueMicrotask(() => done(ended));
    return { cancel: () => cancelled.push(endpoint) };
  });
  return { clock, asked, limits, cancelled, network };
}

test('Network: so many samples before a run, each bounded; their median is what counts', async () => {
  const { network, asked, limits, clock } = stage([ONE], (n) => connected([90, 20, 21][n] ?? 0, 40));
  await network.before();
  assert.deepEqual([asked.length, [...limits], network.medianMs(0)], [BEFORE, [CONNECT_MS_MAX], 21]);
  const { to, connect, tls, failed, why } = network.figures(0);
  assert.deepEqual([to, connect.count, connect.max, tls.count, failed, why], ['one.example:443', 3, 0.09, 3, 0, '']);
  assert.deepEqual(network.line(), { median: 0.021, '95th': 0.0831 });
  assert.equal(clock.pending, 0);
});

test('Network: the median is exact, the mean of the two in the middle, in figures as in lines', async () => {
  const { network } = stage([ONE], (n) => [connected(10), connected(30)][n] ?? FAILED);
  await network.before();
  const { connect, failed } = network.figures(0);
  assert.deepEqual([connect.count, connect.p50, connect.min, connect.max, failed], [2, 0.02, 0.01, 0.03, 1]);
  assert.deepEqual([network.medianMs(0), network.line().median], [20, 0.02]);
});

test('Network: a target that does not answer is tried once before the run, and nothing is known of it', async () => {
  const { network, asked } = stage([ONE], () => FAILED);
  await network.before();
  const { connect, failed, why } = network.figures(0);
  assert.deepEqual([asked.length, network.medianMs(0), connect.count, failed, why], [1, null, 0, 1, 'ECONNREFUSED']);
  assert.equal(connect.p50, null);
  assert.deepEqual(network.line(), { median: null, '95th': null });
});

test('Network: two targets are measured apart', async () => {
  const two = { endpoint: 'http://[::1]:9001' };
  const { network } = stage([ONE, two], (_, endpoint) => connected(endpoint === ONE.endpoint ? 10 : 30));
  await network.before();
  assert.deepEqual([network.medianMs(0), network.medianMs(1)], [10, 30]);
  assert.equal(network.figures(1).to, '[::1]:9001');
  assert.equal(network.figures(2).connect.count, 0);
});

test('Network: during a run one so often, never two at a time, none when it is closed', async () => {
  let isSlow = false;
  const { network, asked, clock, cancelled } = stage([ONE], () => (isSlow ? null : connected(10)));
  network.watch();
  for (const _ of [1, 2]) {
    clock.advance(EVERY_MS);
    await settled();
  }
  assert.equal(asked.length, 2);
  isSlow = true;
  clock.advance(EVERY_MS);
  clock.advance(EVERY_MS);
  assert.deepEqual([asked.length, cancelled.length], [3, 0]);
  network.close();
  assert.deepEqual([cancelled.length, clock.pending], [1, 0]);
  network.watch();
  assert.equal(clock.pending, 0);
});

test('Network: closed while it measures before a run, that is over', async () => {
  const { network, asked } = stage([ONE], () => null);
  const measuring = network.before();
  network.close();
  await measuring;
  assert.equal(asked.length, 1);
});

test('Network: no more than SAMPLES_MAX to one target', async () => {
  const { network, asked, clock } = stage([ONE], () => connected(10));
  network.watch();
  for (let i = 0; i < SAMPLES_MAX + 5; i++) {
    clock.advance(EVERY_MS);
    await Promise.resolve();
  }
  assert.equal(asked.length, SAMPLES_MAX);
  network.close();
});
