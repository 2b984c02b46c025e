/**
 * `node bench/pick.ts`: what a decision costs, and whether its memory stays.
 *
 *   warm up → rounds ( serve a little, so that the fleet moves → time a batch of picks ) → heap, before and after → lines
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HELP, type PickBenchOptions, parsePickOptions } from './pick/options.ts';
import { Scene } from './pick/scene.ts';
import { median } from './stats.ts';

/** What is left of the noise of a heap that does not grow. */
const HEAP_MIB_MAX = 1;
/** Picks that are timed together: many, since the system counts CPU time in steps of milliseconds. CPU time of this thread: it holds up on a busy machine, where the clock on the wall does not. */
const BATCH = 50_000;
/** Requests that are carried out before each batch. */
const SERVED = 50;
const WARM_BATCHES = 4;

interface PickFigures {
  readonly picks: number;
  /** Of the batches' means. */
  readonly medianUs: number;
  /** The batch that one in a hundred is slower than. */
  readonly p99Us: number;
  /** Share of picks that found a deployment: 0 to 1. */
  readonly sent: number;
  /** Between the end of the warm-up and the end. */
  readonly heapGrowthMib: number;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function main(): number {
  const options = parsePickOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  if (typeof options === 'string') {
    say(options);
    say('node bench/pick.ts --help shows the flags');
    return 2;
  }
  return conclude(options, measure(options.picks));
}

function measure(picks: number): PickFigures {
  const gc = collector();
  const scene = new Scene();
  for (let i = 0; i < WARM_BATCHES; i++) {
    scene.serve(SERVED);
    scene.pick(BATCH);
  }
  // Made before the heap is measured: it is ours, not that of the decisions.
  const batchUs = new Float64Array(Math.ceil(picks / BATCH));
  gc();
  const heapBefore = process.memoryUsage().heapUsed;
  let sent = 0;
  for (let i = 0; i < batchUs.length; i++) {
    scene.serve(SERVED);
    const before = process.threadCpuUsage();
    sent += scene.pick(BATCH);
    const { user, system } = process.threadCpuUsage(before);
    batchUs[i] = (user + system) / BATCH;
  }
  gc();
  const heapGrowthMib = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
  const sorted = batchUs.toSorted();
  const p99Us = sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 0;
  const done = batchUs.length * BATCH;
  return { picks: done, medianUs: median([...batchUs]) ?? 0, p99Us, sent: sent / done, heapGrowthMib };
}

/** Node's flag, set while it runs: the script needs none of its own. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function')
    throw new Error('this Node gives no way to collect garbage: the heap cannot be measured');
  return () => void gc();
}

function conclude({ medianUsMax, json, assert }: PickBenchOptions, figures: PickFigures): number {
  const { picks, medianUs, p99Us, sent, heapGrowthMib } = figures;
  const about = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  process.stdout.write(
    `${about}\n${picks.toLocaleString('en')} picks among 32 deployments, ${(100 * sent).toFixed(1)} % of them sent\n` +
      `CPU of one pick     median ${medianUs.toFixed(2)} µs, p99 of batches ${p99Us.toFixed(2)} µs (at most ${medianUsMax} µs)\n` +
      `growth of the heap  ${heapGrowthMib.toFixed(2)} MiB (at most ${HEAP_MIB_MAX} MiB)\n`,
  );
  if (json !== null) writeFileSync(json, `${JSON.stringify({ about, figures }, null, 1)}\n`);
  const missed = [
    ...(medianUs > medianUsMax ? [`median ${medianUs.toFixed(2)} µs is above ${medianUsMax} µs`] : []),
    ...(heapGrowthMib > HEAP_MIB_MAX
      ? [`the heap grew by ${heapGrowthMib.toFixed(2)} MiB, above ${HEAP_MIB_MAX}`]
      : []),
  ];
  if (assert) for (const text of missed) say(`target not met: ${text}`);
  return assert && missed.length > 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
