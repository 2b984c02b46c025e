/**
 * When requests come. Their number is given; a Poisson process of which the number is known is that many independent moments, so
 * each seed offers the very load that was asked for, and only its moments are chance.
 */
import type { Unit } from '@spillway/clock';
import type { Arrivals } from './types.ts';

/** Moments in order, from 0 to before `seconds`. Milliseconds. */
export function arrivalTimes(
  arrivals: Arrivals,
  { count, seconds, unit }: { readonly count: number; readonly seconds: number; readonly unit: Unit },
): Float64Array {
  const times = new Float64Array(count);
  if (arrivals.kind === 'steady') {
    const shift = unit();
    for (let i = 0; i < count; i++) times[i] = ((i + shift) * seconds * 1_000) / count;
    return times;
  }
  for (let i = 0; i < count; i++) times[i] = unit();
  times.sort();
  return inTime(times, paceOf(arrivals, seconds, unit));
}

/** How many come until each moment: the moments at which the pace changes, and the sum until there. */
interface Pace {
  readonly fromMs: number[];
  readonly sum: number[];
}

/** A sine is a stair of so long steps. Seconds. */
const STEP_SECONDS = 1;

function paceOf(arrivals: Exclude<Arrivals, { kind: 'steady' }>, seconds: number, unit: Unit): Pace {
  const pace: Pace = { fromMs: [0], sum: [0] };
  let at = 0;
  for (let step = 0; at < seconds; step++) {
    const [lasts, rate] = stepOf(arrivals, { step, at, unit });
    const until = Math.min(seconds, at + lasts);
    pace.fromMs.push(until * 1_000);
    pace.sum.push((pace.sum.at(-1) ?? 0) + (until - at) * rate);
    at = until;
  }
  return pace;
}

/** How long the pace stays, and what it is, relative to others. */
function stepOf(
  arrivals: Exclude<Arrivals, { kind: 'steady' }>,
  { step, at, unit }: { readonly step: number; readonly at: number; readonly unit: Unit },
): readonly [seconds: number, rate: number] {
  switch (arrivals.kind) {
    case 'poisson':
      return [Number.POSITIVE_INFINITY, 1];
    case 'bursts':
      return step % 2 === 0
        ? [arrivals.offSeconds * aboutOne(unit), 1]
        : [arrivals.onSeconds * aboutOne(unit), arrivals.factor];
    case 'diurnal':
      // Begins at its mean, and rises.
      return [
        STEP_SECONDS,
        1 + arrivals.depth * Math.sin((2 * Math.PI * (at + STEP_SECONDS / 2)) / arrivals.periodSeconds),
      ];
  }
}

/** Bursts are not of one length: half to one and a half times their mean. */
function aboutOne(unit: Unit): number {
  return 0.5 + unit();
}

/** Shares of the whole, in order, to moments. */
function inTime(shares: Float64Array, { fromMs, sum }: Pace): Float64Array {
  const whole = sum.at(-1) ?? 0;
  let place = 1;
  return shares.map((share) => {
    const wanted = share * whole;
    while (place < sum.length - 1 && (sum[place] ?? 0) <= wanted) place++;
    const [from, to] = [fromMs[place - 1] ?? 0, fromMs[place] ?? 0];
    const [before, after] = [sum[place - 1] ?? 0, sum[place] ?? 1];
    return from + ((wanted - before) / (after - before)) * (to - from);
  });
}
