/** A folder of PDFs into the index of a whole app, embedded through the gateway: simulator and gateway are a process of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { readSettings, startChat } from '@spillway/chat';
import { seededUnit } from '@spillway/clock';
import { pdfOf } from '../../apps/chat/src/extract/testing/pdf.ts';
import { peakBytes } from './store.ts';
import { SEED, words } from './text.ts';

const PAGES_OF_A_FILE = 40;
const PARAGRAPHS_OF_A_PAGE = 5;
const WORDS_OF_A_PARAGRAPH = 90;

export interface PagesFigures {
  readonly pages: number;
  readonly files: number;
  readonly chunks: number;
  readonly seconds: number;
  readonly lagMsMax: number;
  readonly growthBytes: number;
  /** Of files that were not indexed. */
  readonly failures: readonly string[];
}

export async function measurePages(pages: number): Promise<PagesFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-chat-pages-'));
  const upstream = spawn(process.execPath, [fileURLToPath(new URL('./upstream.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const files = Math.ceil(pages / PAGES_OF_A_FILE);
    const unit = seededUnit(SEED);
    for (let file = 0; file < files; file++) {
      const count = Math.min(PAGES_OF_A_FILE, pages - file * PAGES_OF_A_FILE);
      writeFileSync(join(folder, `handbook-${file}.pdf`), await handbook(count, unit));
    }
    return await indexed(folder, files, pages, await urlOf(upstream));
  } finally {
    upstream.kill();
    rmSync(folder, { recursive: true });
  }
}

function handbook(pages: number, unit: () => number): Promise<Uint8Array> {
  return pdfOf((pdf) => {
    for (let page = 0; page < pages; page++) {
      if (page > 0) pdf.addPage();
      pdf.fontSize(16).text(words(4, unit)).moveDown();
      pdf.fontSize(10);
      for (let i = 0; i < PARAGRAPHS_OF_A_PAGE; i++) pdf.text(`${words(WORDS_OF_A_PARAGRAPH, unit)}.`).moveDown();
    }
  });
}

/** Told on its first line. */
async function urlOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('simulator and gateway have no output');
  const [line] = await once(stdout, 'data', { signal: AbortSignal.timeout(20_000) });
  return String(line).trim();
}

async function indexed(folder: string, files: number, pages: number, url: string): Promise<PagesFigures> {
  const read = readSettings({
    AZURE_OPENAI_CUSTOM_URL: url,
    AZURE_OPENAI_API_KEY_OVERRIDE: 'benchmark',
    SPILLWAY_CHAT_FILE: join(folder, '.chat.sqlite'),
  });
  if (read.kind === 'errors') throw new Error(JSON.stringify(read.errors));
  const app = await startChat({ settings: read.settings, version: 'benchmark', port: 0 });
  try {
    const before = peakBytes();
    const lag = monitorEventLoopDelay({ resolution: 1 });
    lag.enable();
    const startMs = performance.now();
    const taken = app.parts.queue.add({ kind: 'folder', folder: { root: folder, category: null } });
    const job = taken.kind === 'taken' ? await app.parts.queue.ended(taken.id) : null;
    const seconds = (performance.now() - startMs) / 1_000;
    lag.disable();
    const failures = job?.failures.map(({ path, reason }) => `${path}: ${reason}`) ?? ['it was not taken'];
    const { chunks = 0, embedded = 0, indexed: done = 0 } = job?.progress ?? {};
    if (failures.length === 0 && (done !== files || embedded !== chunks))
      failures.push(`${done} files, ${embedded} vectors`);
    const growthBytes = peakBytes() - before;
    return { pages, files, chunks, seconds, lagMsMax: lag.max / 1e6, growthBytes, failures };
  } finally {
    await app.close();
  }
}
