/** `spillway chat hash`: a password in, its hash out. Standard input, since arguments are seen by every user of the machine. */
import { text } from 'node:stream/consumers';
import { hashOf } from '@spillway/chat';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';

const PASSWORD_CHARS_MIN = 8;
const PASSWORD_CHARS_MAX = 1_000;

export async function hashPassword(read: () => Promise<string> = () => text(process.stdin)): Promise<Exit> {
  const password = (await read()).replace(/\r?\n$/, '');
  if (password.length < PASSWORD_CHARS_MIN || password.length > PASSWORD_CHARS_MAX) {
    throw new UsedWrongly(`a password has ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters; give another one`);
  }
  process.stdout.write(`${await hashOf(password)}\n`);
  return EXIT.done;
}
