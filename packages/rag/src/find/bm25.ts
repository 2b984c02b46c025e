/** Okapi BM25 in memory, for tests, the probe and small stores. */
import { type Language, languageOfWords } from '../text/language.ts';
import { queryTerms, tokenise, wordsOf } from '../text/words.ts';
import type { Ranked } from './vectors.ts';

/** How soon a word that occurs again counts no more, and how much length counts. The usual values (Robertson, Zaragoza 2009). */
const K1 = 1.2;
const B = 0.75;

interface Posting {
  readonly id: string;
  readonly count: number;
}

export class Bm25 {
  readonly #postings = new Map<string, Posting[]>();
  readonly #lengths = new Map<string, number>();
  readonly #languages = new Set<Language | null>();
  #total = 0;

  /** @param language null: told by the text. An id that is there already is an error of the caller. */
  add(id: string, text: string, language: Language | null = null): void {
    if (this.#lengths.has(id)) throw new Error(`${id} is indexed already`);
    const known = language ?? languageOfWords(wordsOf(text));
    const terms = tokenise(text, known);
    this.#languages.add(known);
    this.#lengths.set(id, terms.length);
    this.#total += terms.length;
    for (const [term, count] of counted(terms)) {
      const postings = this.#postings.get(term);
      if (postings === undefined) this.#postings.set(term, [{ id, count }]);
      else postings.push({ id, count });
    }
  }

  get size(): number {
    return this.#lengths.size;
  }

  /** Best first; what shares no word is not there. */
  search(query: string, top: number): readonly Ranked[] {
    const scores = new Map<string, number>();
    const average = this.#total / Math.max(1, this.size);
    for (const term of queryTerms(query, this.#languages)) {
      const postings = this.#postings.get(term) ?? [];
      const rarity = Math.log(1 + (this.size - postings.length + 0.5) / (postings.length + 0.5));
      for (const { id, count } of postings) {
        const length = (this.#lengths.get(id) ?? 0) / average;
        const share = (count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
        scores.set(id, (scores.get(id) ?? 0) + rarity * share);
      }
    }
    const ranked = [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);
    return ranked.slice(0, Math.max(0, top));
  }
}

function counted(terms: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
