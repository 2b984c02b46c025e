/**
 * What the server says in English, for those who read another language: by its kind or code, never by its text. What has no words of
 * ours is shown as it came, and marked as English.
 */
import type { FailureKind } from '../../../events.ts';
import type { Fetched, Refused } from '../api.ts';
import type { Failure } from '../model/answer.ts';
import { language, t, type Word } from './words.ts';

export interface Told {
  readonly text: string;
  /** Of the server, in English, beside a sentence of ours: it names what an operator has to do. */
  readonly detail: string | null;
}

const KINDS: Readonly<Record<FailureKind, Word>> = {
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

export function failureTold({ kind, code, message }: Failure): Told {
  if (language.value === 'en') return { text: message, detail: null };
  const word = code === null ? undefined : CODES.get(code);
  if (word !== undefined) return { text: t(word), detail: null };
  return { text: t(KINDS[kind]), detail: DETAILED.has(kind) && message !== '' ? message : null };
}

/** The plain sentence of a kind alone. */
export function kindText(kind: FailureKind): string {
  return t(KINDS[kind]);
}

/** Codes of refusals that a person can run into; others are for programs. */
const CODES: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['serverGone', 'serverGone'],
  ['notSignedIn', 'refusedSignIn'],
  ['wrongPassword', 'refusedPassword'],
  ['tooManyTries', 'refusedTries'],
  ['tooManyQuestions', 'refusedQuestions'],
  ['tooManyUploads', 'refusedUploads'],
  ['queueFull', 'refusedQueue'],
  ['busy', 'refusedBusy'],
  ['noUploads', 'mayNotUpload'],
  ['nameTaken', 'refusedName'],
  ['badName', 'refusedBadName'],
  ['notYours', 'refusedNotYours'],
  ['noConversation', 'conversationGone'],
  ['noDocument', 'refusedNoDocument'],
  ['noTurn', 'refusedNoTurn'],
]);

/** @param answer that is none. */
export function refusalText(answer: Exclude<Fetched<unknown>, { readonly kind: 'ok' | 'locked' }>): string {
  return answer.kind === 'gone' ? t('serverGone') : codeText(answer);
}

export function codeText({ code, message }: Pick<Refused, 'code' | 'message'>): string {
  const word = CODES.get(code);
  return language.value !== 'en' && word !== undefined ? t(word) : message || t('unexpected');
}
