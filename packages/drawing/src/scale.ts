/** From values to pixels, and the round values at which an axis is marked. */

export interface Scale {
  readonly from: number;
  readonly to: number;
  at(value: number): number;
}

/** @param domain its ends may be equal: everything is then at the beginning. */
export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const [start, end] = range;
  const slope = to === from ? 0 : (end - start) / (to - from);
  return { from, to, at: (value) => start + (value - from) * slope };
}

/** Round values (1, 2 or 5 times a power of ten) from 0 to the first one that covers `max`, about `count` of them. */
export function ticks(max: number, count: number): readonly number[] {
  if (!(max > 0)) return [0, 1];
  const step = roundStep(max / Math.max(1, count));
  const steps = Math.ceil(max / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Steps that people count minutes in. Seconds. */
const TIME_STEPS = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200];

/** Marks of an axis of time, in seconds, at most `count` steps of them. */
export function timeTicks(seconds: number, count: number): readonly number[] {
  const step = TIME_STEPS.find((each) => seconds / each <= count) ?? TIME_STEPS.at(-1) ?? 1;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, at) => at * step);
}
