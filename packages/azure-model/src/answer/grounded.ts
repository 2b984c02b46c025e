/**
 * An extractive answer: the sentences of the sources that share most of the meaning of the question, each with its source's mark.
 * A word that few sentences have tells more than one that many have; a name that none has tells that nothing matches.
 */
import { piecesOf } from './pieces.ts';
import { SENTENCE_CHARS_MAX, sentencesOf } from './sentences.ts';
import type { Grounds, Source } from './sources.ts';
import { isEmptyWord, stemsOf, wordsOf } from './words.ts';

export const UNKNOWN = "I don't know: the sources do not say.";

/** Of all sources together; the rest is left out. */
export const COMPARED_MAX = 4000;
const ANSWER_SENTENCES_MAX = 3;
/** A further sentence shares at least so much of what the best one shares. */
const FURTHER_SHARE = 0.6;
/** The best sentence shares at least so much of the question's weight. */
const COVERED_MIN = 0.34;
/** A name in the question weighs so much more. */
const NAME_WEIGHT = 2;
/** What the source's name shares counts so much. */
const MARK_WEIGHT = 0.3;
/** A sentence loses so much for each word that it has besides. */
const LENGTH_PENALTY = 0.01;
/** Of a question so much is looked at. UTF-16 units. */
const QUESTION_CHARS_MAX = 2000;

interface Sentence {
  readonly text: string;
  readonly mark: string;
  /** Words that bear meaning. */
  readonly length: number;
  /** Of the question, in the sentence and in the source's name. */
  readonly shared: ReadonlySet<string>;
  readonly sharedByMark: ReadonlySet<string>;
}

/** @param tokensMax further sentences are left out where they would not fit; null for none. */
export function answerFrom({ sources, question }: Grounds, tokensMax: number | null): string {
  const asked = question.slice(0, QUESTION_CHARS_MAX);
  const wanted = new Set(stemsOf(asked));
  const sentences = compared(sources, wanted);
  const weights = weightsOf(wanted, asked, sentences);
  const best = bestOf(sentences, weights);
  if (best.length === 0) return UNKNOWN;
  let answer = '';
  for (const sentence of best) {
    const longer = `${answer}${answer === '' ? '' : ' '}${cited(sentence)}`;
    if (answer !== '' && tokensMax !== null && piecesOf(longer).length > tokensMax) break;
    answer = longer;
  }
  return answer;
}

function compared(sources: readonly Source[], wanted: ReadonlySet<string>): readonly Sentence[] {
  const sentences: Sentence[] = [];
  for (const { mark, text } of sources) {
    const sharedByMark = sharing(stemsOf(mark), wanted);
    for (const sentence of sentencesOf(text)) {
      if (sentences.length >= COMPARED_MAX) return sentences;
      const stems = stemsOf(sentence);
      sentences.push({ text: sentence, mark, length: stems.length, shared: sharing(stems, wanted), sharedByMark });
    }
  }
  return sentences;
}

function sharing(stems: readonly string[], wanted: ReadonlySet<string>): ReadonlySet<string> {
  const shared = new Set<string>();
  for (const stem of stems) if (wanted.has(stem)) shared.add(stem);
  return shared;
}

function weightsOf(
  wanted: ReadonlySet<string>,
  question: string,
  sentences: readonly Sentence[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { shared } of sentences) for (const stem of shared) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const names = namesIn(question);
  const weights = new Map<string, number>();
  for (const stem of wanted) {
    const rarity = Math.log(1 + sentences.length / (counts.get(stem) ?? 0.5));
    weights.set(stem, rarity * (names.has(stem) ? NAME_WEIGHT : 1));
  }
  return weights;
}

/** Stems of words with a capital, but for the first: names, and codes. */
function namesIn(question: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const word of wordsOf(question).slice(1)) {
    if (/^[\p{Lu}\d]/u.test(word)) for (const stem of stemsOf(word)) names.add(stem);
  }
  return names;
}

function bestOf(sentences: readonly Sentence[], weights: ReadonlyMap<string, number>): readonly Sentence[] {
  const scored = sentences
    .map((sentence) => ({ sentence, score: scoreOf(sentence, weights) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const best = scored[0];
  if (best === undefined || sum(best.sentence.shared, weights) < COVERED_MIN * sum(weights.keys(), weights)) return [];
  const chosen = new Map<string, Sentence>();
  for (const { sentence, score } of scored) {
    if (chosen.size >= ANSWER_SENTENCES_MAX || score < FURTHER_SHARE * best.score) break;
    if (!chosen.has(sentence.text)) chosen.set(sentence.text, sentence);
  }
  return [...chosen.values()];
}

function scoreOf({ shared, sharedByMark, length }: Sentence, weights: ReadonlyMap<string, number>): number {
  if (shared.size === 0) return 0;
  const score = sum(shared, weights) + MARK_WEIGHT * sum(sharedByMark, weights);
  return score / (1 + LENGTH_PENALTY * length);
}

function sum(stems: Iterable<string>, weights: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const stem of stems) total += weights.get(stem) ?? 0;
  return total;
}

/** The mark stands before the full stop. */
function cited({ text, mark }: Sentence): string {
  const end = /[.!?]+$/.exec(text)?.[0] ?? '.';
  const body = text.endsWith(end) ? text.slice(0, -end.length) : text;
  return `${body.trim()} [${mark}]${end}`;
}

const FOLLOW_UPS: ReadonlyArray<(topic: string) => string> = [
  (topic) => `What do the sources say about ${topic}?`,
  (topic) => `Can you tell me more about ${topic}?`,
  (topic) => `What should I know about ${topic}?`,
];
const ANY_TOPICS = ['the details', 'the exceptions', 'the next steps'];
/** Sentences that topics are taken from. */
const TOPIC_SENTENCES_MAX = 60;
const TOPIC_WORD_CHARS_MIN = 6;

/** Three questions in double angle brackets, about what the sources speak of besides. */
export function followUpsFrom({ sources, question }: Grounds): string {
  const topics = [...topicsOf(sources, new Set(stemsOf(question.slice(0, QUESTION_CHARS_MAX)))), ...ANY_TOPICS];
  return FOLLOW_UPS.map((ask, i) => `<<${ask(topics[i] ?? '')}>>`).join('\n');
}

function topicsOf(sources: readonly Source[], known: ReadonlySet<string>): readonly string[] {
  const topics = new Set<string>();
  let seen = 0;
  for (const { text } of sources) {
    for (const sentence of sentencesOf(text.slice(0, SENTENCE_CHARS_MAX * 5))) {
      if (topics.size >= FOLLOW_UPS.length || ++seen > TOPIC_SENTENCES_MAX) return [...topics];
      const topic = topicOf(sentence, known);
      if (topic !== null) topics.add(topic);
    }
  }
  return [...topics];
}

/** The longest word that is new, with the one before it where that bears meaning too. */
function topicOf(sentence: string, known: ReadonlySet<string>): string | null {
  const words = wordsOf(sentence);
  let at = -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const isNew = word.length >= TOPIC_WORD_CHARS_MIN && !stemsOf(word).some((stem) => known.has(stem));
    if (isNew && word.length > (words[at]?.length ?? 0)) at = i;
  }
  if (at < 0) return null;
  const before = words[at - 1] ?? '';
  const phrase = before !== '' && !isEmptyWord(before.toLowerCase()) ? `${before} ${words[at]}` : (words[at] ?? '');
  return phrase.toLowerCase();
}
