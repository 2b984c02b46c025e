/**
 * `node bench/chat-store.ts`: what the chat app's local store costs.
 *
 *   text from a seed (words as often as in a language) → insert → questions by words and by meaning → lines
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededUnit, type Unit } from '@spillway/clock';
import { openLocal } from '../apps/chat/src/store/local/local.ts';
import type { NewDocument, SearchFilter } from '../apps/chat/src/store/store.ts';

interface Load {
  readonly chunks: number;
  readonly dimensions: number;
  /** A question's time, 95 in 100 are within; null: no goal. */
  readonly p95MsMax: number | null;
}

const LOADS: readonly Load[] = [
  { chunks: 1_000, dimensions: 256, p95MsMax: 50 },
  { chunks: 1_000, dimensions: 1_536, p95MsMax: 50 },
  { chunks: 50_000, dimensions: 256, p95MsMax: 300 },
  { chunks: 50_000, dimensions: 1_536, p95MsMax: 300 },
];
const CHUNKS_OF_A_DOCUMENT = 50;
const WORDS_OF_A_CHUNK = 150;
const WORDS_OF_A_QUESTION = 9;
const VOCABULARY = 30_000;
const QUESTIONS = 100;
const TOP = 50;
/** Every tenth document is for staff alone; who asks is not. */
const FILTER: SearchFilter = {
  reader: { user: 'ann', groups: [], isAdmin: false },
  includeCategory: null,
  excludeCategory: null,
  documents: null,
  top: TOP,
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Zipf's law: the n-th word comes a n-th as often as the first. */
function word(unit: Unit): string {
  return `w${Math.floor(VOCABULARY ** unit()).toString(36)}`;
}

const words = (count: number, unit: Unit): string => Array.from({ length: count }, () => word(unit)).join(' ');

function vector(dimensions: number, unit: Unit): Float32Array {
  return Float32Array.from({ length: dimensions }, () => unit() - 0.5);
}

function documentOf(number: number, { chunks, dimensions }: Load, unit: Unit): NewDocument {
  const count = Math.min(CHUNKS_OF_A_DOCUMENT, chunks - number * CHUNKS_OF_A_DOCUMENT);
  const place = { headings: [words(3, unit)], pageFrom: 1, pageTo: 1, start: 0, end: 1 };
  const made = Array.from({ length: count }, (_, index) => ({
    ...{ index, text: words(WORDS_OF_A_CHUNK, unit), ...place },
    vector: vector(dimensions, unit),
  }));
  const text = made.map((chunk) => chunk.text).join('\n');
  return {
    ...{
      path: `${number}.md`,
      title: words(4, unit),
      category: null,
      language: 'en',
      hash: '',
      mediaType: 'text/markdown',
    },
    ...{ bytes: text.length, pages: 1, owner: null, indexedMs: 0, text, original: Buffer.from(text), chunks: made },
    access: { users: [], groups: number % 10 === 0 ? ['staff'] : [] },
  };
}

const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** @returns whether the goal was met. */
async function measure(load: Load, path: string): Promise<boolean> {
  const unit = seededUnit(20_261_121);
  const rssBefore = process.memoryUsage.rss();
  const { documents, conversations } = openLocal(path);
  let insertMs = 0;
  for (let number = 0; number * CHUNKS_OF_A_DOCUMENT < load.chunks; number++) {
    const document = documentOf(number, load, unit);
    const beforeMs = performance.now();
    await documents.put(document, 'benchmark');
    insertMs += performance.now() - beforeMs;
  }
  const kinds: Record<'words' | 'meaning' | 'both', number[]> = { words: [], meaning: [], both: [] };
  let firstMs = 0;
  for (let i = 0; i <= QUESTIONS; i++) {
    const [question, asked] = [words(WORDS_OF_A_QUESTION, unit), vector(load.dimensions, unit)];
    const startMs = performance.now();
    await documents.searchText(question, FILTER);
    const betweenMs = performance.now();
    await documents.searchVector(asked, FILTER);
    const endMs = performance.now();
    // The first one reads the vectors into memory.
    if (i === 0) firstMs = endMs - startMs;
    else
      [kinds.words, kinds.meaning, kinds.both].map((list, at) =>
        list.push([betweenMs - startMs, endMs - betweenMs, endMs - startMs][at] ?? 0),
      );
  }
  await Promise.all([documents.close(), conversations.close()]);
  const p95Ms = Object.values(kinds).map((list) =>
    quantile(
      list.toSorted((a, b) => a - b),
      0.95,
    ),
  );
  const rss = process.memoryUsage.rss() - rssBefore;
  say(
    `${load.chunks} chunks × ${load.dimensions}: question p95 ${(p95Ms[2] ?? 0).toFixed(1)} ms (words ${(p95Ms[0] ?? 0).toFixed(1)}, ` +
      `meaning ${(p95Ms[1] ?? 0).toFixed(1)}; ${QUESTIONS} questions), first ${firstMs.toFixed(0)} ms, ` +
      `insert ${(insertMs / load.chunks).toFixed(2)} ms a chunk, file ${mib(statSync(path).size)}, memory +${mib(rss)}`,
  );
  return load.p95MsMax === null || (p95Ms[2] ?? 0) < load.p95MsMax;
}

const { values } = parseArgs({ options: { chunks: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help === true) {
  say('node bench/chat-store.ts [--chunks N]: the local store of the chat app; only the loads of N chunks');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-chat-store-'));
  try {
    for (const [at, load] of LOADS.entries()) {
      if (values.chunks !== undefined && load.chunks !== Number(values.chunks)) continue;
      if (await measure(load, join(folder, `${at}.sqlite`))) continue;
      say(`  above its goal of ${load.p95MsMax} ms`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
