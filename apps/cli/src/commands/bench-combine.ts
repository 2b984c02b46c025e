/** `spillway bench combine`: the logs and reports of a folder as one CSV file, a row for each run. */
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import {
  type ExtractionPoint,
  type LogAsk,
  ReportError,
  type Row,
  reportOf,
  rowOfLog,
  rowsOfReport,
  tableOf,
} from '@spillway/bench';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import { mustWrite, reasonOf } from '../must-write.ts';

export interface CombineFlags {
  readonly loadRecursive?: boolean;
  readonly statExtractionPoint: string;
  readonly includeRawRequestInfo?: boolean;
}

/** Files of one table. */
export const FILES_MAX = 10_000;
/** Larger ones are passed over, with a word. Bytes. */
export const FILE_BYTES_MAX = 256 * 1024 * 1024;

export type Out = Pick<NodeJS.WriteStream, 'write'>;

export function combine(folder: string, file: string, flags: CombineFlags, err: Out = process.stderr): Exit {
  const point = pointOf(flags.statExtractionPoint);
  const rows: Row[] = [];
  for (const path of filesIn(folder, flags.loadRecursive === true)) {
    const name = relative(folder, path).split(sep).join('/');
    const read = rowsOf(path, name, { point, withCalls: flags.includeRawRequestInfo === true });
    if (typeof read === 'string') err.write(`${name} is left out: ${read}\n`);
    else rows.push(...read);
  }
  if (rows.length === 0) {
    err.write(
      `${folder} holds no run: neither a .log of --log-save-dir nor a report.json of --out; look into folders below with --load-recursive\n`,
    );
    return EXIT.failed;
  }
  writeTable(file, rows, 'run', err);
  return EXIT.done;
}

/** Ends in .csv, whatever the name. @param what one row is. */
export function writeTable(file: string, rows: readonly Row[], what: 'run' | 'call', err: Out): void {
  const target = file.endsWith('.csv') ? file : `${file}.csv`;
  mustWrite(target, 'file', () => writeFileSync(target, tableOf(rows)));
  err.write(`${rows.length} ${rows.length === 1 ? `${what} is` : `${what}s are`} written to ${target}\n`);
}

function pointOf(text: string): ExtractionPoint {
  if (text === 'draining' || text === 'final') return text;
  throw new UsedWrongly(`--stat-extraction-point ${text}: is none of draining, final`);
}

/** In the order of their names. Links are not followed: a folder may hold itself. */
function filesIn(folder: string, isRecursive: boolean): readonly string[] {
  let entries: ReturnType<typeof listed>;
  try {
    entries = listed(folder, isRecursive);
  } catch (error) {
    throw new UsedWrongly(`${folder} cannot be read (${reasonOf(error)}); give the folder of --log-save-dir`);
  }
  const files = entries
    .filter((entry) => entry.isFile() && /\.(?:log|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  if (files.length <= FILES_MAX) return files;
  throw new UsedWrongly(`${folder} has ${files.length} logs and reports, at most ${FILES_MAX}; give a smaller folder`);
}

function listed(folder: string, isRecursive: boolean) {
  return readdirSync(folder, { withFileTypes: true, recursive: isRecursive });
}

/** @returns why it has none. */
function rowsOf(path: string, name: string, ask: LogAsk): readonly Row[] | string {
  const { size } = lstatSync(path);
  if (size > FILE_BYTES_MAX) return `it has ${size} bytes, at most ${FILE_BYTES_MAX} are read`;
  const text = readFileSync(path, 'utf8');
  if (name.endsWith('.log')) {
    const read = rowOfLog(text, name, ask);
    return read.kind === 'rows' ? read.rows : read.problem;
  }
  try {
    return rowsOfReport(reportOf(text, name), name);
  } catch (error) {
    if (error instanceof ReportError) return error.message;
    throw error;
  }
}
