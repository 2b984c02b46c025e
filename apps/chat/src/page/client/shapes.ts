/** What comes from the server is looked at once, here: enough of it that the page never trips over an answer of another version. */

import type { Chunk } from '@spillway/rag';
import type { AnswerEvent, SourceEvent } from '../../events.ts';
import type { FileOutcome } from '../../ingest/progress.ts';
import type {
  CollectionList,
  CollectionView,
  ConfigView,
  ConversationView,
  DocumentList,
  MeView,
  OwnData,
  SharedTurn,
  SharedView,
  ShareView,
  TurnView,
} from '../../server/api.ts';
import type { ConversationRow, DocumentRow } from '../../store/store.ts';

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check>>;

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export const text: Check = (value) => typeof value === 'string';
export const number: Check = (value) => typeof value === 'number';
const flag: Check = (value) => typeof value === 'boolean';
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
export const fields =
  (of: Fields): Check =>
  (value) =>
    isObject(value) && Object.entries(of).every(([name, check]) => check(Reflect.get(value, name)));

const source = fields({
  label: text,
  documentId: text,
  path: text,
  title: text,
  headings: listOf(text),
  pageFrom: orNull(number),
  pageTo: orNull(number),
  start: number,
  end: number,
  text,
} satisfies Partial<Record<keyof SourceEvent, Check>>);

const EVENTS: Readonly<Record<AnswerEvent['type'], Check>> = {
  begun: fields({ turnId: text, conversationId: text }),
  phase: fields({ phase: text }),
  step: fields({ title: text, text, ms: number }),
  sources: fields({ sources: listOf(source), mode: text }),
  delta: fields({ text }),
  citation: fields({ label: text, at: number }),
  followups: fields({ questions: listOf(text) }),
  gateway: fields({ step: text, gateway: isObject }),
  usage: fields({ promptTokens: orNull(number), completionTokens: orNull(number) }),
  check: fields({ unsupported: listOf(fields({ start: number, end: number })) }),
  waiting: fields({ retryAtMs: number }),
  error: fields({ kind: text, message: text, retryAfterMs: orNull(number) }),
  done: fields({ turnId: text, conversationId: text }),
};

/** False also for kinds of event that this page does not know: a newer server may tell more. */
export function isAnswerEvent(value: unknown): value is AnswerEvent {
  if (!isObject(value) || !number(Reflect.get(value, 'id'))) return false;
  const type: unknown = Reflect.get(value, 'type');
  return typeof type === 'string' && isKnown(type) && EVENTS[type](value);
}

function isKnown(type: string): type is AnswerEvent['type'] {
  return Object.hasOwn(EVENTS, type);
}

const row = fields({ id: text, title: text, isPinned: flag, changedMs: number } satisfies Partial<
  Record<keyof ConversationRow, Check>
>);
const turn = fields({
  id: text,
  replaces: orNull(text),
  question: text,
  answer: text,
  events: Array.isArray,
} satisfies Partial<Record<keyof TurnView, Check>>);
export function isConversationView(value: unknown): value is ConversationView {
  return fields({ conversation: row, turns: listOf(turn), answering: orNull(text) })(value);
}

/** Null in each field where it is not shared. */
export type SharingView = { readonly [name in keyof ShareView]: ShareView[name] | null };

const share = { link: text, url: text, sharedMs: number } satisfies Record<keyof ShareView, Check>;
export function isShare(value: unknown): value is ShareView {
  return fields(share)(value);
}

export function isSharing(value: unknown): value is SharingView {
  return fields({ url: orNull(text) } satisfies Partial<Record<keyof ShareView, Check>>)(value);
}

const sharedTurn = fields({ id: text, question: text, answer: text, events: Array.isArray } satisfies Partial<
  Record<keyof SharedTurn, Check>
>);
export function isShared(value: unknown): value is SharedView {
  return fields({ title: text, sharedMs: number, turns: listOf(sharedTurn) } satisfies Record<keyof SharedView, Check>)(
    value,
  );
}

export function isConversations(value: unknown): value is { readonly conversations: readonly ConversationRow[] } {
  return fields({ conversations: listOf(row) })(value);
}

const document = fields({
  id: text,
  path: text,
  title: text,
  bytes: number,
  chunks: number,
  indexedMs: number,
} satisfies Partial<Record<keyof DocumentRow, Check>>);
export function isDocuments(value: unknown): value is DocumentList {
  return fields({ documents: listOf(document), next: orNull(text) } satisfies Record<keyof DocumentList, Check>)(value);
}

const collection = fields({
  name: orNull(text),
  documents: number,
  chunks: number,
  bytes: number,
  indexedMs: number,
} satisfies Record<keyof CollectionView, Check>);
export function isCollections(value: unknown): value is CollectionList {
  return fields({ collections: listOf(collection), isWhole: flag } satisfies Record<keyof CollectionList, Check>)(
    value,
  );
}

export function isOwnData(value: unknown): value is OwnData {
  return fields({
    conversations: number,
    questions: number,
    rated: number,
    shared: number,
    documents: number,
    documentBytes: number,
  } satisfies Record<keyof OwnData, Check>)(value);
}

const chunk = fields({ index: number, text, start: number, end: number } satisfies Partial<Record<keyof Chunk, Check>>);
export function isChunks(value: unknown): value is { readonly chunks: readonly Chunk[] } {
  return fields({ chunks: listOf(chunk) })(value);
}

export function isText(value: unknown): value is { readonly text: string } {
  return fields({ text })(value);
}

export function isConfig(value: unknown): value is ConfigView {
  return fields({
    version: text,
    auth: text,
    title: text,
    examples: listOf(text),
    mayUpload: flag,
    retrieval: isObject,
  })(value);
}

export function isMe(value: unknown): value is MeView {
  return fields({ user: orNull(text), isAdmin: flag })(value);
}

/** A job of one file, as the server tells of it (`Job` of ingest/queue.ts; written anew, since that knows Node). */
export interface JobView {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
  /** What became of the file; null: it is not read yet. */
  readonly last: FileOutcome | null;
  /** Why the job failed as a whole, and the way out; null: it did not. */
  readonly reason: string | null;
  /** When the embedding model is asked again, which this job or the one before it waits for; null: nothing of that kind. */
  readonly retryAtMs: number | null;
}

const job = fields({
  id: text,
  state: text,
  last: orNull(fields({ kind: text })),
  reason: orNull(text),
  retryAtMs: orNull(number),
} satisfies Record<keyof JobView, Check>);
export function isJobs(value: unknown): value is { readonly jobs: readonly JobView[] } {
  return fields({ jobs: listOf(job) })(value);
}

export function isJob(value: unknown): value is { readonly job: JobView } {
  return fields({ job })(value);
}

export function isWordTable(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every(text);
}
