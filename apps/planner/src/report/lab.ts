/** Runs the lab and makes of it what is printed, drawn and written. */
import type { StrategyName } from '@spillway/policy';
import { compare, type ScenarioResult } from '../lab/compare.ts';
import { drawOf } from '../lab/draw.ts';
import { run } from '../lab/run.ts';
import { traceOf } from '../lab/traffic.ts';
import type { Scenario } from '../lab/types.ts';
import { figureSpreads, oracleRefused, spreadOf } from './figure-values.ts';
import { promiseView } from './promise-view.ts';
import { runView } from './run-view.ts';
import type { LabView, OracleView, RunView, ScenarioView } from './view.ts';

export interface RunLabOptions {
  readonly scenarios: readonly Scenario[];
  /** The first one is told first, and drawn. */
  readonly strategies: readonly StrategyName[];
  readonly firstSeed: number;
  readonly seeds: number;
  /** Whether a run of each scenario is kept second by second, to be drawn. */
  readonly isDrawn: boolean;
  readonly onProgress: (what: string, done: number, total: number) => void;
}

export async function runLab(options: RunLabOptions): Promise<LabView> {
  const { scenarios, strategies, firstSeed, seeds, isDrawn, onProgress } = options;
  const results = await compare({
    scenarios,
    strategies,
    firstSeed,
    seeds,
    onProgress: ({ scenario, done, total }) => onProgress(scenario, done, total),
  });
  const [drawn] = strategies;
  return {
    firstSeed,
    seeds,
    scenarios: results.map((result) => ({
      ...scenarioView(result, strategies),
      run: isDrawn && drawn !== undefined ? drawnRun(result.scenario, drawn, firstSeed) : null,
    })),
  };
}

export function scenarioView(
  { scenario, seeds, promises, unchecked }: ScenarioResult,
  strategies: readonly StrategyName[],
): Omit<ScenarioView, 'run'> {
  const { name, why, seconds, warmUpSeconds } = scenario;
  return {
    name,
    why,
    seconds,
    warmUpSeconds,
    strategies: strategies.map((strategy) => ({ name: strategy, figures: figureSpreads(seeds, strategy) })),
    promises: promises.map(promiseView),
    unchecked,
    exception: scenario.pooledMost?.why ?? null,
    oracle: oracleView(seeds),
  };
}

function oracleView(seeds: ScenarioResult['seeds']): OracleView | null {
  const refused = spreadOf(seeds.map(({ oracle }) => oracleRefused(oracle)));
  const ofBound = spreadOf(seeds.map(({ oracle, goodputBound }) => oracle.goodput / Math.max(1, goodputBound)));
  return refused === null || ofBound === null ? null : { refused: refused.median, ofBound: ofBound.median };
}

/** The same run as that of the comparison: the same arguments give the same result. */
function drawnRun(scenario: Scenario, strategy: StrategyName, seed: number): RunView {
  const draw = drawOf(seed);
  const spec = { scenario, draw, seed, strategy, trace: traceOf(scenario, draw, seed) };
  return runView({ scenario, strategy, seed, run: run(spec) });
}

/** Every figure, and the drawn run's series where it was asked for. Additions are free; changes are news in the CHANGELOG. */
export function labJson(view: LabView): string {
  const scenarios = view.scenarios.map((one) => ({
    ...one,
    strategies: one.strategies.map(({ name, figures }) => ({ name, figures: Object.fromEntries(figures) })),
  }));
  return `${JSON.stringify({ ...view, scenarios }, null, 2)}\n`;
}
