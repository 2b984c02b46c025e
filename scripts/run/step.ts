/** A step of the check: a program that says nothing and exits with 0 where all is well. */
import { delimiter, join } from 'node:path';
import { endingText, type Outcome, runCommand } from './command.ts';
import type { Job } from './jobs.ts';
import { failure, type Report } from './report.ts';
import { PASSED } from './tally.ts';

export interface Step {
  readonly name: string;
  /** The program, then its arguments, as one would type them behind `npx`. */
  readonly command: readonly [string, ...string[]];
  /** A complaint in the output which the program itself does not count as failure. */
  readonly complaint?: RegExp;
  /** What repairs it, said after the output. */
  readonly remedy?: string;
}

/** Milliseconds. What takes longer hangs, be it a step, a test file or a group of them: several times what the slowest takes where nothing else runs. */
export const HANG_MS = 600_000;

export function stepJob(step: Step, root: string): Job {
  const [file, ...args] = step.command;
  const command = { file, args, folder: root, env: environment(root), limitMs: HANG_MS };
  return { name: step.name, run: async () => judge(step, await runCommand(command)) };
}

export function judge(step: Step, { ending, output }: Outcome): Report {
  const well = ending.kind === 'exit' && ending.code === 0 && !(step.complaint?.test(output) ?? false);
  if (well) return { tally: PASSED, failures: [], skips: [] };
  const more = [`more: npx ${step.command.join(' ')}`, ...(step.remedy === undefined ? [] : [step.remedy])];
  return failure(`${step.name} (${endingText(ending)})\n${output.trimEnd()}\n${more.join('\n')}`);
}

/** The tools of node_modules come first, Node 24 among them; colours would hide words from `complaint`. */
export function environment(root: string): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  return { ...env, PATH: [join(root, 'node_modules', '.bin'), env.PATH ?? ''].join(delimiter) };
}
