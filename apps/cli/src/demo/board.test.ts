import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_AZURE_IDS, NOTHING_KNOWN } from '@spillway/policy';
import { Board, type GatewayEvent } from './board.ts';
import { planLoad } from './load.ts';
import { deploymentReport, fleetReport, NOW_MS } from './testing/fleet.ts';

test('Board.report: an older report that comes late is passed over', () => {
  const board = new Board(planLoad(1), NOW_MS, []);
  const served = (answered: number) => [
    deploymentReport('openai1', { attempts: { total: answered, byOutcome: { answered } } }),
  ];
  board.report({ ...fleetReport(served(9)), nowMs: NOW_MS + 250 });
  board.report({ ...fleetReport(served(8)), nowMs: NOW_MS });
  assert.equal(board.scene(NOW_MS).deployments[0]?.served, 9);
});

test('Board: each way has its own tally, and times count from the start of the load', () => {
  const board = new Board(planLoad(1), NOW_MS, ['moved']);
  board.seeDirect({ kind: 'sent', atMs: 1 });
  board.seeDirect({ kind: 'refused', atMs: 2 });
  board.seeSpillway({ kind: 'sent', atMs: 1 });
  const { nowMs, direct, spillway, notices } = board.scene(NOW_MS + 500);
  assert.deepEqual([nowMs, direct.refused, spillway.refused, notices], [500, 1, 0, ['moved']]);
});

function attempt(backendName: string, name: string): GatewayEvent {
  const url = `http://${backendName}`;
  const known = { credential: { kind: 'key', key: 'k' }, region: null, dialect: 'both', apiVersion: null } as const;
  const backend = { name: backendName, url, ...known };
  const deployment = { ...NOTHING_KNOWN, id: `${backendName}/${name}`, backend, name, priority: 1, weight: 1 };
  const told = { quota: null, chargedTokens: null, azure: NO_AZURE_IDS, headMs: 1, durationMs: null };
  const sent = { requestId: 'r', number: 1, method: 'POST', path: '/', startedMs: NOW_MS, passedOver: [] };
  return {
    kind: 'attemptJudged',
    attempt: { ...sent, ...told, deployment, outcome: { kind: 'answered', status: 200 } },
  };
}

test('Board.event: what the chat app asks while the load runs is no part of its story; later it is', () => {
  const board = new Board(planLoad(1), NOW_MS, []);
  const told = () => board.scene(NOW_MS).decisions.map(({ backend, fate }) => `${backend} ${fate}`);
  board.event(attempt('openai1', 'embedding'));
  board.event(attempt('openai2', 'chat'));
  assert.deepEqual(told(), ['openai2 200']);
  board.enter('documents', NOW_MS + 36_000);
  board.event(attempt('openai3', 'answers'));
  assert.deepEqual(told(), ['openai2 200', 'openai3 200']);
});

test('Board.report: shows what the load asks, then what the chat app asks, and at last what the visitor uses', () => {
  const board = new Board(planLoad(1), NOW_MS, []);
  const names = ['chat', 'answers', 'embedding'];
  const shown = (reportMs: number, lastUsedMs: number) => {
    const used = names.map((name) => deploymentReport('openai1', { name, lastUsedMs }));
    board.report({ ...fleetReport(used), nowMs: reportMs });
    return board.scene(NOW_MS).deployments.map(({ name }) => name);
  };
  assert.deepEqual(shown(NOW_MS + 10, NOW_MS + 5), ['chat']);
  board.enter('documents', NOW_MS + 20);
  assert.deepEqual(shown(NOW_MS + 20, NOW_MS + 15), ['answers']);
  board.enter('open', NOW_MS + 30);
  assert.deepEqual(shown(NOW_MS + 30, NOW_MS + 25), ['chat'], 'what was used before');
  assert.deepEqual(shown(NOW_MS + 40, NOW_MS + 35), names);
});
