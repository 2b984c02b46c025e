/**
 * `node bench/simulator.ts`: what the simulator costs, next to a bare server that sends the same bytes, in the same run.
 *
 *   start both → warm up → rounds ( answers: each; streams: each ) → virtual hour → admission → virtual day → table
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, Children, lastWords } from './children.ts';
import { Ports } from './rig.ts';
import { requestBody, STREAM_TOKENS } from './simulator/client.ts';
import { type LoadSample, measureLoad } from './simulator/measure.ts';
import { HELP, parseSimulatorOptions, type SimulatorBenchOptions } from './simulator/options.ts';
import { admissionCosts, dayMemory, virtualHour } from './simulator/pure.ts';
import {
  type Figures,
  type Loads,
  missed,
  renderMarkdown,
  renderText,
  rowsOf,
  withSimulatorTable,
} from './simulator/report.ts';
import { sampleOf } from './simulator/sample.ts';

const BENCH = import.meta.dirname;
const WORK = path.join(BENCH, '.work/simulator');
const DOCUMENT = path.join(path.dirname(BENCH), 'docs/performance.md');
const [SERVER_CPU, OWN_CPU] = [0, 1];
/** Of a stream: 20 events a second, the pace of a model that is read along. */
const TOKEN_MS = 50;
const ANSWER_CONNECTIONS = 32;
const STREAM_CONNECTIONS = 200;
const WARM_UP_SECONDS = 3;
/** For a server to listen. */
const START_POLLS_MAX = 200;
const START_POLL_MS = 50;

interface Running {
  readonly child: Child;
  /** With streams in their pace. */
  readonly port: number;
  /** With everything at once. */
  readonly promptPort: number;
}

interface Samples {
  readonly simulator: LoadSample[];
  readonly bare: LoadSample[];
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const options = parseSimulatorOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  if (typeof options === 'string') {
    say(options);
    say('node bench/simulator.ts --help shows the flags');
    return 2;
  }
  const needsTwo = options.parts.includes('loads');
  if (needsTwo && (process.platform !== 'linux' || availableParallelism() < 2)) {
    say('the loads need Linux and two CPUs; --parts hour,admission,day runs anywhere');
    return 1;
  }
  const { hour, admission, day } = pureFigures(options);
  const loads = needsTwo ? await loadFigures(options) : null;
  return conclude(options, { loads, hour, admission, day });
}

/** First, while this process has done nothing else. */
function pureFigures({ parts, quick }: SimulatorBenchOptions): Omit<Figures, 'loads'> {
  const has = (part: SimulatorBenchOptions['parts'][number]): boolean => parts.includes(part);
  const hour = has('hour') ? virtualHour(quick ? 60 : 3600, 100) : null;
  if (hour !== null) say(`virtual hour: ${hour.seconds.toFixed(1)} s`);
  const admission = has('admission') ? admissionCosts() : null;
  if (admission !== null) say('admission: done');
  const day = has('day') ? dayMemory(quick ? 2 : 24, quick ? 1 : 10) : null;
  if (day !== null) say(`virtual day: ${day.lastHourMib.toFixed(1)} MiB`);
  return { hour, admission, day };
}

async function loadFigures({ rounds, seconds }: SimulatorBenchOptions): Promise<Loads> {
  const children = new Children();
  // Off the server's CPU.
  execFileSync('taskset', ['-acp', String(OWN_CPU), String(process.pid)], { stdio: 'ignore' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => children.stopAll().finally(() => process.exit(130)));
  }
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  try {
    const simulator = await start(children, 'simulated');
    const sample = await sampleOf(simulator.promptPort, { answer: requestBody(false), stream: requestBody(true) });
    writeFileSync(path.join(WORK, 'sample.json'), JSON.stringify(sample));
    const bare = await start(children, 'bare');
    await measureBoth(simulator, bare, false, WARM_UP_SECONDS);
    await measureBoth(simulator, bare, true, WARM_UP_SECONDS);
    return await allRounds(simulator, bare, rounds, seconds);
  } finally {
    await children.stopAll();
  }
}

