/** What a hook has at hand: the azd environment, programs to run, a place to say something. Tests put fakes here. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ended {
  /** What it exited with; `absent`: there is no such program; `late`: it did not end in time, or said too much, and was ended. */
  readonly code: number | 'absent' | 'late';
  readonly stdout: string;
}

export interface Hook {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @param msMax until it is ended; absent: {@link ASK_MS_MAX}. */
  readonly run: (program: string, args: readonly string[], msMax?: number) => Promise<Ended>;
  readonly say: (line: string) => void;
}

/** A question to azd or az, which may have to ask Azure. Milliseconds. */
export const ASK_MS_MAX = 120_000;
/** `azd provision` makes and changes resources. Milliseconds. */
export const PROVISION_MS_MAX = 3_600_000;
const OUTPUT_BYTES_MAX = 16_777_216;

/** What no shell gives a meaning. */
const PLAIN = /^[A-Za-z0-9._:/=-]+$/;

/**
 * On Windows az is a script, which only a shell starts, and a shell would run what is in an argument: there it gets nothing but plain words.
 * azd is a program everywhere.
 *
 * @throws where an argument is no plain word.
 */
export function needsShell(platform: string, program: string, args: readonly string[]): boolean {
  if (platform !== 'win32' || program !== 'az') return false;
  const found = args.find((arg) => !PLAIN.test(arg));
  if (found !== undefined) throw new Error(`az: ${visible(found)} has characters that a shell could run; remove them`);
  return true;
}

export function runProgram(program: string, args: readonly string[], msMax = ASK_MS_MAX): Promise<Ended> {
  const shell = needsShell(process.platform, program, args);
  return new Promise((resolve) => {
    const options = { timeout: msMax, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX, shell } as const;
    const child = execFile(program, [...args], options, (error, stdout) => {
      if (error === null) resolve({ code: 0, stdout });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout });
      else resolve({ code: error.code === 'ENOENT' ? 'absent' : 'late', stdout });
    });
    // A program that asks back would wait for an answer that nobody can see the question of.
    child.stdin?.end();
  });
}

const SYSTEM: Hook = { env: process.env, run: runProgram, say: (line) => console.log(visible(line)) };

/** Runs the hook if its file is what was started. What a person can mend is an Error with a message; azd stops at exit code 1. */
export async function start(hook: (at: Hook) => Promise<void>): Promise<void> {
  try {
    await hook(SYSTEM);
  } catch (error) {
    console.error(visible(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  }
}

/** Of a terminal's escape sequences nothing is left but what can be read; line ends stay. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === '\n' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** What a program printed as JSON; null where it is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An address as both apps have it: safe in a command that a person pastes. */
export function isHttpsAddress(text: string): boolean {
  return /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\w./-]*)?$/i.test(text);
}

/** Written by way of a file that nobody else can read: arguments are seen by every user of the machine. */
export async function keep({ run }: Hook, values: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'\n`);
  if (lines.length === 0) return;
  const file = join(tmpdir(), `azd-values-${process.pid}-${crypto.randomUUID()}`);
  writeFileSync(file, lines.join(''), { mode: 0o600, flag: 'wx' });
  try {
    const { code } = await run('azd', ['env', 'set', '--file', file]);
    if (code !== 0)
      throw new Error(`azd env set ${why(code)} for ${Object.keys(values).join(', ')}; is this run by azd?`);
  } finally {
    rmSync(file);
  }
}

/** Reads on from a program's name. */
export function why(code: Ended['code']): string {
  if (code === 'absent') return 'is not there';
  return code === 'late' ? 'did not end in time' : `failed (exit code ${code})`;
}
