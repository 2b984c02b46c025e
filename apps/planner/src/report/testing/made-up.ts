/** For tests: a report's view with made-up figures, as rich as a real one. */
import { mean } from '../../lab/figures.ts';
import { median } from '../../lab/measures.ts';
import type { PromiseCheck } from '../../lab/promises.ts';
import type { PromiseName } from '../../lab/types.ts';
import { promiseView } from '../promise-view.ts';
import type { DeploymentSeries, FigureId, LabView, PromiseView, RunView, ScenarioView, Spread } from '../view.ts';

const STEPS = 60;

function series(of: (at: number) => number): readonly number[] {
  return Array.from({ length: STEPS }, (_, at) => of(at));
}

function standard(id: string, limit: number): DeploymentSeries {
  const real = series((at) => 0.05 + 0.4 * Math.abs(Math.sin(at / 6)));
  return {
    id,
    what: `gpt-4o, Standard, ${limit / 1_000}K TPM, priority 2`,
    isProvisioned: false,
    limit: series((at) => (at > 40 ? limit / 2 : limit)),
    load: series((at) => limit * (0.8 + 0.15 * Math.sin(at / 3))),
    believed: real.map((share, at) => (at < 3 ? null : share + 0.03)),
    real,
    refused: series((at) => (at > 38 && at < 42 ? 3 : 0)),
  };
}

function provisioned(id: string): DeploymentSeries {
  const real = series((at) => Math.min(1.02, at / 10));
  return {
    id,
    what: 'gpt-4o, ProvisionedManaged, 100 PTU, priority 1',
    isProvisioned: true,
    limit: series(() => 250_000),
    load: series((at) => 250_000 * Math.min(1, at / 10)),
    believed: real.map((share) => share * 0.97),
    real,
    refused: series(() => 0),
  };
}

export function madeUpRun(): RunView {
  return {
    strategy: 'headroom',
    seed: 1,
    stepMs: 10_000,
    warmUpMs: 120_000,
    deployments: [
      provisioned('openai1/gpt-4o-ptu'),
      standard('openai1/gpt-4o', 300_000),
      standard('openai2/gpt-4o', 120_000),
    ],
    arrived: series((at) => 120 + 40 * Math.sin(at / 5)),
    refused: series((at) => (at === 50 ? 2 : 0)),
    waitMsMax: series((at) => (at % 7 === 0 ? 900 : 0)),
    spilled: series((at) => (at > 15 && at % 3 === 0 ? 4 : 0)),
  };
}

function spread(median: number): Spread {
  return { median, min: median * 0.8, max: median * 1.25 };
}

function figures(refused: number, wasted: number, goodput: number): ReadonlyMap<FigureId, Spread> {
  return new Map<FigureId, Spread>([
    ['requests', spread(9_000)],
    ['refused', spread(refused)],
    ['beyondOracle', spread(refused / 2)],
    ['goodput', { median: goodput, min: goodput - 2, max: Math.min(100, goodput + 2) }],
    ['wasted', spread(wasted)],
    ['waitP99', spread(820)],
    ['fairness', spread(0.99)],
  ]);
}

export interface PromiseTold {
  readonly promise: PromiseName;
  /** Of seeds 1, 2 and so on, each with the same requests. */
  readonly values: readonly number[];
  readonly limit: number;
  readonly sense?: PromiseCheck['sense'];
  /** Of all seeds together; null: they are not held to one. */
  readonly pooledLimit?: number | null;
}

export function madeUpPromise({
  promise,
  values,
  limit,
  sense = 'atMost',
  pooledLimit = null,
}: PromiseTold): PromiseView {
  const excess = (value: number) => (sense === 'atMost' ? value - limit : limit - value);
  const seeds = values.map((value, at) => ({ seed: at + 1, value, wanted: limit, isOver: excess(value) > 0 }));
  const [measured, pooled] = [median(values) ?? Number.NaN, mean(values) ?? Number.NaN];
  return promiseView({
    promise,
    name: 'what was refused, per 10,000',
    sense,
    measured,
    wanted: limit,
    pooled,
    pooledWanted: pooledLimit,
    seeds,
    seedsOver: seeds.filter(({ isOver }) => isOver).length,
    worst: seeds.toSorted((one, other) => excess(other.value) - excess(one.value))[0] ?? null,
    holds: excess(measured) <= 0,
  });
}

export function madeUpScenario(name: string): ScenarioView {
  return {
    name,
    why: 'Where a fleet stands on a good working day: almost everything is used, and nobody may notice.',
    seconds: 600,
    warmUpSeconds: 120,
    strategies: [
      { name: 'headroom', figures: figures(0, 0.4, 99.4) },
      { name: 'weighted', figures: figures(31, 120, 91) },
      { name: 'random-in-priority', figures: figures(210, 300, 84) },
      { name: 'apim-policy', figures: figures(320, 280, 82) },
    ],
    promises: [
      madeUpPromise({ promise: 'no429', values: [...Array.from({ length: 18 }, () => 0), 0.8, 46], limit: 1 }),
      madeUpPromise({ promise: 'wasted10x', values: Array.from({ length: 20 }, (_, at) => 4 + at / 10), limit: 1.5 }),
    ],
    unchecked: [],
    exception: null,
    oracle: { refused: 2.5, ofBound: 0.97 },
    run: madeUpRun(),
  };
}

export function madeUpView(): LabView {
  return {
    firstSeed: 1,
    seeds: 20,
    scenarios: [madeUpScenario('steady-95'), madeUpScenario('ptu first <then> spill')],
  };
}
