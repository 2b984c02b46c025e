/** For tests: runs the `spillway` command as a person would, and waits for what it writes, never for time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/spillway.mjs', import.meta.url));

type Environment = Readonly<Record<string, string>>;

export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Command {
  readonly #child: ChildProcess;
  readonly #waiting: Array<() => void> = [];
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;

  /** @param env all that the command sees, besides PATH and HOME. @param place another copy of the command, begun in another folder. */
  constructor(args: readonly string[], env: Environment = {}, place: { bin?: string; folder?: string } = {}) {
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(process.execPath, [place.bin ?? BIN, ...args], {
      cwd: place.folder,
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#tell();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#tell();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
    void this.ended.then(() => this.#tell());
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** What the pattern finds in the output, as soon as it does. Fails where the command ends without. */
  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (let ended = false; ; ) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (found !== null) return found;
      if (ended) throw new Error(`ended without ${pattern}:\n${this.stdout}\n${this.stderr}`);
      const more = new Promise<boolean>((resolve) => this.#waiting.push(() => resolve(false)));
      ended = await Promise.race([more, this.ended.then(() => true)]);
    }
  }

  #tell(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
