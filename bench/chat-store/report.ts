/** The figures of the chat app's benchmark as rows with targets, for a terminal and for docs/performance.md. Pure. */
import type { PagesFigures } from './pages.ts';
import type { PutFigures, StoreFigures } from './store.ts';

export interface Figures {
  readonly stores: readonly StoreFigures[];
  readonly put: PutFigures | null;
  readonly pages: PagesFigures | null;
}

export interface Row {
  readonly measure: string;
  readonly figure: number;
  readonly unit: string;
  /** Largest that is well; null: no target. */
  readonly target: number | null;
  readonly details: string;
}

/** 95 of 100 questions, by chunks in the index. Milliseconds. */
const QUESTION_P95_MS_MAX: ReadonlyMap<number, number> = new Map([
  [1_000, 50],
  [50_000, 300],
]);
/** For a thousand pages. */
const PAGES_SECONDS_MAX = 120;
/** While a document is put: of the event loop, which streams every answer, and of a question. Milliseconds. */
const LAG_MS_MAX = 100;
const QUESTION_MS_MAX = 500;

export function rowsOf({ stores, put, pages }: Figures): readonly Row[] {
  return [
    ...stores.flatMap(storeRows),
    ...(put === null ? [] : putRows(put)),
    ...(pages === null ? [] : pagesRows(pages)),
  ];
}

function storeRows(figures: StoreFigures): readonly Row[] {
  const { chunks, dimensions, questionMs, wordsMs, vectorMs, cpuMs, firstMs, insertMsByChunk, fileBytes, growthBytes } =
    figures;
  const index = `${count(chunks)} passages × ${count(dimensions)}`;
  const parts = `words ${p95(wordsMs).toFixed(1)}, vectors ${p95(vectorMs).toFixed(1)}; p50 ${quantile(questionMs, 0.5).toFixed(1)}; CPU p95 ${p95(cpuMs).toFixed(1)}; the first ${firstMs.toFixed(0)}`;
  const target = QUESTION_P95_MS_MAX.get(chunks) ?? null;
  const memory = `file ${mib(fileBytes).toFixed(0)} MiB, ${insertMsByChunk.toFixed(2)} ms to insert a passage`;
  return [
    { measure: `question, p95, ${index}`, figure: p95(questionMs), unit: 'ms', target, details: parts },
    { measure: `memory, ${index}`, figure: mib(growthBytes), unit: 'MiB', target: null, details: memory },
  ];
}

function putRows({
  chunks,
  dimensions,
  putMs,
  lagMsMax,
  lagMsP99,
  questionMsMax,
  questions,
}: PutFigures): readonly Row[] {
  const what = `a document of ${count(chunks)} passages × ${count(dimensions)} is put`;
  const lag = `p99 ${lagMsP99.toFixed(1)}; the put takes ${(putMs / 1_000).toFixed(1)} s`;
  return [
    {
      measure: `event loop late at most while ${what}`,
      figure: lagMsMax,
      unit: 'ms',
      target: LAG_MS_MAX,
      details: lag,
    },
    ...[{ measure: 'slowest question meanwhile', figure: questionMsMax, unit: 'ms', target: QUESTION_MS_MAX }].map(
      (row) => ({
        ...row,
        details: `of ${count(questions)}, one after the other`,
      }),
    ),
  ];
}

function pagesRows({ pages, files, chunks, seconds, lagMsMax, growthBytes, failures }: PagesFigures): readonly Row[] {
  const target = PAGES_SECONDS_MAX;
  const what = `${files} PDFs, ${count(chunks)} passages, embedded through the gateway`;
  const details = failures.length === 0 ? what : `${failures.length} failed: ${failures[0]}`;
  const figure = failures.length === 0 ? seconds : Number.POSITIVE_INFINITY;
  const lag = `event loop late at most ${lagMsMax.toFixed(0)} ms`;
  return [
    { measure: `indexing of ${count(pages)} pages`, figure, unit: 's', target, details },
    { measure: 'memory, its growth meanwhile', figure: mib(growthBytes), unit: 'MiB', target: null, details: lag },
  ];
}

export function missed(rows: readonly Row[]): readonly string[] {
  return rows.filter((row) => !met(row)).map(({ measure }) => measure);
}

/** Not a figure: missed as well. */
function met({ figure, target }: Row): boolean {
  return target === null || figure < target;
}

/** @param about circumstances: date, machine, Node. */
export function renderMarkdown(rows: readonly Row[], about: string): string {
  const lines = rows.map((row) => `| ${cellsOf(row).join(' | ')} |`);
  return ['| measure | figure | target | details |', '| --- | ---: | --- | --- |', ...lines, '', `- ${about}`].join(
    '\n',
  );
}

export function renderText(rows: readonly Row[], about: string): string {
  return [...rows.map((row) => cellsOf(row).join('  ')), '', about, ''].join('\n');
}

function cellsOf(row: Row): readonly string[] {
  const { measure, figure, unit, target, details } = row;
  const limit = target === null ? '' : `< ${target} ${unit} ${met(row) ? 'met' : 'missed'}`;
  return [measure, `${figure.toFixed(figure < 100 ? 1 : 0)} ${unit}`, limit, details];
}

export const MARK_BEGIN = '<!-- bench-chat-store:begin (written by npm run bench:chat-store -- --write) -->';
export const MARK_END = '<!-- bench-chat-store:end -->';

/** `document` with the table between the marks in place of what stood there; null when it does not have both marks, in order. */
export function withTable(document: string, table: string): string | null {
  const begin = document.indexOf(MARK_BEGIN);
  const end = document.indexOf(MARK_END);
  if (begin < 0 || end < begin) return null;
  return `${document.slice(0, begin + MARK_BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}

const count = (value: number): string => value.toLocaleString('en-US');
const mib = (bytes: number): number => bytes / 2 ** 20;
const p95 = (values: readonly number[]): number => quantile(values, 0.95);

/** The smallest value that so large a share of them is not above. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
