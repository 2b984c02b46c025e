/** The demo where there is no terminal to draw on: a line now and then. Pure. */
import { type Line, NO_PAINT, render } from '../lines.ts';
import type { DecisionRow } from './decisions.ts';
import { ASCII, clock, decisionLine, introduction } from './draw.ts';
import { narrate } from './narrate.ts';
import type { Scene } from './scene.ts';
import type { Tally } from './tally.ts';

export function openingLines(scene: Scene): readonly string[] {
  return [...introduction(scene).map(textOf), ...scene.notices.map((text) => ` ${text}`)];
}

export function progressLine(scene: Scene): string {
  const time = clock(scene.nowMs).padStart(6);
  if (scene.phase === 'documents') return `${time}  ${narrate(scene)}`;
  return `${time}  straight to one resource: ${counts(scene.direct)}; through Spillway: ${counts(scene.spillway)}`;
}

function counts({ sent, answered, refused, failed }: Tally): string {
  return `${sent} sent, ${answered} answered, ${refused} with 429${failed === 0 ? '' : `, ${failed} failed`}`;
}

/** Rows that were not there before. */
export function newDecisions(before: readonly DecisionRow[], now: readonly DecisionRow[]): readonly DecisionRow[] {
  const known = new Set(before.map(keyOf));
  return now.filter((row) => !known.has(keyOf(row)));
}

function keyOf({ startedMs, backend, fate }: DecisionRow): string {
  return `${startedMs} ${backend} ${fate}`;
}

/** How often it happened is not known yet. */
export function decisionText(row: DecisionRow): string {
  return textOf(decisionLine({ ...row, count: 1 }, ASCII));
}

export function textOf(line: Line): string {
  return render(line, Number.POSITIVE_INFINITY, NO_PAINT);
}
