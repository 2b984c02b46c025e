/** What a hook has at hand: the azd environment, programs to run, a place to say something. Tests put fakes here. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ended {
  /** null: the program is not there. */
  readonly code: number | null;
  readonly stdout: string;
}

export interface Hook {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: (program: string, args: readonly string[]) => Promise<Ended>;
  readonly say: (line: string) => void;
}

/** An `azd provision` in a hook may take a while; nothing takes longer. Milliseconds. */
const RUN_MS_MAX = 1_800_000;
const OUTPUT_BYTES_MAX = 16_777_216;

const SYSTEM: Hook = {
  env: process.env,
  run: (program, args) =>
    new Promise((resolve) => {
      // On Windows az is a script, which only a shell starts. Nothing here comes from anybody but the azd environment and ourselves.
      const options = { timeout: RUN_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX, shell: process.platform === 'win32' };
      execFile(program, [...args], options, (error, stdout) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, stdout });
      });
    }),
  say: (line) => console.log(line),
};

/** Runs the hook if its file is what was started. What a person can mend is an Error with a message; azd stops at exit code 1. */
export async function start(hook: (at: Hook) => Promise<void>): Promise<void> {
  try {
    await hook(SYSTEM);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** Written by way of a file that nobody else can read: arguments are seen by every user of the machine. */
export async function keep({ run }: Hook, values: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'\n`);
  if (lines.length === 0) return;
  const file = join(tmpdir(), `azd-values-${process.pid}-${crypto.randomUUID()}`);
  writeFileSync(file, lines.join(''), { mode: 0o600, flag: 'wx' });
  try {
    const { code } = await run('azd', ['env', 'set', '--file', file]);
    if (code !== 0) throw new Error(`azd env set failed for ${Object.keys(values).join(', ')}; is this run by azd?`);
  } finally {
    rmSync(file);
  }
}
