/** Calls into a thread and their answers. */
import type { Worker } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import type { Call } from './thread.ts';

/** Calls that wait for the thread; beyond, the app is asked for more than one machine can do. */
export const CALLS_MAX = 1_000;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: StoreError) => void;
}

/** What a thread answers: of the call with that id. */
type Answer = { readonly id: number } & ({ readonly value: never } | { readonly error: string });

export class Caller {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended: string | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#answered(answer));
    worker.on('error', (error) => this.#end(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => this.#end('it is closed'));
  }

  /** Settled when the thread has opened its stores, or cannot. */
  opened(): Promise<null> {
    return new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
  }

  /** @param moved of what the values hold: not copied, and gone for this thread. */
  call<T>(
    store: Call['store'],
    method: string,
    values: readonly unknown[],
    moved: readonly ArrayBuffer[] = [],
  ): Promise<T> {
    if (this.#ended !== null)
      return Promise.reject(new StoreError(`store: ${method} failed (${this.#ended}); open it again`));
    if (this.#waiting.size >= CALLS_MAX) {
      return Promise.reject(
        new StoreError(`store: ${method}: ${CALLS_MAX} calls are waiting already; try again in a moment`),
      );
    }
    const id = ++this.#lastId;
    const call: Call = { id, store, method, values };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(call, moved);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new StoreError(answer.error));
    else waiting?.resolve(answer.value);
  }

  #end(why: string): void {
    this.#ended ??= why;
    for (const { reject } of this.#waiting.values())
      reject(new StoreError(`store: failed (${this.#ended}); open it again`));
    this.#waiting.clear();
  }
}
