/**
 * Words as they are compared: lower case, without accents, without the endings of their language. Scripts that write no blanks
 * between words (Chinese, Japanese, and Korean for its endings) are cut into pairs of characters.
 */
import { isCommon, type Language, languageOfWords } from './language.ts';
import { stem } from './stem.ts';

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)*/gu;
const PAIRED = /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu;
/** What goes on for longer is no word (a hash, a line of base64): its beginning stands for it. UTF-16 units. */
const WORD_CHARS_MAX = 60;

/** Each word in lower case, without accents, in the order of the text. */
export function wordsOf(text: string): readonly string[] {
  return (text.normalize('NFKC').match(WORD) ?? []).map((word) => plain(word.slice(0, WORD_CHARS_MAX)));
}

/** null where it does not show. */
export function languageOf(text: string): Language | null {
  return languageOfWords(wordsOf(text));
}

/** Letters as they are compared: composed, lower case, `é` as `e`, `ß` as `ss`, the elision of `l'eau` and `guest's` gone. */
function plain(word: string): string {
  const lower = word.toLowerCase();
  if (/^[a-z0-9]+$/.test(lower)) return lower;
  const bare = lower.replace(/^(?:[cdjlmnst]|qu)['’](?=\p{L}{2})/u, '').replace(/['’].*$/u, '');
  const folded = bare.replace(/ß/g, 'ss').replace(/æ/g, 'ae').replace(/œ/g, 'oe').replace(/ø/g, 'o');
  return /\p{Script=Latin}/u.test(folded) ? folded.normalize('NFD').replace(/\p{M}+/gu, '') : folded;
}

/**
 * Terms for an index, each as often as it occurs. Index and question have to be cut with the same language for them to meet; a
 * question is therefore cut once for each language that the index holds ({@link queryTerms}).
 */
export function tokenise(text: string, language: Language | null): readonly string[] {
  return wordsOf(text).flatMap((word) => termsOf(word, language));
}

/** As {@link tokenise}, without the words that every text has; all of them where nothing else is there. */
export function tokeniseMeaning(text: string, language: Language | null): readonly string[] {
  const words = wordsOf(text);
  const meaning = words.filter((word) => !isCommon(word, language));
  return (meaning.length === 0 ? words : meaning).flatMap((word) => termsOf(word, language));
}

/** Terms of a question in an index that holds texts of these languages; each once. */
export function queryTerms(text: string, languages: Iterable<Language | null>): readonly string[] {
  const words = wordsOf(text);
  const asked = languageOfWords(words);
  const meaning = words.filter((word) => !isCommon(word, asked));
  const kept = meaning.length === 0 ? words : meaning;
  const terms = new Set<string>();
  for (const language of languages)
    for (const word of kept) for (const term of termsOf(word, language)) terms.add(term);
  return [...terms];
}

/** Before a word so much is looked at to tell whether a sentence begins with it. UTF-16 units. */
const BEFORE_CHARS = 8;

/**
 * A question for an engine that ranks by words and knows none that are common: without them, as far as others are left. A capital within
 * a sentence tells a name (the month May, the letter A).
 */
export function withoutCommon(question: string): string {
  const composed = question.normalize('NFKC');
  const language = languageOf(composed);
  const kept = [...composed.matchAll(WORD)].filter(({ 0: word, index }) => {
    const isName =
      word !== 'I' &&
      /^\p{Lu}/u.test(word) &&
      !/(?:^|[.!?:]\s*)["'“„«¿¡(]*$/u.test(composed.slice(Math.max(0, index - BEFORE_CHARS), index));
    return isName || !isCommon(plain(word), language);
  });
  return kept.length === 0 ? question : kept.map(([word]) => word).join(' ');
}

function termsOf(word: string, language: Language | null): readonly string[] {
  if (/^[a-z0-9]+$/.test(word)) return [stem(word, language)];
  const runs = word.match(PAIRED);
  if (runs === null) return [stem(word, language)];
  const rest = word.split(PAIRED).filter((part) => part !== '');
  return [...runs.flatMap(pairsOf), ...rest.map((part) => stem(part, language))];
}

function pairsOf(run: string): readonly string[] {
  const chars = [...run];
  if (chars.length < 2) return [run];
  return chars.slice(1).map((char, i) => `${chars[i]}${char}`);
}
