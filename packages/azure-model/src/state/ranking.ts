/**
 * Which passages answer a question: by the words they share with it (BM25), so that the same question always finds the same ones.
 * Source: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; k1 and b as usual.
 */
import { stemsOf } from '../answer/words.ts';

const K1 = 1.2;
const B = 0.75;
/** Different words of a question that count: the first. Ours; each is looked for in every passage. */
export const QUESTION_WORDS_MAX = 500;

/** A text with its words counted. */
export interface Passage {
  readonly text: string;
  readonly counts: ReadonlyMap<string, number>;
  /** Words. */
  readonly length: number;
}

export function passageOf(text: string): Passage {
  const counts = new Map<string, number>();
  const stems = stemsOf(text);
  for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return { text, counts, length: stems.length };
}

/**
 * How well each passage fits, in their order: 0 where no word is shared, below 1 always, since the score is the share of what a passage
 * of nothing but the question's words would get.
 */
export function scoresOf(passages: readonly Passage[], question: string): readonly number[] {
  const stems = [...new Set(stemsOf(question))].slice(0, QUESTION_WORDS_MAX);
  const meanLength = passages.reduce((sum, { length }) => sum + length, 0) / Math.max(1, passages.length);
  const weights = stems.map((stem) => weightOf(stem, passages));
  const best = weights.reduce((sum, weight) => sum + weight * (K1 + 1), 0);
  return passages.map(({ counts, length }) => {
    const norm = K1 * (1 - B + (B * length) / Math.max(1, meanLength));
    let score = 0;
    for (const [i, stem] of stems.entries()) {
      const count = counts.get(stem) ?? 0;
      score += ((weights[i] ?? 0) * count * (K1 + 1)) / (count + norm);
    }
    return best === 0 ? 0 : score / best;
  });
}

/** Rare words say more; never below zero. */
function weightOf(stem: string, passages: readonly Passage[]): number {
  const having = passages.filter(({ counts }) => counts.has(stem)).length;
  return Math.log(1 + (passages.length - having + 0.5) / (having + 0.5));
}
