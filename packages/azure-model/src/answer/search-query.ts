/** Chat apps first let a model turn a conversation into a search query: a request that wants keywords, and a lone zero where there are none. */
import type { Turn } from '../ask/generation.ts';
import { lastUserText } from './turns.ts';
import { isEmptyWord, wordsOf } from './words.ts';

/** Of the instructions so much is looked at. UTF-16 units. */
const LOOKED_AT_CHARS = 4000;
const WANTED =
  /\b(?:generate|write|create|produce|return|give|extract|rewrite|formulate|turn)\b[^.\n]{0,120}\b(?:search quer(?:y|ies)|keywords?|search terms?|search phrase)\b/i;
const WORDS_MAX = 16;

/** Answers that are longer are no queries, but for models that think first. Tokens. */
const QUERY_TOKENS_MAX = 200;

export function wantsQuery(turns: readonly Turn[], answerTokensMax: number | null, reasoning: boolean): boolean {
  if (!reasoning && (answerTokensMax === null || answerTokensMax > QUERY_TOKENS_MAX)) return false;
  return asksForQuery(turns);
}

/** The same, whatever the limit: enough where a tool is there to take the query. */
export function asksForQuery(turns: readonly Turn[]): boolean {
  if (PREFIX.test(lastUserText(turns).slice(0, LOOKED_AT_CHARS))) return true;
  return turns.some(({ role, text }) => role === 'system' && WANTED.test(text.slice(0, LOOKED_AT_CHARS)));
}

/** As the samples word the last turn. */
const PREFIX = /^\s{0,8}(?:generate|write|create) (?:a )?search quer(?:y|ies) for:?\s*/i;

/** `0` where the question has no keywords. */
export function queryFrom(turns: readonly Turn[]): string {
  return keywordsOf(lastUserText(turns)) || '0';
}

/** The words that bear meaning, each once, as they stand. */
export function keywordsOf(question: string): string {
  const words = new Set<string>();
  for (const word of wordsOf(question.slice(0, LOOKED_AT_CHARS).replace(PREFIX, ''))) {
    if (words.size < WORDS_MAX && !isEmptyWord(word.toLowerCase().replace(/['’].*$/, ''))) words.add(word);
  }
  return [...words].join(' ');
}
