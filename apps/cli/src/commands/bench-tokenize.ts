/** `spillway bench tokenize`: how many tokens a text has, or messages as a chat has them. */
import { text as allOf } from 'node:stream/consumers';
import { tokenizerFor } from '@spillway/bench';
import { promptTokens } from '@spillway/protocol';
import { EXIT, type Exit } from '../exit.ts';

export async function tokenize(text: string | undefined, model: string): Promise<Exit> {
  const given = text ?? (await allOf(process.stdin)).replace(/\r?\n$/, '');
  const count = await tokenizerFor(model);
  const isChat = /^\s*[[{]/.test(given);
  const tokens = (isChat ? promptTokens(chatOf(given), count) : null) ?? count(given);
  process.stdout.write(`tokens: ${tokens}\n`);
  return EXIT.done;
}

/** The messages of a whole request, or the list itself. */
function chatOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'messages' in value) return JSON.stringify(value.messages);
    return text;
  } catch {
    return '';
  }
}
