/** All strategies on the same traces, scenario by scenario and seed by seed, on as many cores as there are. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { StrategyName } from '@spillway/policy';
import type { SeedResult, SeedSpec } from './compare-seed.ts';
import { isOverLimit, OverLimit } from './over-limit.ts';
import { checkPromises, type PromiseCheck, type Unchecked, uncheckedPromises } from './promises.ts';
import type { Scenario } from './types.ts';

export interface CompareOptions {
  readonly scenarios: readonly Scenario[];
  readonly strategies: readonly StrategyName[];
  readonly firstSeed: number;
  readonly seeds: number;
  /** Threads; default: as many as the machine has cores. */
  readonly threads?: number;
  /** After each seed of a scenario. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly scenario: string;
  readonly seed: number;
  readonly done: number;
  readonly total: number;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  /** By seed, the lowest first. */
  readonly seeds: readonly SeedResult[];
  /** Of what the scenario promises, as far as the strategies that it takes were run. */
  readonly promises: readonly PromiseCheck[];
  /** What it promises besides, which takes strategies that were not run. */
  readonly unchecked: readonly Unchecked[];
}

export async function compare(options: CompareOptions): Promise<readonly ScenarioResult[]> {
  const { scenarios, strategies, firstSeed, seeds, onProgress = () => {} } = options;
  const specs = scenarios.flatMap((scenario) =>
    Array.from({ length: seeds }, (_, i): SeedSpec => ({ scenario, seed: firstSeed + i, strategies })),
  );
  const threads = Math.max(1, Math.min(options.threads ?? availableParallelism(), specs.length));
  let done = 0;
  const results = await onThreads(specs, threads, ({ scenario: { name }, seed }) => {
    done++;
    onProgress({ scenario: name, seed, done, total: specs.length });
  });
  return scenarios.map((scenario, i) => {
    const ofIt = results.slice(i * seeds, (i + 1) * seeds);
    return {
      scenario,
      seeds: ofIt,
      promises: checkPromises(scenario, ofIt),
      unchecked: uncheckedPromises(scenario, ofIt),
    };
  });
}

/** In the order of the specs, whoever is done first. */
async function onThreads(
  specs: readonly SeedSpec[],
  threads: number,
  onDone: (spec: SeedSpec) => void,
): Promise<readonly SeedResult[]> {
  const results: SeedResult[] = [];
  let next = 0;
  const work = async () => {
    const thread = new Thread();
    try {
      for (let i = next++; i < specs.length; i = next++) {
        const spec = specs[i];
        if (spec === undefined) continue;
        results[i] = await thread.run(spec);
        onDone(spec);
      }
    } finally {
      await thread.end();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return results;
}

class Thread {
  readonly #worker = new Worker(new URL('./compare-worker.ts', import.meta.url));

  run(spec: SeedSpec): Promise<SeedResult> {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const onResult = (result: SeedResult) => {
        worker.off('error', onError);
        resolve(result);
      };
      const onError = (cause: unknown) => {
        worker.off('message', onResult);
        if (isOverLimit(cause)) reject(new OverLimit(cause.message));
        else reject(new Error(`lab: ${spec.scenario.name}, seed ${spec.seed}: ${String(cause)}`, { cause }));
      };
      worker.once('message', onResult);
      worker.once('error', onError);
      worker.postMessage(spec);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
