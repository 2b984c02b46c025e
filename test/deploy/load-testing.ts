/** Runs the plan of deploy/load-testing by Python, against an app that is there. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const fileAt = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const PLAN = fileAt('../../deploy/load-testing/locustfile.py');
const RUNNER = fileAt('load-testing/run.py');
const execute = promisify(execFile);

/** Of one run of Python; far above what one takes. Milliseconds. */
const LIMIT_MS = 60_000;

type Environment = Readonly<Record<string, string>>;

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of this machine's environment but where programs are, and modules of Python. */
function environment(): Environment {
  const { PATH = '', PYTHONPATH = '', LD_LIBRARY_PATH = '', HOME = '' } = process.env;
  return { PATH, PYTHONPATH, LD_LIBRARY_PATH, HOME, PYTHONDONTWRITEBYTECODE: '1' };
}

export async function python(args: readonly string[], env: Environment = {}): Promise<Finished> {
  try {
    const { stdout, stderr } = await execute('python3', args, { env: { ...environment(), ...env }, timeout: LIMIT_MS });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return failed.parse(error);
  }
}

/** Locust itself, until it has told that much; then it is asked to end, and tells all. */
export function runLocust(env: Environment, until: RegExp): Promise<Finished> {
  const args = ['-m', 'locust', '--headless', '--locustfile', PLAN];
  const child = spawn('python3', args, { env: { ...environment(), ...env }, timeout: LIMIT_MS });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      written[name] += piece;
      if (until.test(written[name])) child.kill('SIGTERM');
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, ...written }));
  });
}

const failed = z.object({
  code: z.union([z.number(), z.string().transform(() => 127)]),
  stdout: z.string(),
  stderr: z.string(),
});

/** false, or why tests that need it are skipped. */
export async function without(args: readonly string[], reason: string): Promise<string | false> {
  return (await python(args)).code === 0 ? false : reason;
}

export interface Order {
  readonly host: string;
  readonly users: number;
  /** Questions of each user. */
  readonly asks: number;
  /** Names of the plan's limits, and what they are to be. */
  readonly limits?: Readonly<Record<string, number>>;
}

const told = z.object({
  entries: z.array(z.object({ name: z.string(), ms: z.number(), bytes: z.number(), failure: z.string().nullable() })),
  stopped: z.number(),
});
export type Told = z.infer<typeof told>;

/** By the stand-in of Locust: users one after the other. */
export async function runPlan(order: Order, env: Environment = {}): Promise<Told> {
  const { code, stdout, stderr } = await python([RUNNER, PLAN, JSON.stringify({ limits: {}, ...order })], env);
  if (code !== 0) throw new Error(`the plan ended with ${code}\n${stdout}\n${stderr}`);
  return told.parse(JSON.parse(stdout));
}

/** How often each entry was told, failures apart: `{ whole_answer: [4, 0] }`. */
export function counted({ entries }: Told): Readonly<Record<string, readonly [good: number, failed: number]>> {
  const names = [...new Set(entries.map(({ name }) => name))].sort();
  const of = (name: string): readonly [number, number] => {
    const own = entries.filter((entry) => entry.name === name);
    const bad = own.filter(({ failure }) => failure !== null).length;
    return [own.length - bad, bad];
  };
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}
