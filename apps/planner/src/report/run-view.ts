/** From what a run wrote down to what is drawn of it: the same steps of time for everything. */
import { grouped } from '@spillway/drawing';
import { isProvisioned } from '@spillway/protocol';
import type { Run, Sample } from '../lab/run-log.ts';
import type { Fate, LabDeployment, Scenario } from '../lab/types.ts';
import type { DeploymentSeries, RunView } from './view.ts';

/** More would be finer than the figures are wide. */
const STEPS_MAX = 120;
const MINUTE_MS = 60_000;

export interface RunDrawn {
  readonly scenario: Scenario;
  readonly strategy: string;
  readonly seed: number;
  readonly run: Run;
}

export function runView({ scenario, strategy, seed, run }: RunDrawn): RunView {
  const steps = new Steps(scenario.seconds * 1_000);
  const firsts = run.fates.filter(({ isComeback }) => !isComeback);
  return {
    strategy,
    seed,
    stepMs: steps.stepMs,
    warmUpMs: scenario.warmUpSeconds * 1_000,
    deployments: scenario.fleet.map((one) => deploymentSeries(one, run, steps)),
    arrived: steps.sums(firsts, ({ arrival }) => [arrival.atMs, 1]),
    refused: steps.sums(firsts, ({ enteredMs, status }) => [enteredMs, status === 429 ? 1 : 0]),
    waitMsMax: steps.largest(run.fates, ({ enteredMs, waitedMs }) => [enteredMs, waitedMs]),
    spilled: steps.sums(run.spills, ({ atMs }) => [atMs, 1]),
  };
}

function deploymentSeries(one: LabDeployment, { fates, samples }: Run, steps: Steps): DeploymentSeries {
  const mine = samples.filter(({ deployment }) => deployment === one.id);
  const isUnits = isProvisioned(one.type);
  return {
    id: one.id,
    what: describe(one),
    isProvisioned: isUnits,
    limit: steps.lasts(mine, ({ limitTokens }) => limitTokens).map((value) => value ?? 0),
    load: lastMinute(
      steps.sums(fates, ({ servedBy, charged, ...fate }) => [sentMs(fate), servedBy === one.id ? charged : 0]),
      steps.stepMs,
    ),
    believed: steps.lasts(mine, isUnits ? ({ believedUtilisation }) => believedUtilisation : believedShare),
    real: steps
      .lasts(
        mine,
        isUnits ? ({ utilisation }) => utilisation : ({ leftTokens, limitTokens }) => share(leftTokens, limitTokens),
      )
      .map((value) => value ?? 0),
    refused: steps.sums(mine, ({ atMs, refused }) => [atMs - 1, refused]),
  };
}

function describe({ model, type, trueCapacity, priority }: LabDeployment): string {
  const capacity = isProvisioned(type) ? `${grouped(trueCapacity)} PTU` : `${grouped(trueCapacity)}K TPM`;
  return `${model}, ${type} ${capacity}, priority ${priority}`;
}

function sentMs({ enteredMs, waitedMs }: Pick<Fate, 'enteredMs' | 'waitedMs'>): number {
  return enteredMs + waitedMs;
}

function believedShare({ believedLeftTokens, limitTokens }: Sample): number | null {
  return believedLeftTokens === null ? null : share(believedLeftTokens, limitTokens);
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** What a quota of tokens per minute is compared to: the sum of the last minute, at each step. */
export function lastMinute(values: readonly number[], stepMs: number): readonly number[] {
  const steps = Math.max(1, Math.round(MINUTE_MS / stepMs));
  let sum = 0;
  return values.map((value, at) => {
    sum += value - (values[at - steps] ?? 0);
    return Math.max(0, sum);
  });
}

/** Whole seconds, so that the samples of each second fall into one step each. */
export class Steps {
  readonly stepMs: number;
  readonly #count: number;

  constructor(totalMs: number) {
    this.stepMs = Math.max(1, Math.ceil(totalMs / 1_000 / STEPS_MAX)) * 1_000;
    this.#count = Math.ceil(totalMs / this.stepMs);
  }

  sums<T>(all: readonly T[], of: (one: T) => readonly [atMs: number, value: number]): readonly number[] {
    return this.#folded(all, of, (sum, value) => sum + value);
  }

  largest<T>(all: readonly T[], of: (one: T) => readonly [atMs: number, value: number]): readonly number[] {
    return this.#folded(all, of, Math.max);
  }

  /** The newest in each step; null where there is none. */
  lasts(all: readonly Sample[], of: (one: Sample) => number | null): readonly (number | null)[] {
    const values = new Array<number | null>(this.#count).fill(null);
    for (const one of all) {
      // A sample tells of the second before it.
      const at = this.#at(one.atMs - 1);
      if (at !== null) values[at] = of(one);
    }
    return values;
  }

  #folded<T>(
    all: readonly T[],
    of: (one: T) => readonly [atMs: number, value: number],
    fold: (sum: number, value: number) => number,
  ): readonly number[] {
    const values = new Array<number>(this.#count).fill(0);
    for (const one of all) {
      const [atMs, value] = of(one);
      const at = this.#at(atMs);
      if (at !== null) values[at] = fold(values[at] ?? 0, value);
    }
    return values;
  }

  /** What happens after the end belongs to no step. */
  #at(atMs: number): number | null {
    const at = Math.floor(Math.max(0, atMs) / this.stepMs);
    return at < this.#count ? at : null;
  }
}
