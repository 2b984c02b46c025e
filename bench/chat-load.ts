/**
 * `node bench/chat-load.ts`: many users of one chat app, who all ask and read streams at once.
 *
 *   simulator, gateway, app → index → warm up → users ask until the time is over → rest → table
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Health, type Load, missed, type Read, renderMarkdown, rowsOf } from './chat-load/figures.ts';
import { type ChatLoadOptions, HELP, parseChatLoadOptions } from './chat-load/options.ts';
import { user } from './chat-load/user.ts';
import { type Child, Children, lastWords } from './children.ts';
import { cpuNs, processFamily } from './proc.ts';
import { Ports } from './rig.ts';

const BENCH = import.meta.dirname;
const WORK = path.join(BENCH, '.work/chat-load');
const DOCUMENTS = path.join(path.dirname(BENCH), 'apps/chat/corpus/documents');
const SPILLWAY = path.join(path.dirname(BENCH), 'apps/cli/bin/spillway.mjs');
const [APP_CPU, OTHER_CPU] = [0, 1];
const KEY = 'bench-key';
/** The pace of a model that is read along: 20 tokens a second, the first after a third of a second. */
const [FIRST_TOKEN_MS, TOKEN_MS] = [300, 50];
const WARM_UP_MS = 5_000;
/** Within this time they come, one after the other; from then on all are there at once. */
const RAMP_MS = 5_000;
/** After the last answer, before memory is looked at again. */
const REST_MS = 5_000;
const HEALTH_EVERY_MS = 500;
/** For a server to listen and the documents to be indexed. */
const START_POLLS_MAX = 600;
const START_POLL_MS = 100;
/** Of the timer whose lateness is measured. */
const RESOLUTION_MS = 5;
const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Running {
  readonly app: Child;
  readonly url: string;
  readonly health: (method?: Method) => Promise<Health>;
}

type Method = 'GET' | 'POST';

async function main(): Promise<number> {
  const options = parseChatLoadOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  if (typeof options === 'string') {
    say(`${options}\nnode bench/chat-load.ts --help shows the flags`);
    return 2;
  }
  if (process.platform !== 'linux' || availableParallelism() < 2) {
    say('the load needs Linux and two CPUs');
    return 1;
  }
  const children = new Children();
  const end = (): void => void children.stopAll().then(() => process.exit(1));
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    return conclude(options, await measured(options, await startAll(children)));
  } finally {
    await children.stopAll();
    rmSync(WORK, { recursive: true, force: true });
  }
}

async function startAll(children: Children): Promise<Running> {
  const ports = new Ports();
  const [simulator, gateway, admin, app, health] = await Promise.all([1, 2, 3, 4, 5].map(() => ports.free()));
  const local = (port = 0): string => `http://127.0.0.1:${port}`;
  const own = (script: string): string => path.join(BENCH, 'chat-load', script);
  const pace = { FIRST_TOKEN_MS: `${FIRST_TOKEN_MS}`, TOKEN_MS: `${TOKEN_MS}` };
  await start(children, 'simulator', [own('simulated.ts')], { PORT: `${simulator}`, ...pace }, OTHER_CPU);
  const backend = { BACKEND_1_URL: local(simulator), BACKEND_1_NAME: 'openai1', BACKEND_1_APIKEY: KEY };
  const client = { CLIENT_1_NAME: 'chat', CLIENT_1_KEY: KEY };
  const serve = [SPILLWAY, 'gateway', '--port', `${gateway}`, '--admin-port', `${admin}`];
  await start(children, 'gateway', serve, { ...backend, ...client }, OTHER_CPU);
  const settings = {
    AZURE_OPENAI_CUSTOM_URL: local(gateway),
    AZURE_OPENAI_API_KEY_OVERRIDE: KEY,
    SPILLWAY_CHAT_FILE: path.join(WORK, 'app/index.sqlite'),
    SPILLWAY_CHAT_QUESTIONS_PER_MINUTE: '100000',
  };
  const env = { PORT: `${app}`, HEALTH_PORT: `${health}`, DOCUMENTS, ...settings };
  const child = await start(children, 'app', [own('app.ts')], env, APP_CPU);
  const running = { app: child, url: local(app), health: (method: Method = 'GET') => healthOf(local(health), method) };
  await untilUp(running, child);
  return running;
}

