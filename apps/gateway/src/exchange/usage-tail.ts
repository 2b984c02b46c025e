/** Keeps the end of an answer, where Azure puts the token usage, without copying: references to the last chunks only. */
import { NO_USAGE, type Usage, usageIn } from '@spillway/protocol';

/**
 * Usage stands within this many bytes of the end: the last event of a stream, or one of the last keys of a JSON answer
 * (behind it a Responses answer may have some 10,000 characters of metadata).
 */
const TAIL_BYTES = 16 * 1024;
const KEY = '"usage"';

export class UsageTail {
  #last: Buffer | null = null;
  #secondLast: Buffer | null = null;

  add(chunk: Buffer): void {
    this.#secondLast = this.#last;
    this.#last = chunk;
  }

  /** The end of one chunk is looked at first, as bytes: text is made of the few that matter. */
  read(): Usage {
    const last = this.#last;
    if (last === null) return NO_USAGE;
    const at = last.lastIndexOf(KEY, undefined, 'latin1');
    const near = at < 0 ? null : usageIn(last.toString('latin1', Math.max(0, at - 1)));
    if (near !== null) return near;
    const before = this.#secondLast === null ? '' : tailText(this.#secondLast);
    return usageIn(before + tailText(last)) ?? NO_USAGE;
  }
}

function tailText(chunk: Buffer): string {
  return chunk.toString('latin1', Math.max(0, chunk.length - TAIL_BYTES));
}
