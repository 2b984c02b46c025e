/** The worker that counts prompts, seen from the gateway. */
import { Worker } from 'node:worker_threads';
import type { Counter } from './sampler.ts';

/** More memory than the tokenizer's tables need is not given to it. Megabytes. */
const WORKER_MB_MAX = 256;

export class WorkerCounter implements Counter {
  readonly #worker = new Worker(new URL('./count-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: WORKER_MB_MAX },
  });
  #done: (tokens: number | null) => void = () => {};

  /** @param process held: it does not end while the worker is there. free: it ends, with the worker. */
  constructor(process: 'held' | 'free' = 'free') {
    this.#worker.on('message', (tokens: unknown) => this.#told(typeof tokens === 'number' ? tokens : null));
    // Whatever ends it ends the counting, not the gateway.
    this.#worker.on('error', () => this.#told(null));
    if (process === 'free') this.#worker.unref();
  }

  count(prompt: Buffer, done: (tokens: number | null) => void): void {
    this.#done = done;
    this.#worker.postMessage(prompt);
  }

  close(): void {
    void this.#worker.terminate();
  }

  #told(tokens: number | null): void {
    const done = this.#done;
    this.#done = () => {};
    done(tokens);
  }
}
