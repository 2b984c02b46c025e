/**
 * What a simulated model says: sentences of a small grammar, cut into tokens as a tokenizer would (a word with the blank before
 * it, or a full stop). Every token is plain ASCII without quotes or backslashes, so that it can be put into JSON as it is.
 */

import type { Length } from './length.ts';

/** Returns a number in [0, 1). */
export type Unit = () => number;

const SUBJECTS = phrases(
  'The service',
  'A short prompt',
  'The deployment',
  'Each answer',
  'The second resource',
  'A careful client',
  'The quota',
  'Most traffic',
  'The request',
  'A stream of tokens',
  'The team',
  'An idle region',
);
const VERBS = phrases(
  ' takes',
  ' explains',
  ' needs',
  ' returns',
  ' saves',
  ' describes',
  ' follows',
  ' measures',
  ' shares',
  ' improves',
);
const OBJECTS = phrases(
  ' the next step',
  ' enough capacity',
  ' a clear result',
  ' the whole plan',
  ' a few examples',
  ' the shortest path',
  ' what was asked',
  ' a small budget',
  ' the open question',
  ' the same idea',
  ' many words',
  ' the useful part',
);
const TAILS = phrases(
  '',
  '',
  ' in a minute',
  ' for every user',
  ' before it is late',
  ' when load is high',
  ' without a retry',
  ' one piece at a time',
  ' at the end of the day',
);
const FULL_STOP = '.';

export interface Prose {
  readonly tokens: readonly string[];
  /** stop: the last sentence is whole. length: cut at the limit. */
  readonly finish: 'stop' | 'length';
}

/**
 * @param wanted at least that many tokens or sentences, the last sentence whole; of words exactly that many.
 * @param tokensMax limit set by the request; null for none.
 */
export function writeProse(unit: Unit, wanted: Length, tokensMax: number | null): Prose {
  const tokens: string[] = [];
  let sentences = 0;
  while (!isLongEnough(tokens, sentences, wanted)) {
    appendSentence(tokens, unit);
    sentences++;
    if (wanted.unit === 'words') endAtWord(tokens, sentences, wanted.count);
    if (tokensMax !== null && tokens.length > tokensMax) {
      tokens.length = tokensMax;
      return { tokens, finish: 'length' };
    }
  }
  return { tokens, finish: 'stop' };
}

/** Each sentence has one token that is no word: its full stop. */
function isLongEnough(tokens: readonly string[], sentences: number, { unit, count }: Length): boolean {
  if (unit === 'sentences') return sentences >= count;
  return (unit === 'words' ? tokens.length - sentences : tokens.length) >= count;
}

function endAtWord(tokens: string[], sentences: number, words: number): void {
  const surplus = tokens.length - sentences - words;
  if (surplus <= 0) return;
  tokens.length -= surplus + 1;
  tokens.push(FULL_STOP);
}

function appendSentence(tokens: string[], unit: Unit): void {
  const start = tokens.length;
  append(tokens, pick(SUBJECTS, unit));
  if (start > 0) tokens[start] = ` ${tokens[start]}`;
  append(tokens, pick(VERBS, unit));
  append(tokens, pick(OBJECTS, unit));
  append(tokens, pick(TAILS, unit));
  tokens.push(FULL_STOP);
}

type Phrase = readonly string[];

function phrases(...texts: readonly string[]): readonly Phrase[] {
  return texts.map((text) => text.match(/ ?[^ ]+/g) ?? []);
}

function pick(from: readonly Phrase[], unit: Unit): Phrase {
  return from[Math.floor(unit() * from.length)] ?? [];
}

function append(tokens: string[], phrase: Phrase): void {
  for (const token of phrase) tokens.push(token);
}
