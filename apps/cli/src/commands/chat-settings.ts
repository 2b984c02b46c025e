/** The chat app's settings from the environment; whatever is wrong with them is told at once. */
import { printProblem, readSettings, type Settings } from '@spillway/chat';
import { UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';

/** @throws UsedWrongly with every error. */
export function chatSettings(env: Environment): Settings {
  const read = readSettings(env);
  if (read.kind === 'ok') return read.settings;
  throw new UsedWrongly(
    `the chat app is not started:\n${read.errors.map((each) => `  ${printProblem(each)}`).join('\n')}`,
  );
}
