/** The local store as the app has it, in its thread: questions by words and by vectors; one long document while questions are asked. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { seededUnit } from '@spillway/clock';
import { openLocalThread } from '../../apps/chat/src/store/local/local-thread.ts';
import type { DocumentStore, SearchFilter } from '../../apps/chat/src/store/store.ts';
import { documentOf, SEED, vector, words } from './text.ts';

const CHUNKS_OF_A_DOCUMENT = 50;
const WORDS_OF_A_QUESTION = 9;
const QUESTIONS = 100;
const FILTER: SearchFilter = {
  reader: { user: 'ann', groups: [], isAdmin: false },
  includeCategory: null,
  excludeCategory: null,
  documents: null,
  top: 50,
};

export interface Index {
  readonly chunks: number;
  readonly dimensions: number;
}

export interface StoreFigures extends Index {
  /** Of all questions, words and vectors together; milliseconds, in no order. */
  readonly questionMs: readonly number[];
  readonly wordsMs: readonly number[];
  readonly vectorMs: readonly number[];
  /** CPU of a question, all threads: what is left of its time on a machine that others use. Milliseconds. */
  readonly cpuMs: readonly number[];
  /** The first one reads the vectors into memory. */
  readonly firstMs: number;
  readonly insertMsByChunk: number;
  readonly fileBytes: number;
  /** Growth of the process, to its highest. */
  readonly growthBytes: number;
}

export async function measureStore(index: Index): Promise<StoreFigures> {
  return await inFile(async (documents, path) => {
    const unit = seededUnit(SEED);
    const before = peakBytes();
    let insertMs = 0;
    for (let number = 0; number * CHUNKS_OF_A_DOCUMENT < index.chunks; number++) {
      const chunks = Math.min(CHUNKS_OF_A_DOCUMENT, index.chunks - number * CHUNKS_OF_A_DOCUMENT);
      const document = documentOf(number, { ...index, chunks }, unit);
      const beforeMs = performance.now();
      await documents.put(document, 'benchmark');
      insertMs += performance.now() - beforeMs;
    }
    const [first, ...rest] = await asked(documents, index.dimensions, unit);
    const sum = ({ wordsMs, vectorMs }: Asked) => wordsMs + vectorMs;
    return {
      ...index,
      questionMs: rest.map(sum),
      wordsMs: rest.map(({ wordsMs }) => wordsMs),
      vectorMs: rest.map(({ vectorMs }) => vectorMs),
      cpuMs: rest.map(({ cpuMs }) => cpuMs),
      firstMs: first === undefined ? 0 : sum(first),
      insertMsByChunk: insertMs / index.chunks,
      fileBytes: statSync(path).size,
      growthBytes: peakBytes() - before,
    };
  });
}

interface Asked {
  readonly wordsMs: number;
  readonly vectorMs: number;
  readonly cpuMs: number;
}

async function asked(documents: DocumentStore, dimensions: number, unit: () => number): Promise<readonly Asked[]> {
  const times: Asked[] = [];
  for (let i = 0; i <= QUESTIONS; i++) {
    const [question, about] = [words(WORDS_OF_A_QUESTION, unit), vector(dimensions, unit)];
    const [startMs, cpu] = [performance.now(), process.cpuUsage()];
    await documents.searchText(question, FILTER);
    const betweenMs = performance.now();
    await documents.searchVector(about, FILTER);
    const endMs = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    times.push({ wordsMs: betweenMs - startMs, vectorMs: endMs - betweenMs, cpuMs: (user + system) / 1_000 });
  }
  return times;
}

export interface PutFigures extends Index {
  readonly putMs: number;
  /** How late the event loop of the app was at most, and in 99 of 100 looks. */
  readonly lagMsMax: number;
  readonly lagMsP99: number;
  /** The slowest question that was asked meanwhile, and how many there were. */
  readonly questionMsMax: number;
  readonly questions: number;
}

/** Between two questions that are asked while a document is written, as people would. */
const PAUSE_MS = 20;

/** Into an index that is in use already. */
export async function measurePut(size: Index): Promise<PutFigures> {
  return await inFile(async (documents) => {
    const unit = seededUnit(SEED);
    for (let number = 1; number <= 20; number++)
      await documents.put(
        documentOf(number, { chunks: CHUNKS_OF_A_DOCUMENT, dimensions: size.dimensions }, unit),
        'benchmark',
      );
    await asked(documents, size.dimensions, unit);
    const long = documentOf(0, size, unit);
    const lag = monitorEventLoopDelay({ resolution: 1 });
    lag.enable();
    const startMs = performance.now();
    let putMs: number | null = null;
    const writing = documents.put(long, 'benchmark').then(() => {
      putMs = performance.now() - startMs;
    });
    const questionMs: number[] = [];
    while (putMs === null) {
      const beforeMs = performance.now();
      await documents.searchText(words(WORDS_OF_A_QUESTION, unit), FILTER);
      await documents.searchVector(vector(size.dimensions, unit), FILTER);
      questionMs.push(performance.now() - beforeMs);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    await writing;
    lag.disable();
    return {
      ...{ ...size, putMs, lagMsMax: lag.max / 1e6, lagMsP99: lag.percentile(99) / 1e6 },
      ...{ questionMsMax: Math.max(...questionMs), questions: questionMs.length },
    };
  });
}

async function inFile<T>(work: (documents: DocumentStore, path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-chat-store-'));
  try {
    const path = join(folder, 'chat.sqlite');
    const { documents, conversations } = await openLocalThread(path);
    try {
      return await work(documents, path);
    } finally {
      await Promise.all([documents.close(), conversations.close()]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of this process, threads included, since it began. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
