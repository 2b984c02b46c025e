/**
 * An hour of traffic on a resource in some seconds, as a question of correctness: the same seed gives the same answers, and nothing
 * that the resource remembers grows with time. How long it takes is the benchmark's question: bench/simulator.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEGINNINGS, Traffic, type TrafficFigures } from '../../bench/simulator/traffic.ts';

/** Wall time that the hour may take where other tests run beside it. Milliseconds. */
const HOUR_MS_MAX = 120_000;
const SEED = 1;
const PER_SECOND = 100;

/** Of a long prompt: some 1,500 tokens in blocks of 128, of which 1,024 tokens are the first that can be cached. */
const BLOCKS_MAX = 8;
/** The longest answer, 50 tokens at three times the middle of its pace and twice that under load, takes less than 4 s. */
const ACTIVE_MAX = PER_SECOND * 4;

function deploymentsOf({ resource }: Traffic) {
  return [...resource.deployments.values()];
}

/** What there is at a moment, of everything that could grow. */
function kept(traffic: Traffic): Readonly<Record<string, number>> {
  const nowMs = traffic.clock.nowMs();
  const sum = (of: (deployment: ReturnType<typeof deploymentsOf>[number]) => number): number =>
    deploymentsOf(traffic).reduce((total, deployment) => total + of(deployment), 0);
  return {
    active: sum(({ active }) => active),
    timers: traffic.clock.pending,
    beginnings: sum(({ promptCache }) => promptCache.size),
    // Only requests that were let in are counted here, so their number has a bound.
    requestsOverLimit: sum(({ quota }) => {
      if (quota.kind === 'provisioned' || quota.settings.mode !== 'measured-2024') return 0;
      return Math.max(0, quota.state(nowMs).requests - quota.limitsAt(nowMs).requestsPerMinute);
    }),
  };
}

test(`Resource: an hour at ${PER_SECOND} requests/s, seed ${SEED}: the counts are known, and nothing grows`, {
  timeout: HOUR_MS_MAX,
}, () => {
  const traffic = new Traffic({ seed: SEED, seconds: 3600, perSecond: PER_SECOND });
  const most: Record<string, number> = {};
  const figures = traffic.run(() => {
    for (const [name, count] of Object.entries(kept(traffic))) most[name] = Math.max(most[name] ?? 0, count);
  });
  // Where the model changes on purpose, so do these; say in the commit why.
  assert.deepEqual([figures.requests, figures.statuses], [360_886, { 200: 252_602, 429: 108_284 }]);
  assert.ok((most.active ?? 0) > 0 && (most.active ?? 0) <= ACTIVE_MAX, `${most.active} answers under way at most`);
  assert.equal(most.timers, most.active, 'each answer under way has its one timer');
  assert.ok((most.beginnings ?? 0) <= BEGINNINGS * BLOCKS_MAX * deploymentsOf(traffic).length, `${most.beginnings}`);
  assert.equal(most.requestsOverLimit, 0);
  traffic.finish();
  assert.deepEqual([kept(traffic).active, kept(traffic).timers], [0, 0]);
});

test('Resource: a drained one remembers what it served, holds nothing, and its provisioned bucket is empty', () => {
  const traffic = new Traffic({ seed: SEED, seconds: 60, perSecond: PER_SECOND });
  traffic.run();
  traffic.finish();
  for (const deployment of deploymentsOf(traffic)) {
    assert.equal(deployment.active, 0);
    assert.ok(deployment.served > 0);
    if (deployment.quota.kind === 'provisioned') assert.equal(deployment.quota.state(traffic.clock.nowMs()).level, 0);
  }
});

function minute(seed: number): TrafficFigures {
  return new Traffic({ seed, seconds: 60, perSecond: PER_SECOND }).run();
}

test('Resource: the same seed gives the same answers in the same order, another seed others', () => {
  assert.deepEqual(minute(7), minute(7));
  assert.notEqual(minute(7).fingerprint, minute(8).fingerprint);
});
