/**
 * `npm run bench`: the data path's cost next to nginx, in the same run.
 *
 *   compile → start backends and proxies → warm up → each load ( each round ( each proxy )) → table
 *
 * Proxies have one CPU, everything else another. Only ratios to nginx travel from one machine to the next; see bench/README.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Children } from './children.ts';
import { FRESH_WARM_UP, LOADS, type Load, WARM_UP, type WarmUp } from './loads.ts';
import { type Loadgen, measure } from './measure.ts';
import { HELP, type Options, parseOptions } from './options.ts';
import { type Circumstances, renderMarkdown, renderText, withTable } from './report.ts';
import { BACKEND_COUNT, Ports, Rig, type Running } from './rig.ts';
import type { Sample } from './sample.ts';
import type { SubjectName } from './subjects.ts';
import { missedOf, type Results, remarksOn, tableOf } from './table.ts';
import { compile, findTool, missing } from './tools.ts';

const EXIT = { done: 0, failed: 1, usedWrongly: 2, interrupted: 130 } as const;
const BENCH = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(BENCH);
const WORK = path.join(BENCH, '.work');
const DOCUMENT = path.join(ROOT, 'docs/performance.md');
const GIB = 2 ** 30;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2), availableParallelism());
  if (parsed.kind === 'help') {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  if (parsed.kind === 'wrong') {
    for (const error of parsed.errors) say(error);
    say('npm run bench -- --help shows the flags');
    return EXIT.usedWrongly;
  }
  const lacking = missing(process.platform, availableParallelism(), process.env.PATH ?? '');
  for (const line of lacking) say(line);
  return lacking.length > 0 ? EXIT.failed : run(parsed.options);
}

async function run(options: Options): Promise<number> {
  const children = new Children();
  const interrupted = endWithSignal(children);
  const workDir = path.join(WORK, 'run');
  rmSync(workDir, { recursive: true, force: true });
  mkdirSync(workDir, { recursive: true });
  try {
    const results = await measureAll(options, children, workDir);
    await children.stopAll();
    rmSync(workDir, { recursive: true }); // a log of a few hundred MB may be there
    return conclude(options, results);
  } catch (error) {
    if (interrupted()) return EXIT.interrupted;
    say(error instanceof Error ? error.message : String(error));
    say(`what the processes wrote: ${path.relative('.', workDir)}`);
    return EXIT.failed;
  } finally {
    await children.stopAll();
  }
}

/** Ctrl-C and the like end what was started, and then this. Returns whether that has happened. */
function endWithSignal(children: Children): () => boolean {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      say('interrupted: ending the processes this run started');
      children.stopAll().finally(() => process.exit(EXIT.interrupted));
    });
  }
  return () => interrupted;
}

async function measureAll(options: Options, children: Children, workDir: string): Promise<Results> {
  const tools = compile(BENCH, WORK);
  const ports = new Ports();
  const backendPorts: number[] = [];
  while (backendPorts.length < BACKEND_COUNT) backendPorts.push(await ports.free());
  const site = { root: ROOT, workDir, node: nodePath(), nginx: nginxPath(), backendPorts };
  const rig = new Rig(children, ports, {
    site,
    backend: tools.backend,
    proxyCpu: options.proxyCpu,
    loadCpu: options.loadCpu,
  });
  const loadgen = { file: tools.loadgen, cpu: options.loadCpu };
  execFileSync('taskset', ['-acp', String(options.loadCpu), String(process.pid)], { stdio: 'ignore' }); // off the proxies' CPU
  await rig.startBackends();
  const shared = await startShared(options, rig);
  say(`warming up ${[...shared.keys()].join(', ')}`);
  await warmUp(shared.values(), WARM_UP, loadgen);
  const results = new Map<string, Map<SubjectName, Sample[]>>();
  for (const name of options.loads) {
    const load = LOADS[name];
    if (load !== undefined) results.set(name, await measureLoad(load, options, rig, shared, loadgen));
  }
  return results;
}

/** The processes that all loads but the memory one share. */
async function startShared(options: Options, rig: Rig): Promise<ReadonlyMap<SubjectName, Running>> {
  const wanted = new Set(
    options.loads.flatMap((name) => (LOADS[name]?.processes === 'shared' ? LOADS[name].subjects : [])),
  );
  const shared = new Map<SubjectName, Running>();
  for (const subject of options.subjects) if (wanted.has(subject)) shared.set(subject, await rig.start(subject));
  return shared;
}

