/** NDJSON as it comes over the wire: whole lines out of pieces that are cut anywhere. */

/** One event; sources with all their passages are the longest. UTF-16 units. */
export const LINE_CHARS_MAX = 4_000_000;

export class Lines {
  #rest = '';

  /** @throws Error at a line beyond the limit: whoever sends that is no chat server. */
  push(piece: string): readonly string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LINE_CHARS_MAX)
      throw new Error(`a line of the stream is longer than ${LINE_CHARS_MAX} characters`);
    return lines.filter((line) => line.trim() !== '');
  }
}
