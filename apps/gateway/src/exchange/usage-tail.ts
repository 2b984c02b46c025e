/** Keeps the end of an answer, where Azure puts the token usage, without copying: references to the last chunks only. */
import { NO_USAGE, type Usage, usageIn } from '@spillway/protocol';

/** Usage stands within this many bytes of the end: the last event of a stream, or the last key of a JSON answer. */
const TAIL_BYTES = 8 * 1024;

export class UsageTail {
  #last: Buffer | null = null;
  #secondLast: Buffer | null = null;

  add(chunk: Buffer): void {
    this.#secondLast = this.#last;
    this.#last = chunk;
  }

  read(): Usage {
    if (this.#last === null) return NO_USAGE;
    const before = this.#secondLast === null ? '' : tailText(this.#secondLast);
    return usageIn(before + tailText(this.#last)) ?? NO_USAGE;
  }
}

function tailText(chunk: Buffer): string {
  return chunk.toString('latin1', Math.max(0, chunk.length - TAIL_BYTES));
}
