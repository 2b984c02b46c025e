/** Where the demo is shown: a panel on a terminal, lines elsewhere. */
import type { WriteStream } from 'node:tty';
import { type Line, paintFor } from '../lines.ts';
import { Screen } from '../screen.ts';
import type { DecisionRow } from './decisions.ts';
import { ASCII, drawLoad, drawOpen, type Glyphs, UNICODE } from './draw.ts';
import { decisionText, newDecisions, openingLines, progressLine, textOf } from './plain.ts';
import type { Scene } from './scene.ts';

export interface Show {
  /** Called often. */
  update(scene: Scene): void;
  /** For good. */
  print(lines: readonly Line[]): void;
  close(): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function showOn(stream: WriteStream, env: Environment): Show {
  const live = stream.isTTY === true && env.TERM !== 'dumb';
  return live ? liveShow(stream, env) : plainShow((text) => stream.write(`${text}\n`));
}

function liveShow(stream: WriteStream, env: Environment): Show {
  const screen = new Screen(stream, paintFor(stream, env));
  const glyphs = glyphsFor(env);
  return {
    update: (scene) =>
      screen.draw(scene.phase === 'open' ? drawOpen(scene, glyphs, screen.rows) : drawLoad(scene, glyphs, screen.rows)),
    print: (lines) => screen.print(lines),
    close: () => screen.close(),
  };
}

/** Between two lines of progress. Milliseconds. */
const PROGRESS_MS = 5_000;

export function plainShow(write: (text: string) => void): Show {
  let decisions: readonly DecisionRow[] = [];
  let toldMs: number | null = null;
  let told: Scene['phase'] = 'load';
  return {
    update: (scene) => {
      if (toldMs === null) for (const line of openingLines(scene)) write(line);
      toldMs ??= 0;
      // What is refused from here on is refused on purpose: that comes first.
      if (scene.phase === 'documents' && told !== 'documents') write(progressLine(scene));
      told = scene.phase;
      for (const row of newDecisions(decisions, scene.decisions)) write(decisionText(row));
      decisions = scene.decisions;
      if (scene.phase === 'open' || scene.nowMs - toldMs < PROGRESS_MS) return;
      toldMs = scene.nowMs;
      write(progressLine(scene));
    },
    print: (lines) => {
      for (const line of lines) write(textOf(line));
    },
    close: () => {},
  };
}

/** Blocks where the terminal's characters are UTF-8, or where nothing says otherwise. */
export function glyphsFor(env: Environment): Glyphs {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => (value ?? '') !== '');
  if (env.TERM === 'linux') return ASCII;
  if (locale === undefined) return (env.TMUX ?? '') === '' ? UNICODE : ASCII;
  return /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