function start(
  children: Children,
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cpu: number,
): Promise<Child> {
  const dir = path.join(WORK, name);
  mkdirSync(dir, { recursive: true });
  const command = {
    file: process.execPath,
    args: ['--max-semi-space-size=8', ...args],
    env: { NODE_ENV: 'production', ...env },
    dir,
  };
  return children.start(name, command, cpu);
}

async function healthOf(url: string, method: Method): Promise<Health> {
  const health: Health = JSON.parse(await (await fetch(url, { method })).text());
  return health;
}

async function untilUp({ health }: Running, child: Child): Promise<void> {
  for (let polls = 0; polls < START_POLLS_MAX && !child.hasEnded(); polls++) {
    await sleep(START_POLL_MS);
    if ((await health().catch(() => null)) !== null) return;
  }
  throw new Error(`the app did not start; its last words:\n${lastWords(child)}`);
}

async function measured(options: ChatLoadOptions, { app, url, health }: Running): Promise<Load> {
  const { users, seconds } = options;
  const asking = (count: number, forMs: number): Promise<Read[]> => {
    const untilMs = performance.now() + forMs;
    const all = Array.from({ length: count }, async (_, number) => {
      await sleep((number * RAMP_MS) / count);
      return user({ url, number, untilMs });
    });
    return Promise.all(all).then((reads) => reads.flat());
  };
  say(`warming up, then ${users} users for ${seconds} s`);
  await asking(Math.min(10, users), WARM_UP_MS);
  await sleep(REST_MS);
  const own = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  own.enable();
  const before = await health('POST');
  const [cpuBefore, waitBefore, startMs] = [cpuNs(processFamily(app.pid)), waitNs(app.pid), performance.now()];
  const ended = asking(users, seconds * 1_000);
  const largest = watched(health, ended);
  const reads = await ended;
  const took = (performance.now() - startMs) / 1_000;
  const coreShare = (cpuNs(processFamily(app.pid)) - cpuBefore) / NS_PER_S / took;
  const waitShare = (waitNs(app.pid) - waitBefore) / NS_PER_S / took;
  const during = await largest;
  const usersLagP99Ms = own.percentile(99) / NS_PER_MS - RESOLUTION_MS;
  await sleep(REST_MS);
  return { users, seconds: took, reads, before, during, after: await health(), coreShare, waitShare, usersLagP99Ms };
}

/**
 * How long the main thread of a process was ready to run while other work had its core, in nanoseconds: second figure of
 * /proc/PID/schedstat. Source: kernel documentation, scheduler/sched-stats.
 */
function waitNs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]);
}

/** Memory comes and goes; the most of it counts. Lateness is counted by the app itself. */
async function watched(health: Running['health'], ended: Promise<unknown>): Promise<Health> {
  let hasEnded = false;
  void ended.finally(() => {
    hasEnded = true;
  });
  let rssBytes = 0;
  while (!hasEnded) {
    rssBytes = Math.max(rssBytes, (await health()).rssBytes);
    await sleep(HEALTH_EVERY_MS);
  }
  return { ...(await health()), rssBytes };
}

function conclude({ users, json, assert }: ChatLoadOptions, load: Load): number {
  const rows = rowsOf(load);
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  const about = `${day}, ${machine}, ${users} users for ${load.seconds.toFixed(0)} s; ${1_000 / TOKEN_MS} tokens a second each, the first after ${FIRST_TOKEN_MS} ms; load average ${(loadavg()[0] ?? 0).toFixed(1)}.`;
  process.stdout.write(`\n${renderMarkdown(rows, about)}`);
  const failures = [...new Set(load.reads.flatMap(({ failure }) => failure ?? []))];
  if (failures.length > 0) say(`failures: ${failures.join(', ')}`);
  if (json !== null) writeFileSync(json, `${JSON.stringify({ about, rows, load }, null, 1)}\n`);
  const misses = assert ? missed(rows) : [];
  for (const measure of misses) say(`target not met: ${measure}`);
  return misses.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
