/** Flags of the chat app's load. */
import { parseArgs } from 'node:util';

const USERS_MAX = 1_000;
const SECONDS_MAX = 600;

export interface ChatLoadOptions {
  /** Who ask and read at once. */
  readonly users: number;
  readonly seconds: number;
  readonly json: string | null;
  readonly assert: boolean;
}

export const HELP = `Usage: node bench/chat-load.ts [flags]

Users of the chat app who all ask and read streams at once: simulator, gateway, app and users are processes of their own, on loopback.
Linux, two CPUs: one for the app, the other for all else.

  --users N      at once (200; 1 to ${USERS_MAX})
  --seconds N    how long they go on asking (60; 1 to ${SECONDS_MAX}); answers under way are read to their end
  --json FILE    all figures
  --assert       exit 1 when a target is missed
`;

/** @returns the options; a text: what is wrong; null: help is asked for. */
export function parseChatLoadOptions(args: readonly string[]): ChatLoadOptions | string | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { users: text, seconds: text, json: text, assert: flag, help: flag };
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    if (values.help === true) return null;
    const errors: string[] = [];
    const users = wholeNumber('--users', values.users, 200, USERS_MAX, errors);
    const seconds = wholeNumber('--seconds', values.seconds, 60, SECONDS_MAX, errors);
    const read = { users, seconds, json: values.json ?? null, assert: values.assert ?? false };
    return errors.length === 0 ? read : errors.join('\n');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number, max: number, errors: string[]): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= max) return value;
  errors.push(`${name}: ${text} is not a whole number from 1 to ${max}; leave it out for ${otherwise}`);
  return otherwise;
}
