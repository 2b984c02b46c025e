/** Keeps the beginning and the end of a text that may be long: errors of compilers stand first, crashes last. */

/** Characters kept of the beginning, and as many of the end. */
export const EXCERPT_CHARS = 16_384;

export class Excerpt {
  #head = '';
  #tail = '';
  #dropped = 0;

  add(text: string): void {
    const room = EXCERPT_CHARS - this.#head.length;
    this.#head += text.slice(0, room);
    const tail = this.#tail + text.slice(room);
    const over = Math.max(0, tail.length - EXCERPT_CHARS);
    this.#tail = tail.slice(over);
    this.#dropped += over;
  }

  toString(): string {
    const gap = this.#dropped === 0 ? '' : `\n(… ${this.#dropped} characters left out …)\n`;
    return this.#head + gap + this.#tail;
  }
}
