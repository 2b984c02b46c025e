/** What stays of a run: report.json, report.html and calls.csv in one folder, a log in another. Calls and lines are written as they come. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  AncestorLog,
  argumentsOf,
  CALLS_HEAD,
  type CallResult,
  callRow,
  contentLine,
  type Demands,
  type Line,
  type LoadSpec,
  logName,
  type Progress,
  pageOf,
  type RunReport,
} from '@spillway/bench';
import { mustWrite, notWritten } from '../must-write.ts';
import { type BenchFlags, toldOf } from './flags.ts';

/** Text that waits to be written. Characters. */
export const WAITING_CHARS_MAX = 64 * 1024;

/** A file that grows. What waits is bounded; a full disk ends it with a note, not the run. */
export class GrowingFile {
  readonly path: string;
  readonly #descriptor: number;
  #waiting = '';
  #problem: string | null = null;

  /** @throws where it cannot be made. */
  constructor(path: string, mode = 0o644) {
    this.path = path;
    this.#descriptor = openSync(path, 'w', mode);
  }

  /** Why it is not whole; null: it is. */
  get problem(): string | null {
    return this.#problem;
  }

  write(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length >= WAITING_CHARS_MAX) this.flush();
  }

  flush(): void {
    const text = this.#waiting;
    this.#waiting = '';
    if (this.#problem !== null || text === '') return;
    try {
      let bytes = Buffer.from(text);
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#descriptor, bytes));
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }
}

export interface Keep {
  /** @param startedAtMs when the run began: milliseconds since 1970. */
  add(result: CallResult, startedAtMs: number): void;
  line(line: Line, progress: Progress): void;
  interrupted(): void;
  /** @param report null: there is none, the run failed. @returns what is to be told. */
  end(report: RunReport | null, demands: Demands): readonly string[];
}

/** Prompts and answers may be private: files that hold them are their owner's alone. */
const PRIVATE = 0o600;
const PUBLIC = 0o644;

/** @throws UsedWrongly where a folder cannot be written: before anything is sent. */
export function keepOf(flags: BenchFlags, spec: LoadSpec, startedAtMs: number): Keep {
  const { out } = flags;
  const files = filesOf(flags, spec, startedAtMs);
  const { calls, contents, log } = files;
  const names = spec.targets.map(({ name }) => name);
  const ancestor =
    log === null
      ? null
      : new AncestorLog((text) => log.write(text), argumentsOf({ ...toldOf(flags), clients: spec.clients }));
  const roundTrip = (seconds: number | null | undefined): void => {
    if (spec.adjustForNetwork && typeof seconds === 'number') ancestor?.roundTrip(seconds);
  };
  let isTold = false;
  calls?.write(CALLS_HEAD);
  return {
    add: (result, runStartedAtMs) => {
      calls?.write(callRow(result, names));
      contents?.write(contentLine(result, names));
      ancestor?.call(result, runStartedAtMs);
    },
    line: (line, { phase }) => {
      if (!isTold) roundTrip(line.network.median);
      isTold = true;
      ancestor?.line(line, phase === 'drain');
      // Whoever looks at them while it goes on sees whole seconds.
      for (const file of [log, calls, contents]) file?.flush();
    },
    interrupted: () => ancestor?.interrupted(),
    end: (report, demands) => {
      roundTrip(report?.targets[0]?.network.connect.p50);
      ancestor?.end();
      return [...(out === undefined || report === null ? [] : written(out, report, demands)), ...closed(files)];
    },
  };
}

interface Files {
  readonly calls: GrowingFile | null;
  readonly contents: GrowingFile | null;
  readonly log: GrowingFile | null;
}

function filesOf(flags: BenchFlags, { clients, logContent }: LoadSpec, startedAtMs: number): Files {
  const { out, logSaveDir } = flags;
  const mode = logContent ? PRIVATE : PUBLIC;
  return {
    calls: out === undefined ? null : fileIn('--out', out, 'calls.csv', PUBLIC),
    contents: out === undefined || !logContent ? null : fileIn('--out', out, 'contents.jsonl', PRIVATE),
    log:
      logSaveDir === undefined
        ? null
        : fileIn('--log-save-dir', logSaveDir, logName(flags, clients, startedAtMs), mode),
  };
}

function fileIn(flag: string, folder: string, name: string, mode: number): GrowingFile {
  return mustWrite(`${flag} ${folder}`, 'folder', () => {
    mkdirSync(folder, { recursive: true });
    return new GrowingFile(join(folder, name), mode);
  });
}

function written(folder: string, report: RunReport, demands: Demands): readonly string[] {
  try {
    writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
    writeFileSync(join(folder, 'report.html'), pageOf(report, demands));
  } catch (error) {
    return [notWritten(`--out ${folder}`, 'folder', error)];
  }
  return [`${join(folder, 'report.html')} is written, report.json and calls.csv beside it`];
}

function closed({ calls, contents, log }: Files): readonly string[] {
  const files = [calls, contents, log].flatMap((file) => (file === null ? [] : [file]));
  for (const file of files) file.close();
  const whole = [log, contents].flatMap((file) =>
    file === null || file.problem !== null ? [] : [`${file.path} is written`],
  );
  const problems = files.flatMap((file) =>
    file.problem === null ? [] : [`${file.path} is not whole: ${file.problem}`],
  );
  return [...whole, ...problems];
}
