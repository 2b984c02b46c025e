/**
 * Whether an answer's sentences are held by what they cite: words, numbers and names. No model is asked; what is found wanting is
 * marked for the reader, not taken away.
 */
import { isCommon, type Language } from '../text/language.ts';
import { numberReadings, numbersIn, numbersWritten } from '../text/numbers.ts';
import { type Range, sentencesIn } from '../text/sentences.ts';
import { languageOf, tokenise, wordsOf } from '../text/words.ts';
import type { Source } from './prompt.ts';
import type { PlacedLabel } from './scan.ts';
import { saysUnknown } from './unknown.ts';

export type Support =
  /** Says nothing that would need support: a lead-in, a question, that the sources do not say. */
  | 'none needed'
  | 'supported'
  /** Cites nothing, nor does anything after it in its paragraph. */
  | 'uncited'
  /** Cites what does not hold it. */
  | 'unsupported';

export interface CheckedSentence extends Range {
  readonly labels: readonly string[];
  readonly support: Support;
  /** Of the sentence, in nothing that it cites: numbers, names; words where too many are. */
  readonly missing: readonly string[];
}

export interface CheckAsk {
  /** Without marks. */
  readonly text: string;
  readonly citations: readonly PlacedLabel[];
  readonly sources: readonly Source[];
  /** What it says may be said back. */
  readonly question: string;
}

/** Of a sentence's meaning words, such a share is found in what it cites. */
export const WORDS_SHARE_MIN = 0.5;
/** Fewer meaning words say nothing that needs support, unless there is a number. */
const WORDS_MIN = 3;

export function checkSupport(ask: CheckAsk): readonly CheckedSentence[] {
  const sentences = sentencesIn(ask.text);
  const labels = labelsBySentence(ask, sentences);
  const facts = new Map(ask.sources.map((source) => [source.label, factsOf(source)]));
  const asked = factsIn(ask.question, languageOf(ask.question));
  return sentences.map((range, i) => {
    const own = labels[i] ?? [];
    const cited = own.length > 0 ? own : laterInParagraph(ask.text, sentences, labels, i);
    const known = cited.flatMap((label) => facts.get(label) ?? []);
    const judged = judge(ask.text.slice(range.start, range.end), known, asked);
    return { ...range, labels: own, ...judged };
  });
}

/** What readers are warned of. */
export function unsupportedRanges(checked: readonly CheckedSentence[]): readonly Range[] {
  return checked
    .filter(({ support }) => support === 'unsupported' || support === 'uncited')
    .map(({ start, end }) => ({ start, end }));
}

/** What a text says, to be compared with. */
interface Facts {
  /** That its terms are cut with. */
  readonly language: Language | null;
  readonly terms: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
}

function factsOf({ title, headings, text }: Source): Facts {
  return factsIn(`${title}\n${headings.join('\n')}\n${text}`, languageOf(text));
}

function factsIn(text: string, language: Language | null): Facts {
  const numbers = new Set([...numbersIn(text), ...numbersWritten(wordsOf(text))]);
  return { language, terms: new Set(tokenise(text, language)), numbers };
}

/** A mark belongs to the sentence that it stands in or behind. */
function labelsBySentence({ text, citations }: CheckAsk, sentences: readonly Range[]): readonly (readonly string[])[] {
  const labels = sentences.map((): string[] => []);
  for (const { label, at } of citations) {
    const within = sentences.findIndex(({ end }) => at <= end);
    const after = within < 0 ? sentences.length - 1 : within;
    const before = sentences[after - 1];
    const start = sentences[after]?.start ?? 0;
    const isBehindLast = before !== undefined && at <= start && !text.slice(before.end, at).includes('\n');
    const owner = labels[isBehindLast ? after - 1 : after];
    if (owner !== undefined && !owner.includes(label)) owner.push(label);
  }
  return labels;
}

/** Who writes a paragraph and cites at its end means all of it. */
function laterInParagraph(
  text: string,
  sentences: readonly Range[],
  labels: readonly (readonly string[])[],
  from: number,
): readonly string[] {
  for (let i = from + 1; i < sentences.length; i++) {
    const gap = text.slice(sentences[i - 1]?.end, sentences[i]?.start);
    if (/\n\s*\n/.test(gap)) return [];
    const later = labels[i] ?? [];
    if (later.length > 0) return later;
  }
  return [];
}

type Judged = Pick<CheckedSentence, 'support' | 'missing'>;

function judge(raw: string, known: readonly Facts[], asked: Facts): Judged {
  const sentence = raw.replace(/^\s*(?:>\s*)*(?:[-*+•]|\d{1,2}[.)])\s+/, '').replace(/[*_`#|]+/g, ' ');
  const language = languageOf(sentence);
  const numbers = numberReadings(sentence).filter((readings) => !readings.some((number) => asked.numbers.has(number)));
  if (numbers.length === 0 && needsNone(sentence, language)) return { support: 'none needed', missing: [] };
  if (known.length === 0) return { support: 'uncited', missing: [] };
  const held = new Set(known.flatMap((facts) => [...facts.numbers]));
  const missing = [
    ...numbers.filter((readings) => !readings.some((number) => held.has(number))).map(([number = '']) => number),
    ...(isTranslated(language, known) ? [] : wordsMissing(sentence, language, [asked, ...known])),
  ];
  return { support: missing.length === 0 ? 'supported' : 'unsupported', missing: [...new Set(missing)] };
}

function needsNone(sentence: string, language: Language | null): boolean {
  const plain = sentence.trim();
  if (/[:?？]$/.test(plain) || saysUnknown(plain)) return true;
  return wordsOf(plain).filter((word) => !isCommon(word, language)).length < WORDS_MIN;
}

/** Words with a capital within the sentence; in German every noun has one, and says nothing. */
function namesIn(sentence: string, language: Language | null): readonly string[] {
  if (language === 'de') return [];
  const found = sentence.trim().matchAll(/(?<=[\p{L}\p{N},;)] )\p{Lu}[\p{L}\p{N}'’-]+/gu);
  return [...found].flatMap(([name]) => wordsOf(name)).filter((name) => !isCommon(name, language));
}

/** Where answer and sources are in different languages, numbers can be compared, words cannot. */
function isTranslated(language: Language | null, known: readonly Facts[]): boolean {
  return language !== null && known.some((facts) => facts.language !== null && facts.language !== language);
}

/** Names that are nowhere; of other words all that are nowhere, if these are too many. */
function wordsMissing(sentence: string, language: Language | null, known: readonly Facts[]): readonly string[] {
  const names = namesIn(sentence, language).filter((name) => !isHeld(name, known));
  const words = [...new Set(wordsOf(sentence).filter((word) => !isCommon(word, language)))];
  const missing = words.filter((word) => !isHeld(word, known));
  return words.length - missing.length >= words.length * WORDS_SHARE_MIN ? names : missing;
}

/** As its source's language cuts it; of a word of several terms (pairs of characters) half will do, since endings differ. */
function isHeld(word: string, known: readonly Facts[]): boolean {
  return known.some(({ language, terms }) => {
    const cut = tokenise(word, language);
    return cut.filter((term) => terms.has(term)).length * 2 >= cut.length;
  });
}
