/** Where a run is shown while it goes on: a panel on a terminal, a line each second elsewhere, nothing where the output is one JSON object. */
import { type CallResult, type Line, LiveTally, lineText, type Progress } from '@spillway/bench';
import { ASCII, UNICODE } from '../demo/draw.ts';
import { glyphsFor } from '../demo/show.ts';
import { type DrawnWith, drawRun } from './draw.ts';
import type { BenchIo } from './io.ts';
import { SPARK_ASCII, SPARK_UNICODE } from './spark.ts';

export interface RunShow {
  add(result: CallResult): void;
  line(line: Line, progress: Progress): void;
  note(text: string): void;
  /** Leaves what it drew as it stands. */
  close(): void;
}

export interface ShowAsk {
  readonly mode: string;
  readonly format: 'human' | 'jsonl';
  readonly isJson: boolean;
}

export function showOf({ mode, format, isJson }: ShowAsk, io: BenchIo): RunShow {
  const screen = format === 'jsonl' && !isJson ? null : io.screen(isJson);
  if (screen !== null) return liveShow(mode, screen, io);
  io.err(`${mode}\n`);
  const told = (line: Line, { phase }: Progress): string =>
    format === 'jsonl' ? `${JSON.stringify(line)}\n` : `${lineText(line)}${PHASES[phase]}\n`;
  return {
    add: () => {},
    line: (line, progress) => {
      if (!isJson) io.out(told(line, progress));
    },
    note: (text) => io.err(`${text}\n`),
    close: () => {},
  };
}

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  warmUp: ' (warming up)',
  measure: '',
  drain: ' (draining)',
};

function liveShow(mode: string, screen: NonNullable<ReturnType<BenchIo['screen']>>, { env }: BenchIo): RunShow {
  const tally = new LiveTally(mode);
  const glyphs = drawnWith(env);
  return {
    add: (result) => tally.add(result),
    line: (line, progress) => screen.draw(drawRun(tally.view(line, progress), glyphs)),
    note: (text) => screen.print([[[` ${text}`, 'faint']]]),
    close: () => screen.close(),
  };
}

function drawnWith(env: BenchIo['env']): DrawnWith {
  return glyphsFor(env) === UNICODE ? { bar: UNICODE, spark: SPARK_UNICODE } : { bar: ASCII, spark: SPARK_ASCII };
}
