/** One record of measured traffic, and how a gateway's log line or a row of CSV becomes one. */
import { isRecord } from '@spillway/protocol';

/** Several calls where the source has added them up already. */
export interface TrafficRecord {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** As the source names it; null: it does not. */
  readonly model: string | null;
  readonly calls: number;
  /** null: not known, as of calls that were refused. */
  readonly promptTokens: number | null;
  readonly cachedTokens: number;
  readonly answerTokens: number;
  /** The call's own bound of its answer; null: none, or not known. */
  readonly maxTokens: number | null;
}

/** null: the line says nothing about traffic. */
export type LineRead = TrafficRecord | { readonly problem: string } | null;

/** Exchanges that ended otherwise asked for no capacity: 4xx of the client's own, backends that failed. */
const CAPACITY_STATUS: ReadonlySet<number> = new Set([200, 429]);

/** A line of `spillway gateway --log-format json`; lines of other events, and of other programs, say nothing. */
export function logRecord(line: string): LineRead {
  if (!line.includes('"event":"exchange"')) return null;
  let fields: unknown;
  try {
    fields = JSON.parse(line.slice(line.indexOf('{')));
  } catch {
    return { problem: 'is not whole JSON' };
  }
  if (!isRecord(fields) || fields.event !== 'exchange') return null;
  const atMs = typeof fields.time === 'string' ? Date.parse(fields.time) : Number.NaN;
  if (Number.isNaN(atMs)) return { problem: `time ${JSON.stringify(fields.time)} is no moment` };
  if (typeof fields.status !== 'number' || !CAPACITY_STATUS.has(fields.status)) return null;
  const promptTokens = count(fields.promptTokens);
  const answerTokens = count(fields.completionTokens);
  if (promptTokens === 'wrong' || answerTokens === 'wrong') return { problem: 'tokens are no numbers from 0' };
  const cached = count(fields.cachedTokens);
  return {
    atMs,
    model: typeof fields.model === 'string' ? fields.model : null,
    calls: 1,
    promptTokens,
    cachedTokens: typeof cached === 'number' ? Math.min(cached, promptTokens ?? 0) : 0,
    answerTokens: answerTokens ?? 0,
    maxTokens: null,
  };
}

function count(value: unknown): number | null | 'wrong' {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : 'wrong';
}

/** Names that a column may have, in any case and with or without `_`; the first is the one of the help. */
export const CSV_COLUMNS = {
  time: ['time', 'timestamp', 'datetime', 'date'],
  prompt: ['prompt_tokens', 'input_tokens', 'prompt'],
  answer: ['completion_tokens', 'output_tokens', 'answer_tokens', 'completion', 'answer'],
  cached: ['cached_tokens', 'cached_prompt_tokens', 'cached'],
  model: ['model', 'model_name'],
  calls: ['calls', 'requests', 'count'],
  max: ['max_tokens', 'max_completion_tokens', 'max_output_tokens'],
} as const;
export type CsvColumn = keyof typeof CSV_COLUMNS;
const COLUMN_NAMES: readonly CsvColumn[] = ['time', 'prompt', 'answer', 'cached', 'model', 'calls', 'max'];
const REQUIRED: readonly CsvColumn[] = ['time', 'prompt', 'answer'];

export interface CsvHeader {
  readonly separator: string;
  readonly width: number;
  readonly at: ReadonlyMap<CsvColumn, number>;
}

/** @param named columns that are called otherwise, by the user. */
export function csvHeader(
  line: string,
  named: ReadonlyMap<CsvColumn, string>,
): CsvHeader | { readonly problem: string } {
  const separator = [',', ';', '\t'].find((each) => line.includes(each)) ?? ',';
  const cells = cellsOf(line.replace(/^\uFEFF/, ''), separator) ?? [];
  const heads = cells.map(plainName);
  const at = new Map<CsvColumn, number>();
  for (const column of COLUMN_NAMES) {
    const wanted = named.get(column);
    const names = wanted === undefined ? CSV_COLUMNS[column].map(plainName) : [plainName(wanted)];
    const found = heads.findIndex((head) => names.includes(head));
    if (found >= 0) at.set(column, found);
    else if (wanted !== undefined) return { problem: `has no column "${wanted}"; its header is ${shown(line)}` };
  }
  const missing = REQUIRED.filter((column) => !at.has(column)).map((column) => CSV_COLUMNS[column][0]);
  if (missing.length === 0) return { separator, width: cells.length, at };
  return {
    problem: `has no header with ${missing.join(', ')} (it begins ${shown(line)}); name columns so, or --columns time=When,prompt=In,answer=Out`,
  };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]/g, '');
}

function shown(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}…` : line);
}

/** Cells of one line, quotes as in RFC 4180; null where a quoted one does not end on its line. */
function cellsOf(line: string, separator: string): readonly string[] | null {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(line.slice(at));
    const end = quoted === null ? indexFrom(line, separator, at) : at + quoted[0].length;
    if (quoted !== null && end < line.length && line[end] !== separator) return null;
    const text = quoted === null ? line.slice(at, end).trim() : (quoted[1] ?? '').replaceAll('""', '"');
    if (quoted === null && text.startsWith('"')) return null;
    cells.push(text);
    at = end + 1;
  }
  return cells;
}

function indexFrom(line: string, separator: string, from: number): number {
  const at = line.indexOf(separator, from);
  return at < 0 ? line.length : at;
}

export function csvRecord(line: string, { separator, width, at }: CsvHeader): LineRead {
  if (line.trim() === '') return null;
  const cells = cellsOf(line, separator);
  if (cells === null) return { problem: 'a quoted cell does not end on its line' };
  if (cells.length < width) return { problem: `has ${cells.length} cells, the header ${width}` };
  const cell = (column: CsvColumn) => cells[at.get(column) ?? -1] ?? '';
  const atMs = momentOf(cell('time'));
  if (atMs === null)
    return { problem: `time ${shown(cell('time'))} is no moment; write 2026-11-21T10:00:00Z or seconds since 1970` };
  const numbers = { prompt: 0, answer: 0, cached: 0, calls: 1, max: Number.NaN };
  for (const column of ['prompt', 'answer', 'cached', 'calls', 'max'] as const) {
    const text = cell(column);
    if (text === '' && !REQUIRED.includes(column)) continue;
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) return { problem: `${CSV_COLUMNS[column][0]} ${shown(text)} is no number from 0` };
    numbers[column] = value;
  }
  const { prompt, answer, cached, calls, max } = numbers;
  if (cached > prompt) return { problem: `${cached} cached tokens are more than the prompt's ${prompt}` };
  return {
    atMs,
    model: cell('model') || null,
    calls,
    promptTokens: prompt,
    cachedTokens: cached,
    answerTokens: answer,
    maxTokens: Number.isNaN(max) ? null : max,
  };
}

/** Above so much, a bare number counts milliseconds: as seconds it would be in the year 5138. */
const SECONDS_MAX = 100_000_000_000;

/** ISO 8601, without a zone in UTC; or seconds or milliseconds since 1970. */
function momentOf(text: string): number | null {
  if (/^\d{9,}(?:\.\d+)?$/.test(text)) return Number(text) * (Number(text) < SECONDS_MAX ? 1_000 : 1);
  const day = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?/.exec(text)?.[0];
  if (day === undefined) return null;
  const zone = text.slice(day.length).trim();
  const atMs = Date.parse(`${day.replace(' ', 'T')}${day.length > 10 ? zone || 'Z' : ''}`);
  return Number.isNaN(atMs) ? null : atMs;
}
