/** Rows of a database as the interface's types: each column is checked when it is read, since anybody may have written it. */
import type { Chunk } from '@spillway/rag';
import type { ConversationCounts, ConversationRow, DocumentRow, Share, TurnRow } from './store.ts';
import { feedbackOf } from './turns.ts';

export type Row = Readonly<Record<string, unknown>>;

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`column ${column} holds no text`);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

export function countOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`column ${column} holds no number`);
  return value;
}

function countOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : countOf(row, column);
}

export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new Error(`column ${column} holds no bytes`);
  return value;
}

/** A list of strings: as the driver gives it, or as JSON. */
function listOf(row: Row, column: string): readonly string[] {
  const kept = row[column];
  const value: unknown = Array.isArray(kept) ? kept : JSON.parse(textOf(row, column));
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new Error(`column ${column} holds no list of texts`);
  }
  return value;
}

export function documentOf(row: Row): DocumentRow {
  return {
    id: textOf(row, 'id'),
    path: textOf(row, 'path'),
    title: textOf(row, 'title'),
    category: textOrNull(row, 'category'),
    language: textOrNull(row, 'language'),
    hash: textOf(row, 'hash'),
    mediaType: textOf(row, 'mediaType'),
    bytes: countOf(row, 'bytes'),
    pages: countOrNull(row, 'pages'),
    chunks: countOf(row, 'chunks'),
    owner: textOrNull(row, 'owner'),
    access: { users: listOf(row, 'users'), groups: listOf(row, 'groups') },
    indexedMs: countOf(row, 'indexedMs'),
  };
}

/** Where a document is kept: it is not made from the file. */
export interface Place {
  readonly folder: string | null;
  readonly category: string | null;
}

export function chunkOf(row: Row, index: number): Chunk {
  return {
    index,
    text: textOf(row, 'text'),
    headings: listOf(row, 'headings'),
    pageFrom: countOrNull(row, 'pageFrom'),
    pageTo: countOrNull(row, 'pageTo'),
    start: countOf(row, 'start'),
    end: countOf(row, 'end'),
  };
}

export function conversationOf(row: Row): ConversationRow {
  return {
    id: textOf(row, 'id'),
    user: textOrNull(row, 'user'),
    title: textOf(row, 'title'),
    isPinned: row.isPinned === true || row.isPinned === 1,
    createdMs: countOf(row, 'createdMs'),
    changedMs: countOf(row, 'changedMs'),
  };
}

export function countsOf(row: Row): ConversationCounts {
  return {
    conversations: countOf(row, 'conversations'),
    questions: countOf(row, 'questions'),
    rated: countOf(row, 'rated'),
    shared: countOf(row, 'shared'),
  };
}

export function shareOf(row: Row): Share {
  return { link: textOf(row, 'link'), sharedMs: countOf(row, 'sharedMs') };
}

export function turnOf(row: Row): TurnRow {
  return {
    id: textOf(row, 'id'),
    conversation: textOf(row, 'conversation'),
    replaces: textOrNull(row, 'replaces'),
    question: textOf(row, 'question'),
    answer: textOf(row, 'answer'),
    details: textOf(row, 'details'),
    feedback: feedbackOf(textOrNull(row, 'feedback')),
    createdMs: countOf(row, 'createdMs'),
  };
}
