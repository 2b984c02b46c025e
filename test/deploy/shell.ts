/** Commands as the documents print them, run by a real shell, with stand-ins for the programs that are not here. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ROOT } from './documents.ts';

const RUN_MS_MAX = 20_000;

export interface Given {
  /** By its name, what a stand-in does after its call was written down: a script for sh. */
  readonly programs: Readonly<Record<string, string>>;
  /** Besides PATH and CALLS. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders and files of the checkout that lie in the folder where the commands are run. */
  readonly copies?: readonly string[];
  /** Other files there, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Stand-ins as they were called, in order. */
  readonly calls: readonly string[];
  /** Where the commands were run; gone when the test is over. */
  readonly folder: string;
}

export function runShell(t: TestContext, script: string, { programs, env = {}, copies = [], files = {} }: Given): Ran {
  const scratch = mkdtempSync(join(tmpdir(), 'spillway-shell-'));
  t.after(() => rmSync(scratch, { recursive: true }));
  const [bin, calls, folder] = [join(scratch, 'bin'), join(scratch, 'calls'), join(scratch, 'work')];
  for (const path of [bin, folder]) mkdirSync(path);
  writeFileSync(calls, '');
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "$CALLS"\n${text}`, { mode: 0o755 });
  }
  for (const path of copies) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { status, stdout, stderr } = spawnSync('sh', ['-e'], {
    input: script,
    cwd: folder,
    env: { PATH: `${bin}:/usr/bin:/bin`, CALLS: calls, ...env },
    encoding: 'utf8',
    timeout: RUN_MS_MAX,
  });
  const written = readFileSync(calls, 'utf8').trim();
  return { status, stdout, stderr, calls: written === '' ? [] : written.split('\n'), folder };
}
