/**
 * Lines for a terminal: pieces of text with a tone each, measured and cut before any colour gets in. Everything here is one
 * column per character: what comes from elsewhere goes through `plain` first.
 */
import picocolors from 'picocolors';

export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'wait' | 'accent';
export type Span = readonly [text: string, tone?: Tone];
export type Line = readonly Span[];

export type Paint = (text: string, tone: Tone) => string;

export const NO_PAINT: Paint = (text) => text;

export function paintWith(colors: ReturnType<typeof picocolors.createColors>): Paint {
  return (text, tone) => {
    switch (tone) {
      case 'plain':
        return text;
      case 'strong':
        return colors.bold(text);
      case 'faint':
        return colors.dim(text);
      case 'good':
        return colors.green(text);
      case 'bad':
        return colors.red(text);
      case 'wait':
        return colors.yellow(text);
      case 'accent':
        return colors.cyan(text);
    }
  };
}

/** Colours only on a terminal that has them, and where nobody objects (https://no-color.org). */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const wanted = stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return wanted ? paintWith(picocolors.createColors(true)) : NO_PAINT;
}

export function widthOf(line: Line): number {
  return line.reduce((width, [text]) => width + text.length, 0);
}

/** The line with its colours, no wider than so many columns. */
export function render(line: Line, columns: number, paint: Paint): string {
  let left = columns;
  let out = '';
  for (const [text, tone] of line) {
    const cut = text.slice(0, Math.max(0, left));
    left -= cut.length;
    if (cut !== '') out += paint(cut, tone ?? 'plain');
  }
  return out;
}

/** Text from elsewhere as printable ASCII: one column a character, and nothing that could steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** Words in lines of at most so many columns. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** 12345 → `12,345`; the same on every machine. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Rows in columns as wide as their widest cell; numbers stand to the right. */
export function table(rows: ReadonlyArray<readonly string[]>, numeric: ReadonlySet<number>): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const aligned = (cell: string, i: number) =>
    numeric.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => row.map(aligned).join('  ').trimEnd());
}
