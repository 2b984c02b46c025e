/** What the commands about deployments work with, so that a test can hold it: time, environment, where they write. */
import { type Clock, systemClock } from '@spillway/clock';
import type { Environment } from '../flags.ts';
import { type LoadIdentity, loadAzureIdentity } from './sign-in.ts';

export interface Io {
  readonly clock: Clock;
  readonly env: Environment;
  /** Data. */
  readonly out: (text: string) => void;
  /** Progress and what went wrong. */
  readonly err: (text: string) => void;
  readonly loadIdentity: LoadIdentity;
  /** Resolves when somebody wants it to end: Ctrl-C. Called where there is something to wait for. */
  readonly stopAsked: () => Promise<void>;
}

export function systemIo(env: Environment, stopAsked: () => Promise<void>): Io {
  return {
    clock: systemClock,
    env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    loadIdentity: loadAzureIdentity,
    stopAsked,
  };
}
