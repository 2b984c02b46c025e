/**
 * A live panel at the end of a terminal's text: redrawn in place, in one write, only where something changed. What is printed
 * for good goes above it. The cursor is hidden meanwhile and comes back on every way out.
 */
import { type Line, type Paint, render, widthOf } from './lines.ts';

/** What is needed of a terminal. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const ERASE_BELOW = '\x1b[J';
const ERASE_LINE_END = '\x1b[K';
const CLEAR = '\x1b[H\x1b[2J';
/** The terminal shows what comes between them at once; those that do not know them pass over them. */
const BEGIN_FRAME = '\x1b[?2026h';
const END_FRAME = '\x1b[?2026l';

export class Screen {
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  #printed: readonly Line[] = [];
  #panel: readonly Line[] = [];
  #shown = '';
  #height = 0;
  #closed = false;

  constructor(terminal: Terminal, paint: Paint) {
    this.#terminal = terminal;
    this.#paint = paint;
    terminal.write(HIDE_CURSOR);
    terminal.on('resize', this.#onResize);
    process.on('exit', this.#restore);
  }

  /** Rows that a panel may have: the cursor rests on the one below it. */
  get rows(): number {
    return Math.max(1, this.#terminal.rows - 1);
  }

  draw(panel: readonly Line[]): void {
    if (this.#closed) return;
    this.#panel = panel.slice(0, this.rows);
    const frame = this.#text(this.#panel, this.#terminal.columns);
    if (frame === this.#shown) return;
    this.#terminal.write(`${BEGIN_FRAME}${this.#up()}${frame}${ERASE_BELOW}${END_FRAME}`);
    this.#shown = frame;
    this.#height = this.#panel.length;
  }

  /** For good: the panel stays as it is, the lines come below it whole, and the next `draw` begins a new panel. */
  print(lines: readonly Line[]): void {
    if (this.#closed) return;
    this.#printed = [...this.#printed, ...this.#panel, ...lines];
    this.#terminal.write(this.#text(lines, Number.POSITIVE_INFINITY));
    this.#begin([]);
  }

  /** Leaves everything as it stands, and the cursor below it. */
  close(): void {
    if (this.#closed) return;
    this.#restore();
    this.#terminal.off('resize', this.#onResize);
    process.off('exit', this.#restore);
    this.#closed = true;
  }

  /** A new panel below everything. */
  #begin(panel: readonly Line[]): void {
    this.#panel = panel;
    this.#height = 0;
    this.#shown = '';
  }

  #text(lines: readonly Line[], columns: number): string {
    return lines.map((line) => `${render(line, columns, this.#paint)}${this.#lineEnd(line)}\n`).join('');
  }

  /** On a full line the cursor still stands on the last character, which would be erased. */
  #lineEnd(line: Line): string {
    return widthOf(line) < this.#terminal.columns ? ERASE_LINE_END : '';
  }

  #up(): string {
    return this.#height === 0 ? '\r' : `\x1b[${this.#height}A\r`;
  }

  readonly #restore = (): void => {
    this.#terminal.write(SHOW_CURSOR);
  };

  /** Lines may have been wrapped anew, so their place is no longer known: all is drawn again. */
  readonly #onResize = (): void => {
    this.#terminal.write(`${CLEAR}${this.#text(this.#printed, Number.POSITIVE_INFINITY)}`);
    const panel = this.#panel;
    this.#begin([]);
    this.draw(panel);
  };
}
