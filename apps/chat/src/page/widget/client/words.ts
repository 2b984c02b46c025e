/**
 * What the widget says. English is within it, so that it can always say something; other languages come from the app, which has the
 * same words under the same names for its own page.
 */
import { filled, languageFor } from '../../client/format.ts';
import type { Failure } from '../../client/model/answer.ts';
import { QUESTION_CODES, type Told, toldBy } from '../../client/model/telling.ts';

export const ENGLISH = {
  answer: 'Answer',
  chatPlaceholder: 'Ask about your documents',
  citations: 'Cited sources',
  close: 'Close',
  doubted: 'No source that is cited here says this.',
  examples: 'Examples',
  failedFiltered: 'The content filter stepped in',
  failedGatewayDown: 'The model cannot be reached',
  failedInternal: 'Something went wrong',
  failedNotAllowed: 'You may not do this',
  failedThrottled: 'Too much is being asked just now',
  failedTimeout: 'The answer did not come in time',
  failedTooLong: 'That is more than the model can read at once',
  followups: 'Ask next',
  newChat: 'New chat',
  openOriginal: 'Open the original of {title}',
  openSource: 'Source {number}',
  original: 'Original',
  page: 'page {page}',
  phaseAnswering: 'Writing…',
  phaseChecking: 'Checking against the sources…',
  phasePlanning: 'Thinking about the question…',
  phaseSearching: 'Searching the documents…',
  question: 'Your question',
  send: 'Send',
  serverGone: 'The server does not answer. Try again in a moment.',
  signIn: 'Sign in',
  startText: 'Ask in your own words. Answers come from the documents alone, each with its source.',
  stop: 'Stop the answer',
  stopped: 'Stopped. The answer so far is kept.',
  table: 'Table',
  textKept: 'What was written so far is kept.',
  tryAgain: 'Try again',
  tryAgainIn: 'Try again in {seconds} s',
  waitingText: 'Your question is sent again by itself in {seconds} s, at {time}.',
  waitingTitle: 'All capacity is in use',
} as const;

export type Word = keyof typeof ENGLISH;
export type Say = (word: Word, values?: Readonly<Record<string, string | number>>) => string;

const LANGUAGES = ['en', 'de', 'fr', 'es', 'fi', 'pt', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/** @param wishes as browsers and `lang` name them; the first one that there is. */
export function languageOf(wishes: readonly string[]): Language {
  return languageFor(wishes, isLanguage) ?? 'en';
}

function isLanguage(name: string): name is Language {
  return LANGUAGES.some((each) => each === name);
}

export function sayWith(table: Readonly<Record<string, string>>): Say {
  return (word, values = {}) => filled(table[word] ?? ENGLISH[word], values);
}

export type FailureTold = (failure: Failure) => Told;

/** @param table of the app, in another language; null: in English the app's own sentence is told, and where no words could be fetched. */
export function failureToldWith(table: Readonly<Record<string, string>> | null): FailureTold {
  return (failure) => toldBy(failure, QUESTION_CODES, (word) => table?.[word] ?? null);
}
