import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentReport } from '@spillway/protocol';
import { deploymentRows, minutesOf, type RowState } from './deployments.ts';
import { deploymentReport, fleetReport, NOW_MS } from './testing/fleet.ts';

const CHAT = { name: 'chat', othersSinceMs: NOW_MS };

function rowOf(deployment: DeploymentReport, minutes = new Map<string, number>()) {
  const [row] = deploymentRows(fleetReport([deployment]), minutes, CHAT);
  assert.ok(row !== undefined);
  return row;
}

test('deploymentRows: the state that matters most comes first', () => {
  const soonMs = NOW_MS + 5_000;
  const open = { state: 'open', untilMs: soonMs } as const;
  const rows: ReadonlyArray<readonly [Partial<DeploymentReport>, RowState]> = [
    [{}, { kind: 'idle' }],
    [{ inFlight: 1 }, { kind: 'serving' }],
    [{ lastUsedMs: NOW_MS - 1_000 }, { kind: 'serving' }],
    [{ lastUsedMs: NOW_MS - 2_000 }, { kind: 'idle' }],
    [
      { inFlight: 1, throttledUntilMs: soonMs },
      { kind: 'throttled', leftMs: 5_000 },
    ],
    [{ throttledUntilMs: NOW_MS - 1 }, { kind: 'idle' }],
    [
      { throttledUntilMs: soonMs, breaker: open },
      { kind: 'broken', leftMs: 5_000 },
    ],
    [{ paused: true, breaker: open }, { kind: 'paused' }],
  ];
  for (const [given, want] of rows)
    assert.deepEqual(rowOf(deploymentReport('openai1', given)).state, want, JSON.stringify(given));
});

test('deploymentRows: a backend whose breaker is open breaks its deployments', () => {
  const report = fleetReport([deploymentReport('openai1')], { openai1: { state: 'open', untilMs: NOW_MS + 9_000 } });
  assert.deepEqual(deploymentRows(report, new Map(), CHAT)[0]?.state, { kind: 'broken', leftMs: 9_000 });
});

test('deploymentRows: takes what Azure said was left, as long as its minute is not over', () => {
  const spent = (agoMs: number) =>
    deploymentReport('openai1', {
      remaining: { tokens: 5_000, requests: 1, atMs: NOW_MS - agoMs },
      limit: { tokens: 30_000, requests: 180, atMs: NOW_MS - agoMs },
    });
  const begun = (agoMs: number) => new Map([['openai1/chat', NOW_MS - agoMs]]);
  assert.equal(rowOf(spent(1_000), begun(30_000)).usedTokens, 25_000);
  assert.equal(rowOf(spent(1_000), begun(60_500)).usedTokens, 0, 'said in the minute before');
  assert.equal(rowOf(spent(1_000), begun(90_000)).usedTokens, 25_000, 'said in the second minute');
  assert.equal(rowOf(deploymentReport('openai1'), begun(0)).usedTokens, 0, 'nothing said yet');
});

test('deploymentRows: the quota is what Azure last said, else the configured capacity', () => {
  assert.equal(rowOf(deploymentReport('openai1')).quotaTokens, 30_000);
  const limit = { tokens: 8_000, requests: null, atMs: NOW_MS };
  assert.equal(rowOf(deploymentReport('openai1', { limit })).quotaTokens, 8_000);
});

test('deploymentRows: shows the chat deployments, and others once they are used by the visitor', () => {
  const report = fleetReport([
    deploymentReport('openai1'),
    deploymentReport('openai1', { name: 'embedding' }),
    deploymentReport('openai1', { name: 'answers', lastUsedMs: NOW_MS - 1 }),
    deploymentReport('openai2', { name: 'embedding', lastUsedMs: NOW_MS }),
  ]);
  assert.deepEqual(
    deploymentRows(report, new Map(), CHAT).map(({ id }) => id),
    ['openai1/chat', 'openai2/embedding'],
  );
});

test('minutesOf: a minute begins with the first use, and stays', () => {
  const first = minutesOf(
    new Map(),
    fleetReport([deploymentReport('openai1', { lastUsedMs: 7 }), deploymentReport('openai2')]),
  );
  assert.deepEqual([...first], [['openai1/chat', 7]]);
  const later = minutesOf(
    first,
    fleetReport([deploymentReport('openai1', { lastUsedMs: 99 }), deploymentReport('openai2', { lastUsedMs: 98 })]),
  );
  assert.deepEqual(
    [...later],
    [
      ['openai1/chat', 7],
      ['openai2/chat', 98],
    ],
  );
});
