/** `spillway bench samples`: combined logs with their calls, as one row for each call. */
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { rowsIn, samplesOf, tableOf } from '@spillway/bench';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import { FILE_BYTES_MAX } from './bench-combine.ts';

export interface SamplesFlags {
  readonly excludeFailedRequests?: boolean;
}

type Out = Pick<NodeJS.WriteStream, 'write'>;

export function samples(combined: string, file: string, flags: SamplesFlags, err: Out = process.stderr): Exit {
  const rows = samplesOf(rowsIn(textOf(combined)), flags.excludeFailedRequests === true);
  if (rows.length === 0) {
    err.write(
      `${combined} holds no call: it needs a column raw_samples, which spillway bench combine --include-raw-request-info makes of logs\n`,
    );
    return EXIT.failed;
  }
  const target = file.endsWith('.csv') ? file : `${file}.csv`;
  try {
    writeFileSync(target, tableOf(rows));
  } catch (error) {
    throw new UsedWrongly(`${target} cannot be written (${reasonOf(error)}); give a file that can`);
  }
  err.write(`${rows.length} ${rows.length === 1 ? 'call is' : 'calls are'} written to ${target}\n`);
  return EXIT.done;
}

function textOf(path: string): string {
  try {
    const { size } = lstatSync(path);
    if (size <= FILE_BYTES_MAX) return readFileSync(path, 'utf8');
    throw new UsedWrongly(`${path} has ${size} bytes, at most ${FILE_BYTES_MAX} are read; combine fewer logs`);
  } catch (error) {
    if (error instanceof UsedWrongly) throw error;
    throw new UsedWrongly(`${path} cannot be read (${reasonOf(error)}); give the file that bench combine wrote`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no reason given';
}
