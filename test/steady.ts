/**
 * Measurements by a real clock: what a machine that stood still meanwhile shows is the machine's, not ours. Such a run is made again, a few
 * times; where none was undisturbed the test is skipped, and says by how much.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { TestContext } from 'node:test';

/** Runs of one measurement, where nothing else is said. */
export const TIMES_MAX = 3;

export interface Steadiness<T> {
  /** Milliseconds for which this process may stand still without spoiling what is measured. */
  readonly stillMsMax: number;
  /** Runs of the measurement, the first included; absent: TIMES_MAX. */
  readonly timesMax?: number;
  /** Milliseconds by which the measurement itself says that it was disturbed; absent: by this process alone. */
  readonly lateMs?: (value: T) => number;
  /** Begins to watch; what it returns tells the longest standstill since, in milliseconds. */
  readonly watch?: () => () => number;
}

/** @returns what the first undisturbed run measured; null where there was none: the test is then skipped, and has nothing more to do. */
export async function measuredSteadily<T>(
  t: Pick<TestContext, 'diagnostic' | 'skip'>,
  { stillMsMax, timesMax = TIMES_MAX, lateMs = () => 0, watch = eventLoopStill }: Steadiness<T>,
  measure: () => Promise<T>,
): Promise<T | null> {
  const stood: number[] = [];
  while (stood.length < timesMax) {
    const stillMs = watch();
    const value = await measure();
    const ms = Math.round(Math.max(stillMs(), lateMs(value)));
    if (ms <= stillMsMax) return value;
    stood.push(ms);
    t.diagnostic(`run ${stood.length} of at most ${timesMax}: the machine stood still for ${ms} ms`);
  }
  t.skip(
    `the machine stood still for ${stood.join(', ')} ms in ${timesMax} runs, and ${stillMsMax} ms spoil the figure`,
  );
  return null;
}

/** Milliseconds between two looks at the event loop. */
const LOOK_MS = 5;

function eventLoopStill(): () => number {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  return () => {
    delay.disable();
    return delay.max / 1e6;
  };
}
