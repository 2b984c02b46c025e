/** What stays of a run: report.json, report.html and calls.csv in one folder, a log in another. Calls and lines are written as they come. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  AncestorLog,
  argumentsOf,
  CALLS_HEAD,
  type CallResult,
  callRow,
  type Demands,
  type Line,
  type LoadSpec,
  logName,
  type Progress,
  pageOf,
  type RunReport,
} from '@spillway/bench';
import { UsedWrongly } from '../exit.ts';
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
  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, 'w', 0o644);
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
  add(result: CallResult): void;
  line(line: Line, progress: Progress): void;
  interrupted(): void;
  /** @param report null: there is none, the run failed. @returns what is to be told. */
  end(report: RunReport | null, demands: Demands): readonly string[];
}

/** @throws UsedWrongly where a folder cannot be written: before anything is sent. */
export function keepOf(flags: BenchFlags, spec: LoadSpec, startedAtMs: number): Keep {
  const { out, logSaveDir } = flags;
  const calls = out === undefined ? null : fileIn('--out', out, 'calls.csv');
  const log =
    logSaveDir === undefined ? null : fileIn('--log-save-dir', logSaveDir, logName(flags, spec.clients, startedAtMs));
  const names = spec.targets.map(({ name }) => name);
  const ancestor =
    log === null
      ? null
      : new AncestorLog((text) => log.write(text), argumentsOf({ ...toldOf(flags), clients: spec.clients }));
  calls?.write(CALLS_HEAD);
  return {
    add: (result) => calls?.write(callRow(result, names)),
    line: (line, { phase }) => {
      ancestor?.line(line, phase === 'drain');
      // Whoever looks at them while it goes on sees whole seconds.
      log?.flush();
      calls?.flush();
    },
    interrupted: () => ancestor?.interrupted(),
    end: (report, demands) => {
      ancestor?.end();
      const told = [
        ...(out === undefined || report === null ? [] : written(out, report, demands)),
        ...closed(calls, log),
      ];
      return told;
    },
  };
}

function fileIn(flag: string, folder: string, name: string): GrowingFile {
  try {
    mkdirSync(folder, { recursive: true });
    return new GrowingFile(join(folder, name));
  } catch (error) {
    throw new UsedWrongly(notWritten(flag, folder, error));
  }
}

function written(folder: string, report: RunReport, demands: Demands): readonly string[] {
  try {
    writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
    writeFileSync(join(folder, 'report.html'), pageOf(report, demands));
  } catch (error) {
    return [notWritten('--out', folder, error)];
  }
  return [`${join(folder, 'report.html')} is written, report.json and calls.csv beside it`];
}

function closed(calls: GrowingFile | null, log: GrowingFile | null): readonly string[] {
  calls?.close();
  log?.close();
  const problems = [calls, log].flatMap((file) =>
    file === null || file.problem === null ? [] : [`${file.path} is not whole: ${file.problem}`],
  );
  return [...(log === null || log.problem !== null ? [] : [`${log.path} is written`]), ...problems];
}

function notWritten(flag: string, folder: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : 'no reason given';
  return `${flag} ${folder} cannot be written (${reason}); give a folder that can`;
}
