import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuredSteadily, TIMES_MAX } from './steady.ts';

/** A machine that stands still for so many milliseconds in each run, and what the test was told. */
function machine(standstills: readonly number[]) {
  const told: string[] = [];
  let runs = 0;
  const watch = () => () => standstills[runs - 1] ?? 0;
  const t = { diagnostic: (text: string) => told.push(text), skip: (text?: string) => told.push(`skipped: ${text}`) };
  return { t, told, watch, measure: async () => ++runs, runs: () => runs };
}

test('measuredSteadily: an undisturbed run is the only one', async () => {
  const { t, told, watch, measure } = machine([50]);
  assert.equal(await measuredSteadily(t, { stillMsMax: 50, watch }, measure), 1);
  assert.deepEqual(told, []);
});

test('measuredSteadily: a disturbed run does not count, and the next does', async () => {
  const { t, told, watch, measure } = machine([51.2, 3]);
  assert.equal(await measuredSteadily(t, { stillMsMax: 50, watch }, measure), 2);
  assert.deepEqual(told, ['run 1 of at most 3: the machine stood still for 51 ms']);
});

test('measuredSteadily: what the measurement says of itself counts as well', async () => {
  const { t, watch, measure } = machine([]);
  const lateMs = (run: number) => (run === 1 ? 80 : 0);
  assert.equal(await measuredSteadily(t, { stillMsMax: 50, watch, lateMs }, measure), 2);
});

test('measuredSteadily: after as many runs as there may be, the test is skipped with the reason', async () => {
  const { t, told, watch, measure, runs } = machine([90, 80, 70]);
  assert.equal(await measuredSteadily(t, { stillMsMax: 50, watch }, measure), null);
  assert.equal(runs(), TIMES_MAX);
  assert.equal(told.at(-1), 'skipped: the machine stood still for 90, 80, 70 ms in 3 runs, and 50 ms spoil the figure');
});

test('measuredSteadily: a measurement that takes long may be made fewer times', async () => {
  const { t, watch, measure, runs } = machine([90, 0]);
  assert.equal(await measuredSteadily(t, { stillMsMax: 50, timesMax: 1, watch }, measure), null);
  assert.equal(runs(), 1);
});

test('measuredSteadily: sees this process stand still', async () => {
  const { t, told } = machine([]);
  let runs = 0;
  const measure = async () => {
    // Turns of the event loop before and behind, so that it is watched when it stands still, and seen to have stood.
    await turns();
    const untilMs = performance.now() + (runs++ === 0 ? 200 : 0);
    while (performance.now() < untilMs);
    await turns();
  };
  await measuredSteadily(t, { stillMsMax: 150 }, measure);
  assert.match(told[0] ?? '', /run 1 of at most 3: the machine stood still for (19\d|[2-9]\d\d|\d{4,}) ms/);
});

/** The event loop turns for a few looks of the watch. */
async function turns(): Promise<void> {
  const untilMs = performance.now() + 20;
  while (performance.now() < untilMs) await new Promise(setImmediate);
}
