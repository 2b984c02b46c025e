/** The bytes of an answer on their way to the client: as they came, or with ids sealed. */
import { EventWriter, IdWriter, type Sealing } from '../home/rewrite.ts';
import type { Seal } from '../home/seal.ts';
import type { Head } from './attempt.ts';
import { headerOf } from './attempt.ts';

export interface AnswerBytes {
  /** Whether the length that the backend told still holds. */
  readonly keepsLength: boolean;
  /** @returns what may go out now; may be empty. */
  add(chunk: Buffer): Buffer;
  /** @returns what is left at the end; may be empty. */
  end(): Buffer;
}

const EMPTY = Buffer.alloc(0);
const AS_THEY_COME: AnswerBytes = { keepsLength: true, add: (chunk) => chunk, end: () => EMPTY };

/** @param complete all of the answer is there: a JSON text can be rewritten. */
export function answerBytes(
  head: Head,
  sealing: Sealing | null,
  owner: string,
  seal: Seal,
  complete: boolean,
): AnswerBytes {
  const type = headerOf(head.headers, 'content-type')?.toLowerCase() ?? '';
  if (sealing === null || headerOf(head.headers, 'content-encoding') !== undefined) return AS_THEY_COME;
  if (type.startsWith('text/event-stream')) {
    const events = new EventWriter(new IdWriter(seal, owner, sealing));
    return { keepsLength: false, add: (chunk) => events.add(chunk), end: () => events.end() };
  }
  if (!complete || !type.includes('json')) return AS_THEY_COME;
  const ids = new IdWriter(seal, owner, sealing);
  return { keepsLength: false, add: (whole) => ids.json(whole), end: () => EMPTY };
}
