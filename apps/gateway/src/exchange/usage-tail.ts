/** Keeps the end of an answer, where Azure puts the token usage, without copying: references to the last chunks only. */
import { NO_USAGE, type Usage, usageIn } from '@spillway/protocol';
import { type Head, headerOf } from './attempt.ts';

/**
 * Usage stands within this many bytes of the end: the last event of a stream, or one of the last keys of a JSON answer
 * (behind it a Responses answer may have some 10,000 characters of metadata).
 */
const TAIL_BYTES = 16 * 1024;
const KEY = '"usage"';

/** Chunks kept: the usage event, `[DONE]`, and room for either to be split. */
const CHUNKS_MAX = 4;

export class UsageTail {
  readonly #chunks: Buffer[] = [];

  add(chunk: Buffer): void {
    if (this.#chunks.length === CHUNKS_MAX) this.#chunks.shift();
    this.#chunks.push(chunk);
  }

  /** The last chunk is looked at first, as bytes: text is made of the few that matter. */
  read(): Usage {
    const last = this.#chunks.at(-1);
    if (last === undefined) return NO_USAGE;
    const at = last.lastIndexOf(KEY, undefined, 'latin1');
    const near = at < 0 ? null : usageIn(last.toString('latin1', Math.max(0, at - 1)));
    return near ?? usageIn(this.#chunks.map(tailText).join('')) ?? NO_USAGE;
  }
}

function tailText(chunk: Buffer): string {
  return chunk.toString('latin1', Math.max(0, chunk.length - TAIL_BYTES));
}

/** Only answers of JSON and streams of JSON: text that a client asked for may look like usage. */
export function countsTokens(head: Head | null): boolean {
  if (head === null || head.status >= 400) return false;
  const contentType = headerOf(head.headers, 'content-type')?.toLowerCase() ?? '';
  return contentType.includes('json') || contentType.startsWith('text/event-stream');
}