async function allRounds(simulator: Running, bare: Running, rounds: number, seconds: number): Promise<Loads> {
  const answer: Samples = { simulator: [], bare: [] };
  const event: Samples = { simulator: [], bare: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [stream, figures] of [
      [false, answer],
      [true, event],
    ] as const) {
      const [ours, theirs] = await measureBoth(simulator, bare, stream, seconds, round % 2 === 1);
      figures.simulator.push(ours);
      figures.bare.push(theirs);
      say(
        `[${round + 1}/${rounds}] ${stream ? 'event' : 'answer'}: simulator ${ours.cpuUs.toFixed(1)} µs, bare ${theirs.cpuUs.toFixed(1)} µs`,
      );
    }
  }
  return { answer, event };
}

/** One after the other, in turns from the one end and from the other. */
async function measureBoth(
  simulator: Running,
  bare: Running,
  stream: boolean,
  seconds: number,
  reversed = false,
): Promise<readonly [LoadSample, LoadSample]> {
  const first = await measureOne(reversed ? bare : simulator, stream, seconds);
  const second = await measureOne(reversed ? simulator : bare, stream, seconds);
  return reversed ? [second, first] : [first, second];
}

async function measureOne({ child, port, promptPort }: Running, stream: boolean, seconds: number): Promise<LoadSample> {
  const load = stream
    ? { port, connections: STREAM_CONNECTIONS, stream }
    : { port: promptPort, connections: ANSWER_CONNECTIONS, stream };
  // A stream takes its time: several must come to their end while it is counted.
  const counted = stream ? Math.max(seconds, (2 * STREAM_TOKENS * TOKEN_MS) / 1000) : seconds;
  const sample = await measureLoad(child, load, counted);
  return stream
    ? { ...sample, cpuUs: sample.cpuUs / STREAM_TOKENS, perSecond: sample.perSecond * STREAM_TOKENS }
    : sample;
}

const ports = new Ports();

async function start(children: Children, name: 'simulated' | 'bare'): Promise<Running> {
  const dir = path.join(WORK, name);
  mkdirSync(dir, { recursive: true });
  const [port, promptPort] = [await ports.free(), await ports.free()];
  const env = {
    PORT: String(port),
    PROMPT_PORT: String(promptPort),
    TOKEN_MS: String(TOKEN_MS),
    SAMPLE: path.join(WORK, 'sample.json'),
    NODE_ENV: 'production',
  };
  const command = {
    file: process.execPath,
    args: ['--max-semi-space-size=8', path.join(BENCH, `simulator/${name}.ts`)],
    env,
    dir,
  };
  const child = await children.start(name, command, SERVER_CPU);
  for (let polls = 0; polls < START_POLLS_MAX && !child.hasEnded(); polls++) {
    await sleep(START_POLL_MS);
    const answer = await fetch(`http://127.0.0.1:${promptPort}/`, { method: 'POST', body: '{}' }).catch(() => null);
    await answer?.text();
    if (answer !== null) return { child, port, promptPort };
  }
  throw new Error(`${name} does not listen on port ${promptPort}; its last words:\n${lastWords(child)}`);
}

function conclude(options: SimulatorBenchOptions, figures: Figures): number {
  const rows = rowsOf(figures);
  const about = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, median of ${options.rounds} rounds.`;
  process.stdout.write(`\n${renderText(rows, about)}`);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify({ about, rows, figures }, null, 1)}\n`);
  if (options.write) {
    const document = withSimulatorTable(readFileSync(DOCUMENT, 'utf8'), renderMarkdown(rows, about));
    if (document === null) {
      say(
        'docs/performance.md: the marks for the table are not there; put back MARK_BEGIN and MARK_END of bench/simulator/report.ts',
      );
      return 1;
    }
    writeFileSync(DOCUMENT, document);
  }
  const failures = options.assert ? missed(rows) : [];
  for (const measure of failures) say(`target not met: ${measure}`);
  return failures.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
