/** Reads measured traffic from files: logs of the gateway and CSV, plain or gzip, several, of any size. */
import { type Meter, OverLimit } from './meter.ts';
import { textLines } from './text-lines.ts';
import { type CsvColumn, type CsvHeader, csvHeader, csvRecord, type LineRead, logRecord } from './traffic-record.ts';

export const TRAFFIC_FORMATS = ['log', 'csv'] as const;
export type TrafficFormat = (typeof TRAFFIC_FORMATS)[number];

export interface TrafficFiles {
  readonly files: readonly string[];
  /** null: by each file's name, `.csv` and `.tsv` (also `.gz`) are CSV. */
  readonly format: TrafficFormat | null;
  readonly columns: ReadonlyMap<CsvColumn, string>;
  /** Names of models that count; null: all. */
  readonly only: readonly string[] | null;
}

/** So many are named; of the rest it is said how many they are. */
export const PROBLEMS_MAX = 10;

export interface TrafficRead {
  readonly lines: number;
  readonly records: number;
  /** `file:line: what is wrong`; at most {@link PROBLEMS_MAX} of them. */
  readonly problems: readonly string[];
  readonly problemCount: number;
}

export async function readTraffic(ask: TrafficFiles, meter: Meter, lines = textLines): Promise<TrafficRead> {
  const tally = { lines: 0, records: 0, problemCount: 0, problems: [] as string[] };
  const report = (problem: string) => {
    tally.problemCount++;
    if (tally.problems.length < PROBLEMS_MAX) tally.problems.push(problem);
  };
  for (const file of ask.files) {
    try {
      await readOne(file, ask, { lines: lines(file), meter, tally, report });
    } catch (error) {
      if (error instanceof OverLimit) report(`${file}: ${error.message}`);
      else if (error instanceof Error) report(`${file}: cannot be read (${error.message})`);
      else throw error;
    }
  }
  return tally;
}

interface Reading {
  readonly lines: AsyncIterable<string>;
  readonly meter: Meter;
  readonly tally: { lines: number; records: number };
  readonly report: (problem: string) => void;
}

async function readOne(file: string, ask: TrafficFiles, { lines, meter, tally, report }: Reading): Promise<void> {
  const format = ask.format ?? formatOf(file);
  let header: CsvHeader | null = null;
  let number = 0;
  for await (const line of lines) {
    number++;
    tally.lines++;
    if (format === 'csv' && header === null) {
      const read = csvHeader(line, ask.columns);
      if ('problem' in read) return report(`${file}: ${read.problem}`);
      header = read;
      continue;
    }
    const read: LineRead = header === null ? logRecord(line) : csvRecord(line, header);
    if (read === null) continue;
    if ('problem' in read) report(`${file}:${number}: ${read.problem}`);
    else if (ask.only === null || ask.only.includes(read.model ?? '')) {
      meter.add(read);
      tally.records++;
    }
  }
}

function formatOf(file: string): TrafficFormat {
  return /\.[ct]sv(?:\.gz)?$/i.test(file) ? 'csv' : 'log';
}
