/** `spillway bench samples`: combined logs with their calls, as one row for each call. */
import { lstatSync, readFileSync } from 'node:fs';
import { rowsIn, samplesOf } from '@spillway/bench';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import { reasonOf } from '../must-write.ts';
import { FILE_BYTES_MAX, type Out, writeTable } from './bench-combine.ts';

export interface SamplesFlags {
  readonly excludeFailedRequests?: boolean;
}

export function samples(combined: string, file: string, flags: SamplesFlags, err: Out = process.stderr): Exit {
  const rows = samplesOf(rowsIn(textOf(combined)), flags.excludeFailedRequests === true);
  if (rows.length === 0) {
    err.write(
      `${combined} holds no call: it needs a column raw_samples, which spillway bench combine --include-raw-request-info makes of logs\n`,
    );
    return EXIT.failed;
  }
  writeTable(file, rows, 'call', err);
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
