/** Commands as the documents print them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface Block {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly text: string;
}

export function pageOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Fenced blocks of shell commands, in order. */
export function blocksOf(path: string): readonly Block[] {
  return pageOf(path)
    .split(/^##+ /m)
    .flatMap((section) => {
      const [heading = ''] = section.split('\n');
      return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => ({ heading, text }));
    });
}

/** One command each, without comments; those that go on in the next line are one. */
export function commandsOf({ text }: Block): readonly string[] {
  return text
    .replaceAll(/ +\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s+)#.*$/, ''))
    .filter((line) => line !== '');
}

/** @param values of what people copy into the places in angle brackets. */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/<([A-Z_]+)>/g, (_, name: string) => values[name] ?? assert.fail(`nobody says what ${name} is`));
}
