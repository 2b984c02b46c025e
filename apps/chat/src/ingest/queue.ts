/**
 * Jobs that put documents into the index, one after the other; users take turns. What waits is bounded; what runs can be stopped and told of. A job that
 * was cut off, by a stop or a crash, is simply given again: what it finished is unchanged and skipped.
 */
import { randomUUID } from 'node:crypto';
import type { DocumentStore } from '../store/store.ts';
import { type DocumentTold, type IngestParts, ingestDocument } from './document.ts';
import { type FolderJob, listFolder } from './folder.ts';
import { type FileFailure, type FileOutcome, type IngestEvent, NO_PROGRESS, type Progress } from './progress.ts';
import type { Source } from './source.ts';

export type JobAsk =
  | { readonly kind: 'folder'; readonly folder: FolderJob }
  /** @param bytes Of all files together, as they wait in memory. */
  | { readonly kind: 'files'; readonly sources: readonly Source[]; readonly bytes: number };

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'stopped';

export interface Job {
  readonly id: string;
  readonly state: JobState;
  readonly progress: Progress;
  /** The first ones, at most `failuresKeptMax`. */
  readonly failures: readonly FileFailure[];
  /** Of the file that was done last: all there is to tell of a job of one file. */
  readonly last: FileOutcome | null;
  /** Of a job that failed as a whole. */
  readonly reason: string | null;
  readonly owner: string | null;
  readonly createdMs: number;
  readonly endedMs: number | null;
  /** When the embedding model, which is throttled or does not answer, is asked again for the job that runs: those behind it wait as well. null: nobody waits for it. */
  readonly retryAtMs: number | null;
}

export type Taken =
  | { readonly kind: 'taken'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string };

export interface QueueParts extends Omit<IngestParts, 'signal' | 'store'> {
  readonly store: Pick<DocumentStore, 'byPath' | 'put' | 'removeAll' | 'claim'>;
  /** Called when a job is over, however it ended. */
  readonly onEnded?: () => void;
}

type Listener = (event: IngestEvent) => void;

interface Sources {
  readonly files: readonly Source[];
  /** What the store knows their folder by; null: of no folder. */
  readonly folder: string | null;
}

class Work {
  readonly id: string = randomUUID();
  /** null once it is over: it may hold files in memory. */
  ask: JobAsk | null;
  readonly owner: string | null;
  readonly createdMs: number;
  readonly stop = new AbortController();
  readonly listeners = new Set<Listener>();
  readonly ended = Promise.withResolvers<void>();
  readonly failures: FileFailure[] = [];
  last: FileOutcome | null = null;
  state: JobState = 'waiting';
  progress: Progress = NO_PROGRESS;
  reason: string | null = null;
  endedMs: number | null = null;

  constructor(ask: JobAsk, owner: string | null, createdMs: number) {
    this.ask = ask;
    this.owner = owner;
    this.createdMs = createdMs;
  }

  move(change: Partial<Progress>): void {
    this.progress = { ...this.progress, ...change };
    this.tell({ type: 'progress', progress: this.progress });
  }

