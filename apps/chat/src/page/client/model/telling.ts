/**
 * Why there is no answer, in the words of whoever reads: by its kind or code, never by the server's English text. The page and the widget
 * tell it alike; this knows neither's language.
 */
import type { FailureKind } from '../../../events.ts';
import type { RefusalCode } from '../../../server/api.ts';
import type { Word } from '../state/words.ts';
import type { Failure } from './answer.ts';

export interface Told {
  readonly text: string;
  /** Of the server, in English, beside a sentence of ours: it names what an operator has to do. */
  readonly detail: string | null;
}

export const KINDS: Readonly<Record<FailureKind, Word>> = {
  throttled: 'whyThrottled',
  filtered: 'whyFiltered',
  tooLong: 'whyTooLong',
  gatewayDown: 'whyGatewayDown',
  notAllowed: 'whyNotAllowed',
  timeout: 'whyTimeout',
  internal: 'whyInternal',
};
/** Their English sentences name settings, deployments or categories. */
const DETAILED: ReadonlySet<FailureKind> = new Set(['notAllowed', 'internal', 'filtered']);

/** Every code that a question, or going on with its answer, can be refused by: all that the widget gets to know. */
export const QUESTION_CODES = {
  badRequest: 'refusedRequest',
  busy: 'refusedBusy',
  conversationFull: 'refusedFull',
  draining: 'refusedDraining',
  foreignHost: 'refusedForeign',
  foreignOrigin: 'refusedForeign',
  internal: 'whyInternal',
  noAnswer: 'refusedNoTurn',
  noConversation: 'conversationGone',
  noLength: 'refusedRequest',
  noRoute: 'refusedRequest',
  notJson: 'refusedRequest',
  notSignedIn: 'refusedSignIn',
  tooLarge: 'refusedTooLarge',
  tooManyQuestions: 'refusedQuestions',
} as const satisfies Partial<Record<RefusalCode, Word>>;

/** What a code is told in; null: a newer server has it, or it came from somebody else. */
export function wordOf(code: string | null, codes: Readonly<Record<string, Word>>): Word | null {
  return code !== null && Object.hasOwn(codes, code) ? (codes[code] ?? null) : null;
}

/** @param textOf a word; null: there is none in the reader's language, or the server's own English is as good. */
export function toldBy(
  { kind, code, message }: Failure,
  codes: Readonly<Record<string, Word>>,
  textOf: (word: Word) => string | null,
): Told {
  const word = wordOf(code, codes);
  const text = textOf(word ?? KINDS[kind]);
  if (text === null) return { text: message, detail: null };
  return { text, detail: word === null && DETAILED.has(kind) && message !== '' ? message : null };
}
