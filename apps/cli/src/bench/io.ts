/** What the commands of `spillway bench` need of the world; tests give their own. */
import { startLoad } from '@spillway/bench';
import { type Clock, systemClock } from '@spillway/clock';
import type { Environment } from '../flags.ts';
import { paintFor } from '../lines.ts';
import { Screen } from '../screen.ts';

export interface BenchIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Environment;
  readonly clock: Clock;
  readonly start: typeof startLoad;
  /** A live panel; null: nobody looks at a terminal. @param isReserved whether standard output is for data alone. */
  readonly screen: (isReserved: boolean) => Screen | null;
}

export function benchIo(env: Environment): BenchIo {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    env,
    clock: systemClock,
    start: startLoad,
    screen: (isReserved) => {
      const stream = isReserved ? process.stderr : process.stdout;
      return stream.isTTY === true && env.TERM !== 'dumb' ? new Screen(stream, paintFor(stream, env)) : null;
    },
  };
}
