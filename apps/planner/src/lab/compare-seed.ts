/** One scenario with one seed: every strategy and the oracle on the same trace. */
import type { StrategyName } from '@spillway/policy';
import { drawOf } from './draw.ts';
import { type Figures, figuresOf } from './figures.ts';
import { oracleRun } from './oracle.ts';
import { goodputBound } from './oracle-bound.ts';
import { run } from './run.ts';
import { traceOf } from './traffic.ts';
import type { Scenario } from './types.ts';

export interface SeedSpec {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly strategies: readonly StrategyName[];
}

export interface SeedResult {
  readonly seed: number;
  readonly oracle: Figures;
  /** Goodput that nobody can pass; see oracle-bound.ts. Tokens. */
  readonly goodputBound: number;
  readonly strategies: readonly StrategyResult[];
}

export interface StrategyResult {
  readonly name: StrategyName;
  readonly figures: Figures;
  /** Of the same scenario at the same load without the traffic of others; null where there is none. */
  readonly alone: Figures | null;
  /** Of all fates: the same for the same run. */
  readonly digest: string;
}

export function compareSeed({ scenario, seed, strategies }: SeedSpec): SeedResult {
  const spec = specOf(scenario, seed);
  const others = scenario.faults.filter(({ fault }) => fault.kind !== 'others');
  const alone = others.length === scenario.faults.length ? null : specOf({ ...scenario, faults: others }, seed);
  return {
    seed,
    oracle: figuresOf(oracleRun(spec), spec),
    goodputBound: goodputBound(spec),
    strategies: strategies.map((strategy) => {
      const ran = run({ ...spec, strategy });
      const clean = alone === null ? null : figuresOf(run({ ...alone, strategy }), alone);
      return { name: strategy, figures: figuresOf(ran, spec), alone: clean, digest: ran.digest };
    }),
  };
}

function specOf(scenario: Scenario, seed: number) {
  const draw = drawOf(seed);
  return { scenario, draw, seed, trace: traceOf(scenario, draw, seed) };
}