async function warmUp(running: Iterable<Running>, steps: readonly WarmUp[], loadgen: Loadgen): Promise<void> {
  const proxies = [...running].filter(({ child }) => child !== null);
  for (const { load: name, seconds } of steps) {
    const load = LOADS[name];
    if (load === undefined) throw new Error(`loads.ts warms up with "${name}", which is none of LOADS`);
    for (const proxy of proxies) await measure(proxy, { ...load, seconds }, loadgen);
  }
}

/** All rounds of a load: in each, every subject once, in turns from the one end and from the other. */
async function measureLoad(
  load: Load,
  options: Options,
  rig: Rig,
  shared: ReadonlyMap<SubjectName, Running>,
  loadgen: Loadgen,
): Promise<Map<SubjectName, Sample[]>> {
  const subjects = load.subjects.filter((subject) => options.subjects.includes(subject));
  const samples = new Map<SubjectName, Sample[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const running = shared.get(subject);
      const sample =
        load.processes === 'shared' && running !== undefined
          ? await measure(running, load, loadgen)
          : await measureFresh(subject, load, rig, loadgen);
      samples.get(subject)?.push(sample);
    }
    say(`[${round + 1}/${options.rounds}] ${load.title}: ${progressOf(load, samples, round)}`);
  }
  return samples;
}

async function measureFresh(subject: SubjectName, load: Load, rig: Rig, loadgen: Loadgen): Promise<Sample> {
  const running = await rig.start(subject);
  try {
    await warmUp([running], [FRESH_WARM_UP], loadgen);
    return await measure(running, load, loadgen);
  } finally {
    await rig.stop(running);
  }
}

/** A round in one line: CPU per operation, p50 of requests, memory of fresh processes, and what went wrong. */
function progressOf(load: Load, samples: ReadonlyMap<SubjectName, readonly Sample[]>, round: number): string {
  const parts: string[] = [];
  for (const [subject, list] of samples) {
    const sample = list[round];
    if (sample === undefined) continue;
    const facts: string[] = [];
    if (sample.cpuUsPerOperation !== null) facts.push(`${sample.cpuUsPerOperation.toFixed(1)} µs CPU`);
    if (load.counts === 'requests') facts.push(`p50 ${Math.round(sample.report.latencyP50Us)} µs`);
    if (load.processes === 'fresh' && sample.kbPerStream !== null)
      facts.push(`${sample.kbPerStream.toFixed(1)} kB/stream`);
    if (sample.fault !== null) facts.push(sample.fault);
    parts.push(`${subject} ${facts.join(' ')}`);
  }
  return parts.join(', ');
}

function conclude(options: Options, results: Results): number {
  const rows = tableOf(results);
  const remarks = remarksOn(results);
  const about = circumstances(options.rounds);
  process.stdout.write(`\n${renderText(rows, about, remarks)}`);
  if (options.json !== null) {
    const samples = Object.fromEntries([...results].map(([load, subjects]) => [load, Object.fromEntries(subjects)]));
    writeFileSync(options.json, `${JSON.stringify({ about, rows, remarks, samples }, null, 1)}\n`);
  }
  if (options.write && !writeTable(renderMarkdown(rows, about, remarks))) return EXIT.failed;
  const missed = missedOf(rows);
  if (options.assert) for (const title of missed) say(`target not met: ${title}`);
  return options.assert && missed.length > 0 ? EXIT.failed : EXIT.done;
}

function writeTable(table: string): boolean {
  const document = withTable(readFileSync(DOCUMENT, 'utf8'), table);
  if (document === null) {
    say(
      `${path.relative('.', DOCUMENT)}: the marks for the table are not there; put back TABLE_BEGIN and TABLE_END of bench/report.ts`,
    );
    return false;
  }
  writeFileSync(DOCUMENT, document);
  return true;
}

/** The Node that npm installed for this checkout, else the one that runs this. */
function nodePath(): string {
  const installed = path.join(ROOT, 'node_modules/.bin/node');
  return existsSync(installed) ? installed : process.execPath;
}

function nginxPath(): string {
  return findTool('nginx', process.env.PATH ?? '') ?? 'nginx';
}

function circumstances(rounds: number): Circumstances {
  const version = (file: string, flag: string): string => {
    const { stdout, stderr } = spawnSync(file, [flag], { encoding: 'utf8' });
    return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? 'of unknown version';
  };
  const [major, minor] = release().split('.');
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / GIB)} GiB, Linux ${major}.${minor}`,
    node: version(nodePath(), '--version'),
    nginx: version(nginxPath(), '-v'),
    rounds,
  };
}

process.exitCode = await main();
