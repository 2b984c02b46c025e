/**
 * The processes this run started, and no others. Each is ended by its id, also when the run fails or is interrupted; should this process be
 * killed outright, Linux ends them (setpriv --pdeathsig).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { processFamily } from './proc.ts';
import type { Command } from './subjects.ts';

/** How long a process may take to end on SIGTERM before SIGKILL. The gateway drains, the others end at once. */
const STOP_MS_MAX = 5_000;
/** How much of a log an error shows. */
const LOG_LINES_SHOWN = 20;
const LOG_BYTES_SHOWN = 4_000;

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly dir: string;
  /** Fulfilled when it has ended, with its exit code (null: by a signal). */
  readonly ended: Promise<number | null>;
  /** True once it has ended. */
  hasEnded(): boolean;
}

interface Entry extends Child {
  readonly process: ChildProcess;
}

export class Children {
  readonly #entries = new Set<Entry>();

  /** Starts a process on one CPU, with its output in stdout.log and stderr.log of its folder (opened for appending). */
  async start(name: string, command: Command, cpu: number): Promise<Child> {
    const out = openSync(path.join(command.dir, 'stdout.log'), 'a');
    const err = openSync(path.join(command.dir, 'stderr.log'), 'a');
    const args = ['-c', String(cpu), 'setpriv', '--pdeathsig', 'TERM', command.file, ...command.args];
    const env = { PATH: process.env.PATH ?? '', HOME: command.dir, ...command.env };
    const child = spawn('taskset', args, { cwd: command.dir, env, stdio: ['ignore', out, err] });
    closeSync(out);
    closeSync(err);
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const entry: Entry = {
      name,
      pid: child.pid ?? 0,
      dir: command.dir,
      process: child,
      ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
      hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    };
    this.#entries.add(entry);
    entry.ended.then(() => this.#entries.delete(entry));
    return entry;
  }

  async stop(child: Child): Promise<void> {
    const family = processFamily(child.pid); // asked before the parent is gone, or its children could not be found
    if (child.hasEnded()) return;
    sendSignal(child.pid, 'SIGTERM');
    if (await endsWithin(child, STOP_MS_MAX)) return;
    for (const pid of family) sendSignal(pid, 'SIGKILL');
    await child.ended;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#entries].map((entry) => this.stop(entry)));
  }
}

/** True when the process ends in time. */
async function endsWithin(child: Child, ms: number): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeout.resolve(false), ms);
  const inTime = await Promise.race([child.ended.then(() => true), timeout.promise]);
  clearTimeout(timer);
  return inTime;
}

/** The last lines a process wrote, for an error message. */
export function lastWords(child: Child): string {
  const text = ['stderr.log', 'stdout.log']
    .map((file) => readFileSync(path.join(child.dir, file), 'utf8'))
    .find(Boolean);
  return (text ?? '(it wrote nothing)').slice(-LOG_BYTES_SHOWN).trim().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended by itself meanwhile
  }
}
