/** CPU per operation of a server under load, read from /proc while its clients keep it busy. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../children.ts';
import { cpuNs, processFamily } from '../proc.ts';
import { Clients, type Load } from './client.ts';

export interface LoadSample {
  /** Microseconds of CPU per answer. */
  readonly cpuUs: number;
  readonly perSecond: number;
  /** Share of a core that was used. */
  readonly coreShare: number;
}

/** Before anything is counted: connections are made, and streams spread over their time. Milliseconds. */
const RAMP_MS = 500;

export async function measureLoad(child: Child, load: Load, seconds: number): Promise<LoadSample> {
  const clients = new Clients(load);
  try {
    await sleep(RAMP_MS);
    const pids = processFamily(child.pid);
    const before = { cpu: cpuNs(pids), answers: clients.answers, ms: performance.now() };
    await sleep(seconds * 1000);
    const answers = clients.answers - before.answers;
    const cpu = cpuNs(pids) - before.cpu;
    const ms = performance.now() - before.ms;
    if (child.hasEnded()) throw new Error(`${child.name} ended under load; its words are in ${child.dir}`);
    if (answers === 0)
      throw new Error(`${child.name} gave no whole answer within ${seconds} s; give it more --seconds`);
    return { cpuUs: cpu / 1000 / answers, perSecond: (answers * 1000) / ms, coreShare: cpu / 1e6 / ms };
  } finally {
    clients.close();
  }
}
