/** The calls of a run in open loop: when each is to be sent, whether it counts, and to whom. Dealt out to workers in turns. */
import { seededUnit } from '@spillway/clock';
import type { LoadSpec } from '../spec.ts';
import { firstRate, offsetsOf } from './arrivals.ts';

export interface Intended {
  /** Of all calls, from 0; its prompt is made from it. */
  readonly index: number;
  /** Since the run began. Milliseconds. */
  readonly atMs: number;
  readonly phase: 'warmUp' | 'measure';
  readonly target: number;
}

type Planned = Pick<LoadSpec, 'pace' | 'targets' | 'warmUpMs' | 'end' | 'seed'>;

/**
 * The warm-up runs at the first rate; then the arrivals begin anew. With two targets each moment is sent to both, in turns first, so that
 * both see the same load. Without an end where the run is ended by something else.
 */
export function* planOf(spec: Planned): Generator<Intended, void> {
  if (spec.pace.kind === 'closed') throw new RangeError('a closed loop has no plan: answers are what it waits for');
  const { arrivals } = spec.pace;
  let index = 0;
  const rate = firstRate(arrivals);
  if (spec.warmUpMs > 0 && rate > 0) {
    const warmUp = offsetsOf({ kind: 'constant', perMinute: rate }, seededUnit(spec.seed));
    for (const atMs of warmUp) {
      if (atMs >= spec.warmUpMs) break;
      yield* toEach(spec, index, atMs, 'warmUp');
      index += spec.targets.length;
    }
  }
  let calls = 0;
  for (const offsetMs of offsetsOf(arrivals, seededUnit(spec.seed))) {
    if (isOver(spec.end, calls, offsetMs)) return;
    yield* toEach(spec, index, spec.warmUpMs + offsetMs, 'measure');
    index += spec.targets.length;
    calls++;
  }
}

function* toEach(
  { targets }: Planned,
  index: number,
  atMs: number,
  phase: Intended['phase'],
): Generator<Intended, void> {
  const count = targets.length;
  for (let i = 0; i < count; i++) yield { index: index + i, atMs, phase, target: (i + index / count) % count };
}

/** @param calls of the measured part so far. */
export function isOver({ requests, durationMs, mode }: LoadSpec['end'], calls: number, offsetMs: number): boolean {
  const bounds = [
    ...(requests === null ? [] : [calls >= requests]),
    ...(durationMs === null ? [] : [offsetMs >= durationMs]),
  ];
  if (bounds.length === 0) return false;
  return mode === 'and' ? bounds.every((over) => over) : bounds.some((over) => over);
}

/** @returns those of one worker of several. */
export function* shareOf(plan: Iterable<Intended>, worker: number, workers: number): Generator<Intended, void> {
  let at = 0;
  for (const call of plan) if (at++ % workers === worker) yield call;
}
