/**
 * Writes docs/lab-figures.md: runs every shipped scenario on the seeds of the promises and on others, some minutes on two cores. It is not
 * part of `npm run fix`: whoever changes a rule of routing runs it and reads what moved.
 */
import { writeFileSync } from 'node:fs';
import { systemClock } from '@spillway/clock';
import {
  type LabView,
  measuredTable,
  runLab,
  type ScenarioView,
  SEEDS_PROMISED,
  shippedNames,
  shippedScenario,
  strategiesNeeded,
} from '@spillway/planner';

const FILE = new URL('../docs/lab-figures.md', import.meta.url);
/** Of the seeds that promises are held to, and of those that nothing was fitted to. */
const FIRST_SEED = 1;
const FIRST_SEED_HELD_OUT = 1_001;

/** One scenario after the other: each runs the strategies that its promises compare, and no others. */
async function measured(firstSeed: number): Promise<LabView> {
  const scenarios: ScenarioView[] = [];
  for (const name of shippedNames()) {
    const scenario = shippedScenario(name);
    const strategies = strategiesNeeded(scenario);
    const onProgress = () => {};
    const view = await runLab({
      scenarios: [scenario],
      strategies,
      firstSeed,
      seeds: SEEDS_PROMISED,
      isDrawn: false,
      onProgress,
    });
    scenarios.push(...view.scenarios);
    for (const { promise, told, holds } of view.scenarios.flatMap((one) => one.promises)) {
      console.error(`${holds ? 'holds ' : 'MISSED'} ${name}, ${promise}: ${told}`);
    }
  }
  return { firstSeed, seeds: SEEDS_PROMISED, scenarios };
}

const held = await measured(FIRST_SEED);
const heldOut = await measured(FIRST_SEED_HELD_OUT);
const day = new Date(systemClock.nowMs()).toISOString().slice(0, 10);
writeFileSync(FILE, measuredTable({ held, heldOut, day }));
