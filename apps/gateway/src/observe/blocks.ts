/** Gathers lines into blocks: a call for each line costs the stream more than the line itself. */
import type { Clock, Timer } from '@spillway/clock';

export interface Sink {
  write(text: string): void;
}

/** A block is written when it has grown to this size, or so long after its first line. Characters, milliseconds. */
export const BLOCK_CHARS = 32 * 1024;
export const BLOCK_MS_MAX = 200;

export interface BlockSettings {
  /** The line, with its end, that says how many were lost. */
  readonly lostLine: (lines: number) => string;
  /** 0 writes each line at once. */
  readonly blockChars?: number;
}

export class Blocks implements Sink {
  readonly #sink: Sink;
  readonly #clock: Clock;
  readonly #lostLine: (lines: number) => string;
  readonly #blockChars: number;
  #pending = '';
  #timer: Timer | null = null;
  #linesLost = 0;

  constructor(sink: Sink, clock: Clock, { lostLine, blockChars = BLOCK_CHARS }: BlockSettings) {
    this.#sink = sink;
    this.#clock = clock;
    this.#lostLine = lostLine;
    this.#blockChars = blockChars;
  }

  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= this.#blockChars) this.flush();
    else this.#timer ??= this.#clock.after(BLOCK_MS_MAX, () => this.flush());
  }

  flush(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const block = this.#pending;
    this.#pending = '';
    if (block === '') return;
    const lost = this.#linesLost;
    this.#linesLost = 0;
    if (lost > 0) this.#sink.write(this.#lostLine(lost));
    this.#sink.write(block);
  }

  /** The sink could not take this text. */
  dropped(text: string): void {
    this.#linesLost += text.split('\n').length - 1;
  }
}
