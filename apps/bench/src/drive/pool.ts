/** The workers of a run: begun together, stopped together; their results come in here. */
import { Worker } from 'node:worker_threads';
import type { LoadSpec } from '../spec.ts';
import { type CallResult, NOTHING_SENT, type SenderReport } from './call.ts';
import type { EarlyEnd } from './driver.ts';

export interface WorkerTask {
  readonly spec: LoadSpec;
  readonly worker: number;
}

export type ToWorker = { readonly kind: 'begin'; readonly startedAtMs: number } | { readonly kind: 'stop' | 'cancel' };

type Report = Omit<SenderReport, 'cpuMs'>;

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'results'; readonly results: readonly CallResult[]; readonly underWay: number }
  | { readonly kind: 'endsEarly'; readonly why: EarlyEnd }
  | { readonly kind: 'ended'; readonly report: Report }
  | { readonly kind: 'failed'; readonly message: string };

/** The run cannot be made as it was asked for; the message says why. */
export class RunError extends Error {}

export interface PoolParts {
  readonly onResults: (results: readonly CallResult[]) => void;
  readonly onEarlyEnd: (why: EarlyEnd) => void;
  /** What the threads run; tests give their own. */
  readonly script?: URL;
  readonly cancelMsMax?: number;
}

/** A worker that does not end when it is cancelled is ended from outside after so long. Milliseconds. */
const CANCEL_MS_MAX = 2_000;

interface Place {
  readonly worker: Worker;
  underWay: number;
  /** Ends the wait for it. */
  giveUp(): void;
}

export class WorkerPool {
  readonly #places: readonly Place[];
  readonly #parts: PoolParts;
  readonly #ready: Promise<unknown>;
  readonly #ended: Promise<readonly Report[]>;
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;
  #giveUp: NodeJS.Timeout | null = null;

  constructor(spec: LoadSpec, parts: PoolParts) {
    this.#parts = parts;
    const script = parts.script ?? new URL('./worker.ts', import.meta.url);
    this.#places = Array.from({ length: spec.workers }, (_, worker) => {
      const task: WorkerTask = { spec, worker };
      return { worker: new Worker(script, { workerData: task }), underWay: 0, giveUp: () => {} };
    });
    const watched = this.#places.map((place) => this.#watch(place));
    this.#ready = Promise.all(watched.map(({ ready }) => ready));
    this.#ended = Promise.all(watched.map(({ ended }) => ended));
    this.#ready.catch(() => {});
    this.#ended.catch(() => {});
  }

  /** When every worker could begin at once, or it was stopped before. @throws RunError. */
  async ready(): Promise<void> {
    await Promise.race([this.#ready, this.#stopped.promise]);
  }

  get underWay(): number {
    return this.#places.reduce((sum, { underWay }) => sum + underWay, 0);
  }

  /** @returns when all have ended. @throws RunError. */
  async run(startedAtMs: number): Promise<Report> {
    if (this.#isStopped) return NOTHING_SENT;
    this.#tell({ kind: 'begin', startedAtMs });
    const reports = await this.#ended;
    return {
      late: reports.reduce((sum, { late }) => sum + late, 0),
      lagMsMax: Math.max(...reports.map(({ lagMsMax }) => lagMsMax)),
      capped: reports.reduce((sum, { capped }) => sum + capped, 0),
      unsent: reports.reduce((sum, { unsent }) => sum + unsent, 0),
    };
  }

  /** Also before it has begun: it does not begin then. */
  stop(): void {
    this.#isStopped = true;
    this.#stopped.resolve();
    this.#tell({ kind: 'stop' });
  }

  cancel(): void {
    this.stop();
    this.#tell({ kind: 'cancel' });
    this.#giveUp ??= setTimeout(() => {
      for (const place of this.#places) place.giveUp();
    }, this.#parts.cancelMsMax ?? CANCEL_MS_MAX);
  }

  async close(): Promise<void> {
    if (this.#giveUp !== null) clearTimeout(this.#giveUp);
    await Promise.all(this.#places.map(({ worker }) => worker.terminate()));
  }

  #tell(message: ToWorker): void {
    for (const { worker } of this.#places) worker.postMessage(message);
  }

  #watch(place: Place): { readonly ready: Promise<void>; readonly ended: Promise<Report> } {
    const ready = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<Report>();
    const fail = (message: string): void => {
      const error = new RunError(message);
      ready.reject(error);
      ended.reject(error);
    };
    ready.promise.catch(() => {});
    ended.promise.catch(() => {});
    place.giveUp = () => ended.resolve(NOTHING_SENT);
    place.worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') ready.resolve();
      else if (message.kind === 'failed') fail(message.message);
      else if (message.kind === 'ended') ended.resolve(message.report);
      else if (message.kind === 'endsEarly') this.#parts.onEarlyEnd(message.why);
      else {
        place.underWay = message.underWay;
        this.#parts.onResults(message.results);
      }
    });
    place.worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
    place.worker.on('exit', (code) => fail(`a worker ended with ${code} before its calls had`));
    return { ready: ready.promise, ended: ended.promise };
  }
}
