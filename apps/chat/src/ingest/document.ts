/** One file into the store: whole, or not at all. Whatever goes wrong with it is told and leaves what was there before. */
import { createHash } from 'node:crypto';
import { textForRanking } from '@spillway/rag';
import { type Access, type DocumentStore, type NewDocument, StoreError } from '../store/store.ts';
import { type EmbedParts, type EmbedTold, embedAll } from './embed.ts';
import type { Embedder } from './embedder.ts';
import type { FileFailureCode, FileOutcome } from './progress.ts';
import { CUT_VERSION } from './read.ts';
import type { DocumentReader, ReadAnswer } from './reading.ts';
import { EVERYBODY, type Source } from './source.ts';

export interface IngestParts extends Omit<EmbedParts, 'embedder'> {
  readonly store: Pick<DocumentStore, 'byPath' | 'put'>;
  readonly reader: DocumentReader;
  /** null: text search only. */
  readonly embedder: Embedder | null;
}

export interface DocumentTold extends EmbedTold {
  /** So many chunks were made. */
  cut(chunks: number): void;
}

export async function ingestDocument(source: Source, parts: IngestParts, told: DocumentTold): Promise<FileOutcome> {
  try {
    return await ingestOrThrow(source, parts, told);
  } catch (error) {
    // Of a store's error the text is made for people; of anything else only that it happened.
    if (error instanceof StoreError) return failed(source, 'store', error.message);
    return failed(source, 'inside', 'failed inside the index; nothing was changed');
  }
}

async function ingestOrThrow(source: Source, parts: IngestParts, told: DocumentTold): Promise<FileOutcome> {
  const { store, reader, embedder } = parts;
  const loaded = await source.load();
  if (loaded.kind === 'refused') return failed(source, 'notTaken', loaded.message);
  const { bytes } = loaded;
  const hash = source.again ?? hashOf(bytes, source, embedder?.model ?? null);
  const before = await store.byPath(source.path);
  if (source.again === undefined && before?.hash === hash)
    return { kind: 'unchanged', path: source.path, id: before.id };
  const answer = await reader.read(source.path, bytes);
  if (answer.kind === 'refused') return failed(source, answer.refusal, answer.message);
  told.cut(answer.chunks.length);
  const vectors = await vectorsOf(answer, parts, told);
  if (parts.signal.aborted) return failed(source, 'stopped', 'stopped');
  if (typeof vectors === 'string') return failed(source, 'embedding', vectors);
  // Asked last: what was removed or replaced since is not to come back.
  if (source.again !== undefined && (await store.byPath(source.path))?.hash !== source.again)
    return failed(source, 'notTaken', 'was removed or replaced in the meantime; nothing was changed');
  const document = newDocument(source, { answer, vectors, bytes, hash, indexedMs: parts.clock.nowMs() });
  const id = await store.put(document, embedder?.model ?? null);
  return { kind: 'indexed', path: source.path, id, chunks: answer.chunks.length, notes: answer.notes };
}

type Read = Extract<ReadAnswer, { readonly kind: 'read' }>;

/** @returns why not, as a text. */
async function vectorsOf(
  { chunks, title }: Read,
  parts: IngestParts,
  told: EmbedTold,
): Promise<readonly Float32Array[] | null | string> {
  const { embedder } = parts;
  if (embedder === null) return null;
  const texts = chunks.map((chunk) => textForRanking(chunk, title));
  const answer = await embedAll(texts, { ...parts, embedder }, told);
  return answer.kind === 'vectors' ? answer.vectors : answer.message;
}

interface Made {
  readonly answer: Read;
  readonly vectors: readonly Float32Array[] | null;
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly indexedMs: number;
}

function newDocument(source: Source, { answer, vectors, bytes, hash, indexedMs }: Made): NewDocument {
  const { title, language, pages, mediaType, front, text, chunks } = answer;
  return {
    path: source.path,
    title,
    category: source.category ?? front.category,
    language,
    hash,
    mediaType,
    bytes: bytes.length,
    pages,
    owner: source.owner,
    access: source.access ?? seenByOwner(front.access, source.owner) ?? EVERYBODY,
    indexedMs,
    chunks: chunks.map((chunk, i) => ({ ...chunk, vector: vectors?.[i] ?? null })),
    original: bytes,
    text,
    ...(source.again === undefined ? {} : { isAnew: true }),
  };
}

/** Whoever uploads a document that closes itself to others still sees it. */
function seenByOwner(access: Access | null, owner: string | null): Access | null {
  if (access === null || owner === null || access.users.length + access.groups.length === 0) return access;
  return { users: [...new Set([...access.users, owner])], groups: access.groups };
}

/** Of the file, and of all else that decides what is stored of it: who may see it, how it was cut, by which model it was embedded. */
function hashOf(bytes: Uint8Array, { category, access, owner }: Source, model: string | null): string {
  const rest = JSON.stringify([CUT_VERSION, model, category, access, owner]);
  return createHash('sha256').update(bytes).update('\0').update(rest).digest('hex');
}

function failed({ path }: Source, code: FileFailureCode, reason: string): FileOutcome {
  return { kind: 'failed', path, code, reason };
}
