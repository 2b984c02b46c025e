/**
 * What Linux says about processes in /proc: CPU time, memory, children. The parsers are pure; the readers below them treat a process that
 * has gone as one that used nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Nanoseconds on a CPU, from /proc/PID/task/TID/schedstat ("run wait slices"). The scheduler's own count: it does not round to clock ticks
 * as utime and stime do. Source: kernel documentation, scheduler/sched-stats.
 */
export function runNsOf(schedstat: string): number {
  const run = Number(schedstat.split(' ', 1)[0]);
  return Number.isFinite(run) ? run : 0;
}

/** Parent's id, from /proc/PID/stat. The name before it stands in parentheses and may hold anything, also ") ". */
export function parentOf(stat: string): number | null {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2);
  const parent = Number(afterName.split(' ')[1]);
  return Number.isInteger(parent) ? parent : null;
}

/** Resident memory in kB (1,024 bytes), from /proc/PID/status. */
export function residentKbOf(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

/** `root` and all its descendants, given each process's parent. */
export function familyOf(root: number, parents: ReadonlyMap<number, number>): number[] {
  const family = [root];
  for (const member of family) {
    for (const [pid, parent] of parents) if (parent === member && !family.includes(pid)) family.push(pid);
  }
  return family;
}

/** A process and its descendants as they are now. */
export function processFamily(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const pid of numericNames('/proc')) {
    const parent = parentOf(textOf(`/proc/${pid}/stat`));
    if (parent !== null) parents.set(pid, parent);
  }
  return familyOf(root, parents);
}

/** CPU time of all living threads. A thread that ended takes its time with it: the servers measured here keep theirs. */
export function cpuNs(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    for (const tid of numericNames(`/proc/${pid}/task`)) sum += runNsOf(textOf(`/proc/${pid}/task/${tid}/schedstat`));
  }
  return sum;
}

/** Resident memory of all of them, in kB. Pages they share count for each. */
export function residentKb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + residentKbOf(textOf(`/proc/${pid}/status`)), 0);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function numericNames(directory: string): number[] {
  try {
    return readdirSync(directory).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
