import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Board } from './board.ts';
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
