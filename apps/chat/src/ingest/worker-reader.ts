/**
 * The worker that reads documents, seen from outside. A file may make its reader run for ever, or out of memory: then the worker is
 * ended, the document refused, and the next one gets a new worker.
 */
import { Worker } from 'node:worker_threads';
import type { Clock } from '@spillway/clock';
import { EXTRACT_LIMITS, type ExtractLimits } from '../extract/limits.ts';
import { INGEST_LIMITS } from './limits.ts';
import type { DocumentReader, ReadAnswer } from './reading.ts';

/** How often memory is looked at. */
export const WATCH_MS = 100;

interface Options {
  readonly clock: Clock;
  readonly limits?: ExtractLimits;
  readonly readMsMax?: number;
  readonly readerMbMax?: number;
  readonly growthMbMax?: number;
  /** Of the whole process; bytes. */
  readonly memory?: () => number;
  /** Another worker, for tests. */
  readonly script?: URL;
}

export class WorkerReader implements DocumentReader {
  readonly #clock: Clock;
  readonly #limits: ExtractLimits;
  readonly #readMsMax: number;
  readonly #readerMbMax: number;
  readonly #growthMbMax: number;
  readonly #memory: () => number;
  readonly #script: URL;
  #worker: Worker | null = null;
  /** Documents are read one after the other: the end of the last one asked for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ clock, limits, readMsMax, readerMbMax, growthMbMax, memory, script }: Options) {
    this.#clock = clock;
    this.#limits = limits ?? EXTRACT_LIMITS;
    this.#readMsMax = readMsMax ?? INGEST_LIMITS.readMsMax;
    this.#readerMbMax = readerMbMax ?? INGEST_LIMITS.readerMbMax;
    this.#growthMbMax = growthMbMax ?? INGEST_LIMITS.growthMbMax;
    this.#memory = memory ?? process.memoryUsage.rss;
    this.#script = script ?? new URL('./worker.ts', import.meta.url);
  }

  read(path: string, bytes: Uint8Array): Promise<ReadAnswer> {
    const answer = this.#last.then(() => this.#readNow(path, bytes));
    this.#last = answer;
    return answer;
  }

  async close(): Promise<void> {
    await this.#end();
  }

  #readNow(path: string, bytes: Uint8Array): Promise<ReadAnswer> {
    const worker = this.#started();
    const { promise, resolve } = Promise.withResolvers<ReadAnswer>();
    const timer = this.#clock.after(this.#readMsMax, () => settle(this.#tooLong(), 'ended'));
    const unwatch = this.#watchMemory(() => settle(tooMuch(), 'ended'));
    const onMessage = (answer: ReadAnswer) => settle(answer, 'kept');
    const onError = (error: Error) => settle(failed(error), 'ended');
    const onExit = () => settle(refused('damaged', 'its reader ended early'), 'ended');
    const settle = (answer: ReadAnswer, fate: 'kept' | 'ended') => {
      timer.cancel();
      unwatch();
      worker.off('message', onMessage).off('error', onError).off('exit', onExit).unref();
      if (fate === 'kept') return resolve(answer);
      // What an ended worker still has to say is nobody's.
      worker.on('error', () => {});
      void this.#end().then(() => resolve(answer));
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit).ref();
    worker.postMessage({ path, bytes, limits: this.#limits });
    return promise;
  }

  #started(): Worker {
    this.#worker ??= new Worker(this.#script, { resourceLimits: { maxOldGenerationSizeMb: this.#readerMbMax } });
    return this.#worker;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  /** Files can inflate faster than their reader notices. @returns what ends the watching. */
  #watchMemory(onTooMuch: () => void): () => void {
    const before = this.#memory();
    const look = () => {
      if (this.#memory() - before > this.#growthMbMax * 1e6) onTooMuch();
      else timer = this.#clock.after(WATCH_MS, look);
    };
    let timer = this.#clock.after(WATCH_MS, look);
    return () => timer.cancel();
  }

  #tooLong(): ReadAnswer {
    const seconds = Math.round(this.#readMsMax / 1_000);
    return refused('timeout', `not read within ${seconds} seconds; split or simplify the document`);
  }
}

function failed(error: Error): ReadAnswer {
  const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isMemory
    ? tooMuch()
    : refused('damaged', 'cannot be read; open it in the program it comes from and save it anew');
}

function tooMuch(): ReadAnswer {
  return refused('tooLarge', 'needs more memory than is given to one document; split it');
}

function refused(refusal: 'damaged' | 'tooLarge' | 'timeout', message: string): ReadAnswer {
  return { kind: 'refused', refusal, message };
}
