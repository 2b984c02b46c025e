/**
 * `spillway bench batch`: several loads one after the other, the whole list as often as wanted, and one table of all.
 *
 *   check every run → ( wait for the round's start → ( run → pause )* )* → combine
 */
import { join } from 'node:path';
import { Problems, readNumber, yesOrNo } from '@spillway/bench';
import { askedBy, type BenchFlags } from '../bench/flags.ts';
import { type BenchIo, benchIo } from '../bench/io.ts';
import { type Workload, workloadsOf } from '../bench/workloads.ts';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { load } from './bench.ts';
import { combine } from './bench-combine.ts';

export interface BatchFlags extends Omit<BenchFlags, 'shapeProfile'> {
  readonly tokenRateWorkloadList: string;
  readonly numBatches: string;
  readonly batchStartInterval: string;
  readonly pause: string;
  readonly runWarmupLoadUntil429Occurs?: string | boolean;
}

export const BATCHES_MAX = 1_000;
/** Between runs, and between the starts of two rounds. Seconds. */
const WAIT_S_MAX = 7 * 86_400;

interface Plan {
  readonly runs: ReadonlyArray<{ readonly round: number; readonly workload: Workload; readonly flags: BenchFlags }>;
  readonly rounds: number;
  readonly intervalMs: number;
  readonly pauseMs: number;
}

export async function batch(flags: BatchFlags, env: Environment, io = benchIo(env)): Promise<Exit> {
  const plan = planOf(flags);
  const stop = new Stop(io);
  const startedMs = io.clock.nowMs();
  let exit: Exit = EXIT.done;
  try {
    for (const [at, { round, workload, flags: own }] of plan.runs.entries()) {
      const isFirst = plan.runs[at - 1]?.round !== round;
      const dueMs = isFirst ? startedMs + (round - 1) * plan.intervalMs : io.clock.nowMs() + plan.pauseMs;
      if (flags.dryRun !== true && at > 0)
        await stop.wait(dueMs - io.clock.nowMs(), isFirst ? 'the next round' : 'the next run');
      if (stop.isAsked) break;
      io.err(`run ${at + 1} of ${plan.runs.length} (round ${round} of ${plan.rounds}): ${workload.text}\n`);
      if ((await load(own, env, io)) !== EXIT.done) exit = EXIT.failed;
    }
  } finally {
    stop.close();
  }
  if (stop.isAsked) io.err('the batch is ended; what was run until then stays\n');
  combined(flags, io);
  return exit;
}

/** @throws UsedWrongly that says everything that is wrong, of whichever run: before the first of them. */
function planOf(flags: BatchFlags): Plan {
  const problems = new Problems();
  const isReplay = flags.contextGenerationMethod === 'replay';
  const { workloads, problems: wrong } = workloadsOf(flags.tokenRateWorkloadList, isReplay);
  for (const one of wrong) problems.add(one);
  const whole = (name: string, text: string, min: number, max: number) =>
    readNumber(problems, name, text, { min, max, isWhole: true });
  const rounds = whole('--num-batches', flags.numBatches, 1, BATCHES_MAX);
  const intervalMs = 1_000 * whole('--batch-start-interval', flags.batchStartInterval, 0, WAIT_S_MAX);
  const pauseMs = 1_000 * whole('--pause', flags.pause, 0, WAIT_S_MAX);
  const warmsUp = yesOrNo(problems, '--run-warmup-load-until-429-occurs', flags.runWarmupLoadUntil429Occurs ?? false);
  const { list } = problems;
  if (list.length > 0) throw new UsedWrongly(`bench batch:\n${list.map((one) => `  ${one}`).join('\n')}`);
  const runs = Array.from({ length: rounds }, (_, at) => at + 1).flatMap((round) =>
    workloads.map((workload) => ({ round, workload, flags: runFlags(flags, workload, { round, warmsUp }) })),
  );
  for (const { flags: own } of runs.slice(0, workloads.length)) askedBy(own);
  return { runs, rounds, intervalMs, pauseMs };
}

/** What `bench load` would have been given. */
function runFlags(
  flags: BatchFlags,
  { name, flags: own }: Workload,
  { round, warmsUp }: { readonly round: number; readonly warmsUp: boolean },
): BenchFlags {
  const {
    tokenRateWorkloadList: _list,
    numBatches: _rounds,
    batchStartInterval: _interval,
    pause: _pause,
    runWarmupLoadUntil429Occurs: _warmUp,
    out,
    logSaveDir,
    ...rest
  } = flags;
  const folder = [`batch-${round}`, name];
  return {
    ...rest,
    ...own,
    ...(warmsUp ? { warmUpUntilThrottled: true } : {}),
    ...(out === undefined ? {} : { out: join(out, ...folder) }),
    ...(logSaveDir === undefined ? {} : { logSaveDir: join(logSaveDir, ...folder) }),
  };
}

/** One table where the reports are, or else the logs. */
function combined({ out, logSaveDir, dryRun }: BatchFlags, io: BenchIo): void {
  const folder = out ?? logSaveDir;
  if (folder === undefined || dryRun === true) return;
  const err = {
    write: (text: string) => {
      io.err(text);
      return true;
    },
  };
  combine(folder, join(folder, 'runs.csv'), { loadRecursive: true, statExtractionPoint: 'draining' }, err);
}

/** Ctrl-C between runs ends a wait; during one the run hears it too, and no other is begun. */
class Stop {
  readonly #io: BenchIo;
  readonly #asked = Promise.withResolvers<void>();
  readonly #onSignal = (): void => {
    this.isAsked = true;
    this.#asked.resolve();
  };
  isAsked = false;

  constructor(io: BenchIo) {
    this.#io = io;
    process.on('SIGINT', this.#onSignal).on('SIGTERM', this.#onSignal);
  }

  async wait(ms: number, forWhat: string): Promise<void> {
    if (ms <= 0 || this.isAsked) return;
    this.#io.err(`waiting ${Math.round(ms / 1_000)} s for ${forWhat}\n`);
    const over = Promise.withResolvers<void>();
    const timer = this.#io.clock.after(ms, () => over.resolve());
    // A clock's timer keeps no process alive; this does, until the wait is over.
    const alive = setInterval(() => {}, 60_000);
    await Promise.race([over.promise, this.#asked.promise]);
    timer.cancel();
    clearInterval(alive);
  }

  close(): void {
    process.off('SIGINT', this.#onSignal).off('SIGTERM', this.#onSignal);
  }
}
