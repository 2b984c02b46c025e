/** "Did you mean": the known word nearest to one that is not known. */

import { quoted } from './place.ts';

/** Longer words are not compared: names of ours are short, and the work grows with the square. */
const COMPARED_CHARS_MAX = 64;

/** What other tools call our keys, so that a habit is not a riddle. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['endpoint', 'url'],
  ['baseurl', 'url'],
  ['host', 'url'],
  ['sku', 'type'],
  ['tpm', 'capacity'],
  ['rpm', 'requestsPerMinute'],
  ['ptu', 'capacity'],
  ['ptus', 'capacity'],
  ['resources', 'backends'],
  ['users', 'clients'],
]);

/** @returns the word to offer, or null where none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const given = plain(word);
  if (given.length > COMPARED_CHARS_MAX) return null;
  const synonym = SYNONYMS.get(given);
  if (synonym !== undefined && known.includes(synonym)) return synonym;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const candidate of known) {
    const distance = slips(given, plain(candidate).slice(0, COMPARED_CHARS_MAX));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** The way out for a word that is not known: the nearest one, else all of them if they are few. */
export function didYouMean(word: string, words: readonly string[], reference = 'docs/config.md'): string {
  const known = words.filter(isShowable);
  const near = nearest(word, known);
  if (near !== null) return `did you mean ${near}?`;
  return known.length === 0 || known.length > 20 ? `see ${reference}` : `known are ${known.join(', ')}`;
}

/** Words come from a file that may hold anything; only those that print as they are get offered. */
function isShowable(word: string): boolean {
  return quoted(word) === `"${word}"`;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

/** A word that was cut short counts as one slip. */
function slips(given: string, candidate: string): number {
  return given.length >= 3 && candidate.startsWith(given) && candidate !== given ? 1 : editDistance(given, candidate);
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(before, j - 2) + 1);
      row.push(best);
    }
    [before, above] = [above, row];
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
