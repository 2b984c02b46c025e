/**
 * What the server says in English, for those who read another language: by its kind or code, never by its text. What has no words of
 * ours is shown as it came, and marked as English.
 */
import type { FailureKind } from '../../../events.ts';
import type { FileFailure, FileFailureCode } from '../../../ingest/progress.ts';
import type { RefusalCode } from '../../../server/api.ts';
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
  const word = code === null ? null : wordOf(code);
  if (word !== null) return { text: t(word), detail: null };
  return { text: t(KINDS[kind]), detail: DETAILED.has(kind) && message !== '' ? message : null };
}

/** The plain sentence of a kind alone. */
export function kindText(kind: FailureKind): string {
  return t(KINDS[kind]);
}

/** Every code that the server refuses by, and ours for a server that is not there. */
export const CODES: Readonly<Record<RefusalCode | 'serverGone', Word>> = {
  badName: 'refusedBadName',
  badRequest: 'refusedRequest',
  busy: 'refusedBusy',
  conversationFull: 'refusedFull',
  draining: 'refusedDraining',
  foreignHost: 'refusedForeign',
  foreignOrigin: 'refusedForeign',
  internal: 'whyInternal',
  nameTaken: 'refusedName',
  noAnswer: 'refusedNoTurn',
  noConversation: 'conversationGone',
  noDocument: 'refusedNoDocument',
  noFile: 'refusedNoFile',
  noJob: 'refusedNoJob',
  noLength: 'refusedRequest',
  noLink: 'sharedGone',
  noPasswords: 'refusedRequest',
  noRoute: 'refusedRequest',
  noTurn: 'refusedNoTurn',
  noUploads: 'mayNotUpload',
  notAllowed: 'refusedNotAllowed',
  notIndexed: 'unreadInside',
  notJson: 'refusedRequest',
  notShared: 'sharedGone',
  notSignedIn: 'refusedSignIn',
  notYours: 'refusedNotYours',
  queueFull: 'refusedQueue',
  serverGone: 'serverGone',
  tooLarge: 'refusedTooLarge',
  tooManyQuestions: 'refusedQuestions',
  tooManyTries: 'refusedTries',
  tooManyUploads: 'refusedUploads',
  wrongPassword: 'refusedPassword',
};

function wordOf(code: string): Word | null {
  return isCode(code) ? CODES[code] : null;
}

function isCode(code: string): code is keyof typeof CODES {
  return Object.hasOwn(CODES, code);
}

/** @param answer that is none. */
export function refusalText(answer: Exclude<Fetched<unknown>, { readonly kind: 'ok' | 'locked' }>): string {
  return answer.kind === 'gone' ? t('serverGone') : codeText(answer);
}

export function codeText({ code, message }: Pick<Refused, 'code' | 'message'>): string {
  const word = wordOf(code);
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
