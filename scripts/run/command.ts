/**
 * Runs a program to its end, within a time limit, and keeps what it said. The program leads a process group of its own:
 * whatever it started (a web server, a gateway) ends with it, so that no run leaves processes behind.
 */
import { spawn } from 'node:child_process';
import { type Clock, systemClock } from '@spillway/clock';
import { Excerpt } from './excerpt.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds after which it is killed. */
  readonly limitMs: number;
}

export type Ending =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'late'; readonly limitMs: number }
  | { readonly kind: 'notStarted'; readonly reason: string };

export interface Outcome {
  readonly ending: Ending;
  /** Standard output and standard error as they came, the middle left out where it is long. */
  readonly output: string;
}

/** Leaders of the groups that run now. */
const groups = new Set<number>();

export function runCommand(command: Command, clock: Clock = systemClock): Promise<Outcome> {
  const { file, args, folder, env, limitMs } = command;
  const child = spawn(file, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid;
  const output = new Excerpt();
  let ending: Ending | null = null;
  if (pid !== undefined) groups.add(pid);
  const timer = clock.after(limitMs, () => {
    ending = { kind: 'late', limitMs };
    if (pid !== undefined) killGroup(pid);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.add(text));
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      ending ??= { kind: 'notStarted', reason: error.message };
    });
    // The pipes close only when the last one of the group has let go of them: end the group before waiting for that.
    child.on('exit', (code, signal) => {
      ending ??= code === null ? { kind: 'signal', signal: String(signal) } : { kind: 'exit', code };
      if (pid !== undefined) killGroup(pid);
    });
    child.on('close', () => {
      timer.cancel();
      resolve({ ending: ending ?? { kind: 'notStarted', reason: 'no exit was seen' }, output: output.toString() });
    });
  });
}

export function endingText(ending: Ending): string {
  switch (ending.kind) {
    case 'exit':
      return `exit code ${ending.code}`;
    case 'signal':
      return `ended by ${ending.signal}`;
    case 'late':
      return `still running after ${ending.limitMs / 1000} s, so it was ended`;
    case 'notStarted':
      return `could not be started: ${ending.reason}`;
  }
}

/** When this process is told to end, its groups end first: they would not hear of a Ctrl-C. */
export function endGroupsOnSignals(): void {
  for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.once(signal, () => {
      for (const pid of groups) killGroup(pid);
      process.exit(code);
    });
  }
}

function killGroup(pid: number): void {
  groups.delete(pid);
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}
