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
