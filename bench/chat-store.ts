/**
 * `npm run bench:chat-store`: what the chat app's index costs.
 *
 *   each in a process of its own: questions to four sizes of index → one long document while questions are asked → a thousand pages → table
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { PagesFigures } from './chat-store/pages.ts';
import { type Figures, missed, renderMarkdown, renderText, rowsOf, withTable } from './chat-store/report.ts';
import type { PutFigures, StoreFigures } from './chat-store/store.ts';

const DOCUMENT = path.join(import.meta.dirname, '../docs/performance.md');
const CHILD = fileURLToPath(new URL('./chat-store/child.ts', import.meta.url));
const INDEXES = [
  [1_000, 256],
  [1_000, 1_536],
  [50_000, 256],
  [50_000, 1_536],
] as const;
/** The largest document that is taken on. */
const LONG = [20_000, 1_536] as const;
const PAGES = 1_000;
/** Of one measurement. */
const MEASURE_MS_MAX = 600_000;

const HELP = `Usage: npm run bench:chat-store -- [flags]

Measures the index of the chat app: questions by words and vectors, a long document put while questions are asked, a thousand pages
indexed through the gateway. On loopback; about three minutes.

  --parts A,B    of small, large, put, pages (all)
  --json FILE    all figures
  --write        put the table into docs/performance.md
  --assert       exit 1 when a target is missed
`;
const PARTS = ['small', 'large', 'put', 'pages'] as const;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** @param what measured, with its numbers. */
async function measured<T>(...what: readonly (string | number)[]): Promise<T> {
  say(what.join(' '));
  const args = [CHILD, ...what.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    timeout: MEASURE_MS_MAX,
    maxBuffer: 10_000_000,
  });
  return JSON.parse(stdout);
}

async function figuresOf(parts: readonly string[]): Promise<Figures> {
  const stores: StoreFigures[] = [];
  for (const [chunks, dimensions] of INDEXES)
    if (parts.includes(chunks === 1_000 ? 'small' : 'large')) stores.push(await measured('store', chunks, dimensions));
  return {
    stores,
    put: parts.includes('put') ? await measured<PutFigures>('put', ...LONG) : null,
    pages: parts.includes('pages') ? await measured<PagesFigures>('pages', PAGES) : null,
  };
}

async function main(): Promise<number> {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  const { values } = parseArgs({ options: { parts: text, json: text, write: flag, assert: flag, help: flag } });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const parts = values.parts?.split(',') ?? PARTS;
  const unknown = parts.find((part) => !PARTS.some((known) => known === part));
  if (unknown !== undefined || (values.write === true && values.parts !== undefined)) {
    say(
      unknown === undefined
        ? '--write: the document shows the whole table; leave --parts out'
        : `--parts: "${unknown}" is unknown`,
    );
    return 2;
  }
  const figures = await figuresOf(parts);
  const rows = rowsOf(figures);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  const about = `${new Date().toISOString().slice(0, 10)}, ${machine}, load average ${loadavg()[0]?.toFixed(1)} at the end.`;
  process.stdout.write(renderText(rows, about));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ about, rows, figures }, null, 1)}\n`);
  if (values.write === true && !written(renderMarkdown(rows, about))) return 1;
  const failures = values.assert === true ? missed(rows) : [];
  for (const measure of failures) say(`target not met: ${measure}`);
  return failures.length > 0 ? 1 : 0;
}

function written(table: string): boolean {
  const document = withTable(readFileSync(DOCUMENT, 'utf8'), table);
  if (document === null) {
    say(
      'docs/performance.md: the marks for the table are not there; put back MARK_BEGIN and MARK_END of bench/chat-store/report.ts',
    );
    return false;
  }
  writeFileSync(DOCUMENT, document);
  return true;
}

process.exitCode = await main();
