/**
 * `node bench/bench-load.ts`: the load generator beside an independent one on the same server, in turns; what it costs; how much it sends.
 *
 *   server → ( ours, loadgen | loadgen, ours ) in open and in closed loop → streams → many a second → table
 */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type LoadSpec, startLoad } from '@spillway/bench';
import { systemClock } from '@spillway/clock';
import { answerOf, evenly, specOf } from '../apps/bench/src/testing/spec.ts';
import { type Found, missedTargets, type OurRun, type Run, renderMarkdown, rowsOf } from './bench-load/figures.ts';
import { type BenchLoadOptions, HELP, parseBenchLoadOptions } from './bench-load/options.ts';
import { Children } from './children.ts';
import { Ports } from './rig.ts';
import { compile, missing } from './tools.ts';

const BENCH = import.meta.dirname;
const WORK = path.join(BENCH, '.work/bench-load');
const SERVER_CPU = 1;
/** Far from what a machine adds, near to what nobody waits for. */
const DELAY_MS = 20;
const [CHUNKS, CHUNK_MS] = [100, 10];
const PER_SECOND = 200;
const CLIENTS = 16;
const STREAMS = 50;
const ANSWER = answerOf({ stream: false, tokensMax: 300 });
const FAST_PER_SECOND = 2_000;
const FAST_WORKERS = 4;
const START_POLLS_MAX = 200;
const START_POLL_MS = 50;
/** loadgen ends by its own clock; so long after that it is taken for hung. */
const OVERTIME_MS = 10_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Stage {
  readonly port: number;
  /** Of a server in C that answers at once: one in JavaScript would be the limit at many a second. */
  readonly fastPort: number;
  readonly loadgen: string;
  readonly seconds: number;
}

async function main(): Promise<number> {
  const options = parseBenchLoadOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  if (typeof options === 'string') {
    say(`${options}\nnode bench/bench-load.ts --help shows the flags`);
    return 2;
  }
  const lacks = missing(process.platform, availableParallelism(), process.env.PATH ?? '');
  if (lacks.some((line) => !line.startsWith('nginx'))) {
    say(lacks.join('\n'));
    return 1;
  }
  const children = new Children();
  const end = (): void => void children.stopAll().then(() => process.exit(1));
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    return conclude(options, await measured(options, await startServer(children, options.seconds)));
  } finally {
    await children.stopAll();
    rmSync(WORK, { recursive: true, force: true });
  }
}

async function startServer(children: Children, seconds: number): Promise<Stage> {
  mkdirSync(WORK, { recursive: true });
  const { loadgen, backend } = compile(BENCH, WORK);
  const ports = new Ports();
  const [port, fastPort] = [await ports.free(), await ports.free()];
  const fast = { file: backend, args: ['--ports', `${fastPort}`], env: {}, dir: WORK };
  await children.start('backend', fast, SERVER_CPU);
  const env = { PORT: `${port}`, DELAY_MS: `${DELAY_MS}`, CHUNKS: `${CHUNKS}`, CHUNK_MS: `${CHUNK_MS}` };
  const args = [path.join(BENCH, 'bench-load/server.ts')];
  const child = await children.start('server', { file: process.execPath, args, env, dir: WORK }, SERVER_CPU);
  for (let i = 0; i < START_POLLS_MAX && !child.hasEnded(); i++) {
    if ((await counted(port).catch(() => null)) !== null) return { port, fastPort, loadgen, seconds };
    await sleep(START_POLL_MS);
  }
  throw new Error(`the server does not listen on ${port}`);
}