  tell(event: IngestEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  get isOver(): boolean {
    return this.endedMs !== null;
  }
}

/** Users whose turn is remembered. */
export const TURNS_MAX = 1_000;

export class IngestQueue {
  readonly #parts: QueueParts;
  /** In the order they came: ended ones first, then the running one, then those that wait. */
  readonly #works = new Map<string, Work>();
  #running = false;
  /** When each user's job ran last, as a count of jobs; the longest ago first. */
  readonly #turns = new Map<string | null, number>();
  #turn = 0;
  #retryAtMs: number | null = null;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  add(ask: JobAsk, owner: string | null = null): Taken {
    const reason = this.#fullness(ask, owner);
    if (reason !== null) return { kind: 'refused', reason };
    const work = new Work(ask, owner, this.#parts.clock.nowMs());
    this.#works.set(work.id, work);
    // Not within this call: who adds a job must be able to watch it from its beginning.
    queueMicrotask(() => void this.#runAll());
    return { kind: 'taken', id: work.id };
  }

  job(id: string): Job | null {
    const work = this.#works.get(id);
    return work === undefined ? null : this.#jobOf(work);
  }

  jobs(): readonly Job[] {
    return [...this.#works.values()].map((work) => this.#jobOf(work));
  }

  /** @returns what ends the watching. Without effect on a job that is over. */
  watch(id: string, listener: Listener): () => void {
    const listeners = this.#works.get(id)?.listeners;
    listeners?.add(listener);
    return () => listeners?.delete(listener);
  }

  /** Resolves when the job is over, however it ended; null: there is no such job. */
  async ended(id: string): Promise<Job | null> {
    const work = this.#works.get(id);
    if (work === undefined) return null;
    await work.ended.promise;
    return this.#jobOf(work);
  }

  /** The document under way is not put; those before it stay. */
  stop(id: string): boolean {
    const work = this.#works.get(id);
    if (work === undefined || work.isOver) return false;
    work.stop.abort();
    if (work.state === 'waiting') this.#end(work, 'stopped');
    return true;
  }

  /** Everything goes; what is under way is stopped first, so that nothing comes back. @returns documents removed. */
  async removeAll(): Promise<number> {
    await this.#stopAll();
    return this.#parts.store.removeAll();
  }

  async close(): Promise<void> {
    await this.#stopAll();
    await this.#parts.reader.close();
  }

  async #stopAll(): Promise<void> {
    const open = [...this.#works.values()].filter((work) => !work.isOver);
    for (const work of open) this.stop(work.id);
    await Promise.all(open.map((work) => work.ended.promise));
  }

  #fullness(ask: JobAsk, owner: string | null): string | null {
    const { jobsWaitingMax, jobsWaitingPerOwnerMax, bytesWaitingMax, filesPerJobMax } = this.#parts.limits;
    const waiting = [...this.#works.values()].filter(({ state }) => state === 'waiting');
    if (waiting.length >= jobsWaitingMax) return `${waiting.length} jobs wait already; try again when one has ended`;
    const own = waiting.filter((work) => work.owner === owner).length;
    if (own >= jobsWaitingPerOwnerMax) return `${own} jobs of yours wait already; try again when one has ended`;
    if (ask.kind === 'folder') return null;
    if (ask.sources.length > filesPerJobMax) return `${ask.sources.length} files, above ${filesPerJobMax}`;
    const bytes = [...this.#works.values()].reduce(
      (sum, work) => sum + (work.isOver ? 0 : bytesOf(work.ask)),
      ask.bytes,
    );
    return bytes > bytesWaitingMax ? `more than ${bytesWaitingMax} bytes wait to be indexed; try again later` : null;
  }

  async #runAll(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let work = this.#next(); work !== null; work = this.#next()) await this.#runOrFail(work);
    this.#running = false;
  }

  /** Of the user whose last job is longest ago, the one that came first: a heap of one user's files does not hold up another's. */
  #next(): Work | null {
    let next: Work | null = null;
    for (const work of this.#works.values()) {
      if (work.state !== 'waiting') continue;
      if (next === null || this.#turnOf(work) < this.#turnOf(next)) next = work;
    }
    if (next === null) return null;
    // Put behind all others.
    this.#turns.delete(next.owner);
    this.#turns.set(next.owner, this.#turn++);
    if (this.#turns.size > TURNS_MAX) this.#turns.delete(this.#turns.keys().next().value ?? null);
    return next;
  }

  #turnOf({ owner }: Work): number {
    return this.#turns.get(owner) ?? -1;
  }

  /** One job that goes wrong as a whole, a listener that throws among the ways to, does not stop those behind it. */
  async #runOrFail(work: Work): Promise<void> {
    try {
      await this.#run(work);
    } catch {
      work.listeners.clear();
      work.reason = 'failed inside the index; what was indexed before stays';
      this.#end(work, 'failed');
    }
  }

