/** Small words for checks: what came is collected, and what is not as expected is named. Pure. */
import { isRecord } from '@spillway/protocol';
import { type Finding, shown } from './report.ts';

function passed(came: string): Finding {
  return { verdict: 'pass', came: shown(came) };
}

export function differs(came: string): Finding {
  return { verdict: 'differs', came: shown(came) };
}

export function notSupported(came: string): Finding {
  return { verdict: 'not supported', came: shown(came) };
}

export function failedToRun(came: string): Finding {
  return { verdict: 'failed to run', came: shown(came) };
}

/** @param problems of what came; null and false are none. */
export function judged(problems: ReadonlyArray<string | null | false>, came: string): Finding {
  const wrong = problems.filter((problem) => typeof problem === 'string');
  return wrong.length === 0 ? passed(came) : differs(wrong.join('; '));
}

/** @returns what is wrong, null where it is as wanted. */
export function unless(isSo: boolean, problem: string): string | null {
  return isSo ? null : problem;
}

export function same(what: string, came: unknown, wanted: string | number | null): string | null {
  return came === wanted ? null : `${what} is ${text(came)}, not ${text(wanted)}`;
}

/** A value as a report shows it. */
export function text(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}

/** Follows keys and indices; undefined where the way ends. */
export function at(value: unknown, ...way: ReadonlyArray<string | number>): unknown {
  let here = value;
  for (const step of way) {
    if (typeof step === 'number') here = Array.isArray(here) ? here.at(step) : undefined;
    else here = isRecord(here) ? here[step] : undefined;
  }
  return here;
}

export function listAt(value: unknown, ...way: ReadonlyArray<string | number>): readonly unknown[] {
  const list = at(value, ...way);
  return Array.isArray(list) ? list : [];
}

export function textAt(value: unknown, ...way: ReadonlyArray<string | number>): string {
  const found = at(value, ...way);
  return typeof found === 'string' ? found : '';
}

/** NaN where there is no number, which is neither above nor below anything. */
export function numberAt(value: unknown, ...way: ReadonlyArray<string | number>): number {
  const found = at(value, ...way);
  return typeof found === 'number' ? found : Number.NaN;
}
