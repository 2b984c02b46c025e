/**
 * What the server says in English, for those who read another language: by its kind or code, never by its text. What has no words of
 * ours is shown as it came, and marked as English.
 */
import type { FailureKind } from '../../../events.ts';
import type { FileFailure, FileFailureCode } from '../../../ingest/progress.ts';
import type { RefusalCode } from '../../../server/api.ts';
import type { Fetched, Refused } from '../api.ts';
import type { Failure } from '../model/answer.ts';
import { KINDS, QUESTION_CODES, type Told, toldBy, wordOf } from '../model/telling.ts';
import { language, t, type Word } from './words.ts';

export function failureTold(failure: Failure): Told {
  return toldBy(failure, CODES, (word) => (language.value === 'en' ? null : t(word)));
}

/** The plain sentence of a kind alone. */
export function kindText(kind: FailureKind): string {
  return t(KINDS[kind]);
}

/** Every code that the server refuses by, and ours for a server that is not there. */
export const CODES: Readonly<Record<RefusalCode | 'serverGone', Word>> = {
  ...QUESTION_CODES,
  badName: 'refusedBadName',
  evaluating: 'refusedEvaluating',
  nameTaken: 'refusedName',
  noCollection: 'refusedNoCollection',
  noDocument: 'refusedNoDocument',
  noFile: 'refusedNoFile',
  noJob: 'refusedNoJob',
  noLink: 'sharedGone',
  noPasswords: 'refusedRequest',
  noQuestions: 'refusedNoAsking',
  noRun: 'refusedNoRun',
  noTurn: 'refusedNoTurn',
  noUploads: 'mayNotUpload',
  notAllowed: 'refusedNotAllowed',
  notIndexed: 'unreadInside',
  notShared: 'sharedGone',
  notYours: 'refusedNotYours',
  otherMode: 'refusedOtherMode',
  queueFull: 'refusedQueue',
  serverGone: 'serverGone',
  tooManyTries: 'refusedTries',
  tooManyUploads: 'refusedUploads',
  wrongPassword: 'refusedPassword',
};

/** @param answer that is none. */
export function refusalText(answer: Exclude<Fetched<unknown>, { readonly kind: 'ok' | 'locked' }>): string {
  return answer.kind === 'gone' ? t('serverGone') : codeText(answer);
}

export function codeText({ code, message }: Pick<Refused, 'code' | 'message'>): string {
  const word = wordOf(code, CODES);
  return language.value !== 'en' && word !== null ? t(word) : message || t('unexpected');
}

/** Why a file is not indexed. */
export const UNREAD: Readonly<Record<FileFailureCode, Word>> = {
  tooLarge: 'unreadTooLarge',
  unsupported: 'unreadUnsupported',
  damaged: 'unreadDamaged',
  encrypted: 'unreadEncrypted',
  noText: 'unreadNoText',
  unsafe: 'unreadUnsafe',
  badFront: 'unreadBadFront',
  timeout: 'unreadTimeout',
  notTaken: 'unreadNotTaken',
  embedding: 'unreadEmbedding',
  store: 'unreadStore',
  inside: 'unreadInside',
  stopped: 'unreadStopped',
};
/** Of these the English sentence says no more than ours. */
const SAID: ReadonlySet<FileFailureCode> = new Set(['encrypted', 'noText', 'stopped', 'inside']);

export function unreadTold({ code, reason }: Pick<FileFailure, 'code' | 'reason'>): Told {
  // A server of another version may know more codes.
  if (language.value === 'en' || !Object.hasOwn(UNREAD, code)) return { text: reason, detail: null };
  return { text: t(UNREAD[code]), detail: SAID.has(code) ? null : reason };
}
