/** One load on one running proxy: runs loadgen and reads from /proc what the proxy used meanwhile. */
import { spawn } from 'node:child_process';
import { statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './children.ts';
import type { Load } from './loads.ts';
import { cpuNs, processFamily, residentKb } from './proc.ts';
import type { Running } from './rig.ts';
import { parseReport, type Sample, sampleOf, type Used } from './sample.ts';

export interface Loadgen {
  readonly file: string;
  readonly cpu: number;
}

/** How far within loadgen's counted time the CPU time is read, so that neither the ramp nor the end is in it. */
const EDGE_MS = 150;
/** loadgen ends by its own clock; this long after that it is taken for hung. */
const OVERTIME_MS = 10_000;

/** Runs the load once. Throws when a process of the rig ends or hangs: nothing measured after that would count. */
export async function measure(running: Running, load: Load, loadgen: Loadgen): Promise<Sample> {
  const log = running.name === 'gateway-logged' ? logOf(running.child) : null;
  if (log !== null) truncateSync(log);
  const watch = running.child === null ? null : new Watch(running.child);
  const report = runLoadgen(running.port, load, loadgen);
  // Of streams, a stretch in the middle is timed: they come and go. Of requests everything is, so that none is divided.
  if (load.counts === 'events') {
    const rest = load.seconds * 1000 - 2 * EDGE_MS;
    await Promise.race([report, sleep(load.warmSeconds * 1000 + EDGE_MS)]);
    watch?.begin();
    await Promise.race([report, sleep(rest)]);
    watch?.end();
  }
  const done = await report;
  if (load.counts === 'requests') watch?.end();
  if (running.child?.hasEnded() === true) throw new Error(`${running.name} ended under the load ${load.title}`);
  return sampleOf(load, parseReport(done), watch?.used(log === null ? null : statSync(log).size) ?? null);
}

function logOf(child: Child | null): string | null {
  return child === null ? null : path.join(child.dir, 'stdout.log');
}

/** Reads CPU time and memory of a process and its descendants at two moments. */
class Watch {
  readonly #pids: readonly number[];
  readonly #residentKbBefore: number;
  #cpuNs = 0;
  #atMs = 0;
  #used: Used = { cpuNs: 0, wallNs: 1, residentKbBefore: 0, residentKbAfter: 0, logBytes: null };

  constructor(child: Child) {
    this.#pids = processFamily(child.pid);
    this.#residentKbBefore = residentKb(this.#pids);
    this.begin();
  }

  begin(): void {
    this.#cpuNs = cpuNs(this.#pids);
    this.#atMs = performance.now();
  }

  end(): void {
    const wallNs = (performance.now() - this.#atMs) * 1e6;
    this.#used = {
      cpuNs: cpuNs(this.#pids) - this.#cpuNs,
      wallNs,
      residentKbBefore: this.#residentKbBefore,
      residentKbAfter: residentKb(this.#pids),
      logBytes: null,
    };
  }

  used(logBytes: number | null): Used {
    return { ...this.#used, logBytes };
  }
}

/** Fulfilled with what loadgen writes to stdout. */
function runLoadgen(port: number, load: Load, { file, cpu }: Loadgen): Promise<string> {
  const times = ['--secs', String(load.seconds), '--warm', String(load.warmSeconds)];
  const args = [
    '-c',
    String(cpu),
    'setpriv',
    '--pdeathsig',
    'TERM',
    file,
    '--port',
    String(port),
    ...load.args,
    ...times,
  ];
  const timeout = (load.seconds + load.warmSeconds) * 1000 + OVERTIME_MS;
  const child = spawn('taskset', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout, killSignal: 'SIGKILL' });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text.stdout += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text.stderr += part;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(text.stdout);
      else
        reject(new Error(`loadgen ended with ${signal ?? code} under the load ${load.title}: ${text.stderr.trim()}`));
    });
  });
}
