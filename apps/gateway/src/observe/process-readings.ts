/** What the process itself uses. Read when somebody asks; the watch on the event loop begins with the first question. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late timers ran since the last reading. Seconds. */
export interface LoopLag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface ProcessReadings {
  /** Of all threads, in user mode and in the kernel. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  /** Seconds since 1970. */
  readonly startedSeconds: number;
  /** null in the first reading, and where no timer has run since the last one. */
  readonly loopLag: LoopLag | null;
}

/** The watch sets a timer of this length, over and over. Milliseconds. */
const RESOLUTION_MS = 20;

export class ProcessWatch {
  #loop: ReturnType<typeof monitorEventLoopDelay> | null = null;

  read(): ProcessReadings {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    return {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: rss,
      heapUsedBytes: heapUsed,
      startedSeconds: performance.timeOrigin / 1000,
      loopLag: this.#readLoop(),
    };
  }

  close(): void {
    this.#loop?.disable();
    this.#loop = null;
  }

  #readLoop(): LoopLag | null {
    const loop = this.#loop;
    if (loop === null) {
      this.#loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#loop.enable();
      return null;
    }
    if (loop.count === 0) return null;
    const lag = { p50: late(loop.percentile(50)), p99: late(loop.percentile(99)), max: late(loop.max) };
    loop.reset();
    return lag;
  }
}

/** It records whole intervals in nanoseconds; what goes beyond the timer's length is the lag. */
function late(intervalNs: number): number {
  return Math.max(0, intervalNs / 1e9 - RESOLUTION_MS / 1000);
}
