import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { FleetReport } from '@spillway/protocol';
import { Board } from './board.ts';
import { planLoad } from './load.ts';
import type { Scene } from './scene.ts';
import { deploymentReport, fleetReport } from './testing/fleet.ts';
import { UPDATE_MS, Updates } from './updates.ts';

/** Lets what has been resolved run on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp() {
  const clock = new FakeClock();
  const scenes: Scene[] = [];
  const answers: Array<FleetReport | null> = [];
  const updates = new Updates({
    board: new Board(planLoad(1), clock.nowMs(), []),
    show: { update: (scene) => scenes.push(scene) },
    clock,
    poll: async () => answers.shift() ?? null,
  });
  return { clock, scenes, answers, updates };
}

test('Updates: looks, draws, and looks again after a while', async () => {
  const { clock, scenes, answers, updates } = setUp();
  answers.push(fleetReport([deploymentReport('openai1')]));
  updates.start();
  await turn();
  assert.deepEqual(
    scenes.map(({ deployments }) => deployments.length),
    [1],
  );
  clock.advance(UPDATE_MS - 1);
  await turn();
  assert.equal(scenes.length, 1);
  clock.advance(1);
  await turn();
  assert.equal(scenes.length, 2);
  assert.equal(scenes[1]?.deployments.length, 1, 'no report came: the last one stays');
  updates.stop();
});

test('Updates.stop: an answer that is still to come is not drawn, and nothing is asked any more', async () => {
  const { clock, scenes, updates } = setUp();
  updates.start();
  updates.stop();
  await turn();
  clock.advance(10 * UPDATE_MS);
  await turn();
  assert.equal(scenes.length, 0);
  assert.equal(clock.pending, 0);
});