async function measured({ rounds }: BenchLoadOptions, stage: Stage): Promise<Found> {
  const found: Record<'open' | 'closed' | 'streams' | 'fast', OurRun[]> & Record<'openTheirs' | 'closedTheirs', Run[]> =
    {
      open: [],
      openTheirs: [],
      closed: [],
      closedTheirs: [],
      streams: [],
      fast: [],
    };
  const openLoop = evenly(60 * PER_SECOND);
  const many = { pace: evenly(60 * FAST_PER_SECOND), clients: 1_000, workers: FAST_WORKERS };
  const fast = loadOf({ ...stage, port: stage.fastPort }, many);
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`);
    const turns = [
      async () => void found.open.push(await ours(stage, { pace: openLoop, clients: 1_000 })),
      async () =>
        void found.openTheirs.push(await theirs(stage, ['--mode', 'open', '--rate', `${PER_SECOND}`, '--conns', '64'])),
      async () => void found.closed.push(await ours(stage, { clients: CLIENTS })),
      async () => void found.closedTheirs.push(await theirs(stage, ['--mode', 'closed', '--conns', `${CLIENTS}`])),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    found.fast.push(await oursUncounted(fast));
    found.streams.push(await ours(stage, { clients: STREAMS, answer: { ...ANSWER, stream: true } }));
  }
  return { ...found, fastPerSecond: FAST_PER_SECOND };
}

function loadOf({ port, seconds }: Stage, of: Partial<LoadSpec>): LoadSpec {
  return specOf(`http://127.0.0.1:${port}`, {
    prompts: { kind: 'generated', shape: 'custom', contextTokens: 500, cacheShare: 0 },
    answer: ANSWER,
    end: { requests: null, durationMs: 1_000 * seconds, mode: 'or' },
    drainMs: 10_000,
    retryMsMax: 1_000,
    preventServerCaching: true,
    ...of,
  });
}

async function ours(stage: Stage, of: Partial<LoadSpec>): Promise<OurRun> {
  await counted(stage.port);
  const run = await oursUncounted(loadOf(stage, of));
  const { calls, chunks } = await counted(stage.port);
  return { ...run, seen: calls, chunksSent: chunks };
}

/** Of a server that does not count. */
async function oursUncounted(spec: LoadSpec): Promise<OurRun> {
  let chunks = 0;
  const run = startLoad(spec, {
    clock: systemClock,
    madeBy: 'bench-load',
    told: {},
    prices: null,
    onLine: () => {},
    onResult: (result) => {
      chunks += spec.answer.stream ? result.chunks : 0;
    },
  });
  const { targets, sender, isValid } = await run.report;
  const calls = (targets[0]?.calls.ok ?? 0) + (targets[0]?.calls.length ?? 0);
  const { pace, end } = spec;
  const isOpen = pace.kind === 'open' && pace.arrivals.kind === 'constant';
  return {
    calls,
    wanted: isOpen ? (pace.arrivals.perMinute * (end.durationMs ?? 0)) / 60_000 : calls,
    seen: calls,
    chunks,
    chunksSent: chunks,
    p50Ms: 1_000 * (targets[0]?.e2e.p50 ?? 0),
    cpuMs: sender.cpuMs,
    isValid,
    lagMsMax: sender.lagMsMax,
  };
}

const exec = promisify(execFile);

async function theirs({ port, loadgen, seconds }: Stage, args: readonly string[]): Promise<Run> {
  const all = ['--port', `${port}`, ...args, '--secs', `${seconds}`, '--body', '2500'];
  const { stdout } = await exec(loadgen, all, { timeout: 1_000 * seconds + OVERTIME_MS, killSignal: 'SIGKILL' });
  const told: { readonly requests: number; readonly latencyP50Us: number } = JSON.parse(stdout);
  return { calls: told.requests, p50Ms: told.latencyP50Us / 1_000, cpuMs: 0 };
}

/** What the server saw since it was asked the last time. */
async function counted(port: number): Promise<{ readonly calls: number; readonly chunks: number }> {
  const counts: { calls: number; chunks: number } = JSON.parse(
    await (await fetch(`http://127.0.0.1:${port}/counts`)).text(),
  );
  return counts;
}

function conclude({ json, assert, rounds, seconds }: BenchLoadOptions, found: Found): number {
  const rows = rowsOf(found);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  const note = `- ${new Date().toISOString().slice(0, 10)}, ${machine}, ${rounds} rounds of ${seconds} s, load average ${loadavg()[0]?.toFixed(1)} at the end.`;
  process.stdout.write(`${renderMarkdown(rows)}\n${note}\n`);
  if (json !== null) writeFileSync(json, `${JSON.stringify({ rows, found }, null, 2)}\n`);
  const missed = missedTargets(rows);
  for (const line of missed) say(`missed: ${line}`);
  return assert && missed.length > 0 ? 1 : 0;
}

process.exitCode = await main();
