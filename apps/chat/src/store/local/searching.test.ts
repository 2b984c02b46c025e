/** How well words alone find: real documentation that comes with dependencies, asked by its own headings, which are taken out of the text. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { documentNamed, EVERYTHING } from '../samples.ts';
import { openDatabase } from './database.ts';
import { LocalDocuments } from './documents.ts';
import { openLocal } from './local.ts';
import { LIMITS } from './writing.ts';

interface Section {
  readonly heading: string;
  readonly path: string;
  readonly body: string;
}

/** Sections of at least 200 characters under a heading of two words or more. */
function sectionsOf(folder: string): readonly Section[] {
  return globSync('**/*.md', { cwd: folder })
    .sort()
    .flatMap((path) => {
      const parts = readFileSync(join(folder, path), 'utf8').split(/^#{1,6} +(.+)$/m);
      return parts.flatMap((heading, at): Section[] => {
        const body = parts[at + 1] ?? '';
        const plain = heading.replace(/<[^>]*>|[`*_]|\[|\]\([^)]*\)/g, ' ').trim();
        return at % 2 === 1 && body.length >= 200 && /\S\s+\S/.test(plain) ? [{ heading: plain, path, body }] : [];
      });
    });
}

function folderOf(name: string): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'docs');
  } catch {
    return null;
  }
}

/** [package, sections at least, share whose own section is among the first five, at least]: measured, less a little. */
const FLOORS: ReadonlyArray<readonly [string, number, number]> = [
  ['undici', 200, 0.53],
  ['pino', 100, 0.84],
];

for (const [name, sectionsMin, floor] of FLOORS) {
  const folder = folderOf(name);
  const skip = folder === null ? { skip: `${name} is not installed` } : {};
  test(`Searching: finds ${name}'s sections by their headings, by words alone`, skip, async () => {
    const sections = sectionsOf(folder ?? '');
    assert.ok(sections.length >= sectionsMin, `${sections.length} sections`);
    const { documents, conversations } = openLocal(':memory:');
    for (const [at, { body, path }] of sections.entries()) {
      const title = path.replace(/.*\/|\.md$/g, '');
      await documents.put(documentNamed(`${at}`, [body], { title }, null), null);
    }
    let hits = 0;
    for (const [at, { heading }] of sections.entries()) {
      const found = await documents.searchText(heading, { ...EVERYTHING, top: 5 });
      if (found.some(({ document }) => document.path === `${at}`)) hits += 1;
    }
    await Promise.all([documents.close(), conversations.close()]);
    const share = hits / sections.length;
    assert.ok(share >= floor, `${share.toFixed(3)} of ${sections.length} is below ${floor}`);
  });
}

/** Passages from which on common words are left out, and the words of each question counted for that. */
const MANY = Array.from({ length: 1_000 }, (_, i) => `passage ${i}`);

test('Searching: the counts of 10,000 words are remembered, and begun anew with the next one', async (t) => {
  const database = openDatabase(':memory:');
  t.after(() => database.close());
  const documents = new LocalDocuments(database, LIMITS, () => {});
  await documents.put(documentNamed('a.md', MANY, {}, null), null);
  const prepare = t.mock.method(database, 'prepare');
  const COUNTING = 'SELECT count(*) AS n FROM words WHERE words MATCH ?';
  const counted = (): number => prepare.mock.calls.filter(({ arguments: [sql] }) => sql === COUNTING).length;
  const ask = async (from: number, to: number): Promise<void> => {
    const words = Array.from({ length: to - from }, (_, i) => `word${from + i}`);
    await documents.searchText(words.join(' '), EVERYTHING);
  };
  for (let from = 0; from < 10_000; from += 25) await ask(from, from + 25);
  await ask(0, 1);
  assert.equal(counted(), 10_000);
  await ask(10_000, 10_001);
  await ask(0, 1);
  assert.equal(counted(), 10_002);
});
