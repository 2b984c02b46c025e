import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Line, NO_PAINT } from './lines.ts';
import { Screen, type Terminal } from './screen.ts';

/** As much of a terminal as the screen makes use of, so that tests look at what a person would see. */
class FakeTerminal implements Terminal {
  columns: number;
  rows: number;
  cursorShown = true;
  writes = 0;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;
  #listeners: Array<() => void> = [];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.writes++;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the subject
    for (const [piece] of text.matchAll(/\x1b\[[?\d]*[A-Za-z]|[\s\S]/g)) this.#take(piece);
  }

  on(_: 'resize', listener: () => void): void {
    this.#listeners.push(listener);
  }

  off(_: 'resize', listener: () => void): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener);
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    for (const listener of this.#listeners) listener();
  }

  /** What stands there, without the empty line of the cursor. */
  get text(): readonly string[] {
    return this.#lines.slice(0, -1);
  }

  #take(piece: string): void {
    if (piece.startsWith('\x1b[') && piece.endsWith('A'))
      this.#row = Math.max(0, this.#row - Number(piece.slice(2, -1)));
    else if (piece === '\r') this.#column = 0;
    else if (piece === '\n') this.#newLine();
    else if (piece === '\x1b[K') this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
    else if (piece === '\x1b[J') this.#lines = [...this.#lines.slice(0, this.#row), ''];
    else if (piece === '\x1b[2J') this.#lines = [''];
    else if (piece === '\x1b[H') this.#row = 0;
    else if (piece === '\x1b[?25l') this.cursorShown = false;
    else if (piece === '\x1b[?25h') this.cursorShown = true;
    else if (!piece.startsWith('\x1b')) this.#put(piece);
  }

  #newLine(): void {
    this.#row++;
    this.#column = 0;
    if (this.#row === this.#lines.length) this.#lines.push('');
  }

  #put(character: string): void {
    const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column++;
  }
}

function lines(...texts: readonly string[]): readonly Line[] {
  return texts.map((text) => [[text]]);
}

test('Screen.draw: replaces the panel in place, also by a shorter one', () => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal, NO_PAINT);
  screen.draw(lines('first', 'second, long', 'third'));
  screen.draw(lines('first', 'second'));
  assert.deepEqual(terminal.text, ['first', 'second']);
  screen.close();
});

test('Screen.draw: writes nothing where nothing changed, else once', () => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal, NO_PAINT);
  screen.draw(lines('a', 'b'));
  const before = terminal.writes;
  screen.draw(lines('a', 'b'));
  assert.equal(terminal.writes, before);
  screen.draw(lines('a', 'c'));
  assert.equal(terminal.writes, before + 1);
  screen.close();
});

test('Screen.draw: keeps a row for the cursor and cuts lines at the last column, whose character stays', () => {
  const terminal = new FakeTerminal(5, 3);
  const screen = new Screen(terminal, NO_PAINT);
  screen.draw(lines('12345', '123456', 'gone'));
  assert.deepEqual(terminal.text, ['12345', '12345']);
  screen.close();
});

test('Screen.print: leaves the panel for good, prints whole lines, and the next panel stands below', () => {
  const terminal = new FakeTerminal(5, 10);
  const screen = new Screen(terminal, NO_PAINT);
  screen.draw(lines('old'));
  screen.print(lines('curl http://127.0.0.1'));
  screen.draw(lines('new'));
  screen.draw(lines('newer'));
  assert.deepEqual(terminal.text, ['old', 'curl http://127.0.0.1', 'newer']);
  screen.close();
});

test('Screen: draws everything anew when the terminal changes its size', () => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal, NO_PAINT);
  screen.print(lines('for good'));
  screen.draw(lines('a panel'));
  terminal.resize(4, 10);
  assert.deepEqual(terminal.text, ['for good', 'a pa']);
  screen.close();
});

test('Screen.close: brings the cursor back and draws no more', () => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal, NO_PAINT);
  screen.draw(lines('panel'));
  assert.equal(terminal.cursorShown, false);
  screen.close();
  assert.equal(terminal.cursorShown, true);
  screen.draw(lines('late'));
  screen.print(lines('late'));
  assert.deepEqual(terminal.text, ['panel']);
});

test('Screen: brings the cursor back when the process ends without close', () => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal, NO_PAINT);
  process.emit('exit', 0);
  assert.equal(terminal.cursorShown, true);
  screen.close();
});
