/** When requests come, in open loop: offsets from the beginning, whatever the server does. */
import type { Unit } from '@spillway/clock';
import type { Arrivals, Step } from '../spec.ts';

const MINUTE_MS = 60_000;
/** A sweep that finds no limit ends here. */
export const SWEEP_STEPS_MAX = 40;

/**
 * Ascending offsets in milliseconds; without an end, but for steps, sweeps and traces. The first request comes at once, the others evenly
 * behind it, by chance, or as recorded: nothing is made up for after a stall.
 */
export function* offsetsOf(arrivals: Arrivals, unit: Unit): Generator<number, void> {
  switch (arrivals.kind) {
    case 'constant':
      return yield* evenly(arrivals.perMinute);
    case 'poisson':
      return yield* byChance(arrivals.perMinute, unit);
    case 'ramp':
      return yield* rising(arrivals);
    case 'steps':
      return yield* stepwise(arrivals.steps);
    case 'sweep':
      return yield* stepwise(stepsOf(arrivals));
    case 'trace':
      return yield* arrivals.offsetsMs;
  }
}

/** The rate at the beginning, at which the warm-up runs. Requests per minute; 0: nothing is sent before a trace. */
export function firstRate(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
      return arrivals.perMinute;
    case 'ramp':
    case 'sweep':
      return arrivals.fromPerMinute;
    case 'steps':
      return arrivals.steps[0]?.perMinute ?? 0;
    case 'trace':
      return 0;
  }
}

export function stepsOf({ fromPerMinute, factor, stepMs }: Extract<Arrivals, { kind: 'sweep' }>): readonly Step[] {
  return Array.from({ length: SWEEP_STEPS_MAX }, (_, i) => ({ perMinute: fromPerMinute * factor ** i, forMs: stepMs }));
}

/** Which step a moment is in, and its rate; null: behind the last. */
export function stepAt(steps: readonly Step[], offsetMs: number): Step | null {
  let endMs = 0;
  for (const step of steps) {
    endMs += step.forMs;
    if (offsetMs < endMs) return step;
  }
  return null;
}

function* evenly(perMinute: number): Generator<number, void> {
  for (let i = 0; ; i++) yield (i * MINUTE_MS) / perMinute;
}

/** Gaps are exponential: arrivals of many who do not know of each other. */
function* byChance(perMinute: number, unit: Unit): Generator<number, void> {
  let atMs = 0;
  for (;;) {
    atMs += (-Math.log(1 - unit()) * MINUTE_MS) / perMinute;
    yield atMs;
  }
}

/** The i-th request comes when the area under the rate is i; behind the ramp the rate stays. */
function* rising(ramp: Extract<Arrivals, { kind: 'ramp' }>): Generator<number, void> {
  const { overMs } = ramp;
  const [from, to] = [ramp.fromPerMinute / MINUTE_MS, ramp.toPerMinute / MINUTE_MS];
  const slope = overMs > 0 ? (to - from) / overMs : 0;
  const ofRamp = overMs > 0 ? ((from + to) * overMs) / 2 : 0;
  yield 0;
  for (let i = 1; ; i++) {
    if (i >= ofRamp) yield overMs + (i - ofRamp) / to;
    // Of the quadratic's two solutions the one that does not divide by a slope of nearly nothing.
    else yield (2 * i) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * i)));
  }
}

function* stepwise(steps: readonly Step[]): Generator<number, void> {
  let beginsMs = 0;
  for (const { perMinute, forMs } of steps) {
    for (const atMs of evenly(perMinute)) {
      // A step whose last request would fall on the next one's first leaves it to that.
      if (atMs >= forMs - 1e-6) break;
      yield beginsMs + atMs;
    }
    beginsMs += forMs;
  }
}