  async #run(work: Work): Promise<void> {
    work.state = 'running';
    const sources = await this.#sourcesOf(work);
    if (sources === null) return this.#end(work, 'failed');
    const ids: string[] = [];
    for (const source of sources.files) {
      if (work.stop.signal.aborted) break;
      const outcome = await ingestDocument(source, this.#partsFor(work), this.#toldTo(work));
      // One that was stopped is neither done nor failed.
      if (!work.stop.signal.aborted || outcome.kind !== 'failed') this.#note(work, outcome);
      if (outcome.kind !== 'failed') ids.push(outcome.id);
    }
    if (sources.folder !== null && ids.length > 0) await this.#parts.store.claim(sources.folder, ids);
    this.#end(work, work.stop.signal.aborted ? 'stopped' : 'done');
  }

  #toldTo(work: Work): DocumentTold {
    return {
      cut: (chunks) => work.move({ chunks: work.progress.chunks + chunks }),
      embedded: (count) => {
        this.#retryAtMs = null;
        work.move({ embedded: work.progress.embedded + count });
      },
      waiting: (retryAtMs) => {
        this.#retryAtMs = retryAtMs;
        work.tell({ type: 'waiting', retryAtMs });
      },
    };
  }

  #partsFor(work: Work): IngestParts {
    return { ...this.#parts, signal: work.stop.signal };
  }

  async #sourcesOf(work: Work): Promise<Sources | null> {
    const { ask } = work;
    if (ask === null) return { files: [], folder: null };
    if (ask.kind === 'files') {
      work.move({ files: ask.sources.length });
      return { files: ask.sources, folder: null };
    }
    const { limits } = this.#parts;
    const listed = await listFolder(ask.folder, { ...limits, bytesMax: limits.fileBytesMax });
    if (listed.kind === 'refused') {
      work.reason = listed.reason;
      return null;
    }
    work.move({ files: listed.sources.length + listed.refused.length, ignored: listed.ignored });
    for (const { path, reason } of listed.refused) {
      this.#note(work, { kind: 'failed', path, code: 'notTaken', reason });
    }
    return { files: listed.sources, folder: listed.folder };
  }

  #note(work: Work, outcome: FileOutcome): void {
    this.#retryAtMs = null;
    const { progress, failures } = work;
    if (outcome.kind === 'failed' && failures.length < this.#parts.limits.failuresKeptMax) {
      failures.push({ path: outcome.path, code: outcome.code, reason: outcome.reason });
    }
    work.last = outcome;
    work.tell({ type: 'file', outcome });
    const count = COUNTED[outcome.kind];
    work.move({ filesDone: progress.filesDone + 1, [count]: progress[count] + 1 });
  }

  #jobOf({ id, state, progress, failures, last, reason, owner, createdMs, endedMs }: Work): Job {
    const retryAtMs = endedMs === null ? this.#retryAtMs : null;
    return { id, state, progress, failures: [...failures], last, reason, owner, createdMs, endedMs, retryAtMs };
  }

  #end(work: Work, state: JobState): void {
    if (work.state === 'running') this.#retryAtMs = null;
    work.state = state;
    work.ask = null;
    work.endedMs = this.#parts.clock.nowMs();
    work.tell({ type: 'ended', state });
    work.listeners.clear();
    work.ended.resolve();
    this.#parts.onEnded?.();
    const over = [...this.#works.values()].filter(({ isOver }) => isOver);
    const tooMany = over.length - this.#parts.limits.jobsKeptMax;
    for (const old of over.slice(0, Math.max(0, tooMany))) this.#works.delete(old.id);
  }
}

const COUNTED = { indexed: 'indexed', unchanged: 'skipped', failed: 'failed' } as const;

function bytesOf(ask: JobAsk | null): number {
  return ask?.kind === 'files' ? ask.bytes : 0;
}
