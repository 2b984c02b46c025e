/** Words of a question and of a text, in the same way for every engine that finds by words. */

/** Words of one question that are looked for; what is longer is a document, not a question, and costs time for nothing. */
export const QUERY_WORDS_MAX = 32;
/** UTF-16 units of one word; what is longer is no word. */
const WORD_LENGTH_MAX = 100;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Scripts whose words are not told apart by blanks, and Hangul, whose words carry their particles: found by pairs of characters. */
const PAIRED =
  /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]+/gu;

/** A text as it is indexed: itself, with runs of {@link PAIRED} characters as pairs. */
export function indexable(text: string): string {
  return text.normalize('NFKC').replace(PAIRED, (run) => ` ${pairsOf(run).join(' ')} `);
}

function pairsOf(run: string): readonly string[] {
  const characters = [...run];
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, at) => `${characters[at] ?? ''}${character}`);
}

/** What to look for, each once and in lower case, without anything that a query language could take for its own. */
export function wordsOf(question: string): readonly string[] {
  return distinctWords(indexable(question));
}

/** The same for a text that was not indexed as {@link indexable}: by another program, with its own idea of words. */
export function plainWordsOf(question: string): readonly string[] {
  return distinctWords(question.normalize('NFKC'));
}

function distinctWords(text: string): readonly string[] {
  const words = text.toLowerCase().match(WORD) ?? [];
  const distinct = new Set(words.filter(({ length }) => length <= WORD_LENGTH_MAX));
  return [...distinct].slice(0, QUERY_WORDS_MAX);
}
