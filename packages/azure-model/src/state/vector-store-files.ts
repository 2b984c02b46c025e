/** The files of vector stores, one by one and in batches. Source: OpenAI API reference, vector store files and file batches. */
import type { Premises, ServiceCall } from '../service.ts';
import { utf8Length } from '../utf8.ts';
import { type Attributes, attributesOf } from './attributes.ts';
import { type Chunking, chunkingOf, FILE_TOKENS_MAX, isTooLong, textIn } from './chunks.ts';
import { secondsAt } from './expiry.ts';
import { FileShelf } from './files.ts';
import { pageOf } from './listing.ts';
import { fieldsOf, type PathTable } from './paths.ts';
import {
  isRefusal,
  missing,
  notAmong,
  notFoundWithId,
  type Refusal,
  refusalOf,
  storeFull,
  wrongField,
} from './refusals.ts';
import {
  countsOf,
  type FilesBatch,
  keyOf,
  readyAt,
  statusOf,
  type VectorShelves,
  type VectorStoreFile,
} from './vector-shelf.ts';

/** Files of one batch. Source: OpenAI API reference, vector store file batches. */
export const BATCH_FILES_MAX = 500;

const STATUSES = ['in_progress', 'completed', 'failed', 'cancelled'] as const;

interface NewFile {
  readonly fileId: string;
  readonly chunking: Chunking;
  readonly attributes: Attributes | null;
  readonly batch: string | null;
}

export class VectorFileDesk {
  readonly #shelves: VectorShelves;
  readonly #files: FileShelf;
  readonly #ids: Premises['ids'];
  readonly paths: PathTable;

  constructor(premises: Premises, shelves: VectorShelves) {
    this.#shelves = shelves;
    this.#files = new FileShelf(premises);
    this.#ids = premises.ids;
    this.paths = {
      'POST vector_stores/{}/files': (call, id) => this.#add(call, id),
      'GET vector_stores/{}/files': (call, id) => this.#list(call, id, null),
      'GET vector_stores/{}/files/{}': ({ nowMs }, id, file) => this.#one(id, file, (each) => shownFile(each, nowMs)),
      'POST vector_stores/{}/files/{}': (call, id, file) => this.#one(id, file, (each) => this.#change(call, each)),
      'DELETE vector_stores/{}/files/{}': (_call, id, file) => this.#one(id, file, (each) => this.#remove(each)),
      'GET vector_stores/{}/files/{}/content': (_call, id, file) => this.#one(id, file, (each) => this.#content(each)),
      'POST vector_stores/{}/file_batches': (call, id) => this.#addBatch(call, id),
      'GET vector_stores/{}/file_batches/{}': ({ nowMs }, id, batch) =>
        this.#batch(id, batch, (each) => this.#shownBatch(each, nowMs)),
      'POST vector_stores/{}/file_batches/{}/cancel': ({ nowMs }, id, batch) =>
        this.#batch(id, batch, (each) => this.#cancel(each, nowMs)),
      'GET vector_stores/{}/file_batches/{}/files': (call, id, batch) =>
        this.#batch(id, batch, () => this.#list(call, id, batch)),
    };
  }

  /** The refusal of those of these files that there are not; null where all are there. */
  absent(ids: readonly string[], nowMs: number): Refusal | null {
    const strange = ids.filter((id) => this.#files.get(id, nowMs) === null);
    return strange.length === 0 ? null : refusalOf(404, `Files [${strange.join(', ')}] were not found`);
  }

  put(storeId: string, { fileId, chunking, attributes, batch }: NewFile, nowMs: number): VectorStoreFile | Refusal {
    const content = this.#files.content(fileId);
    const file: VectorStoreFile = {
      id: keyOf(storeId, fileId),
      object: 'vector_store.file',
      file_id: fileId,
      vector_store_id: storeId,
      created_at: secondsAt(nowMs),
      chunking,
      attributes,
      ...readingOf(content),
      readyMs: readyAt(content.length, nowMs),
      cancelled: false,
      batch,
    };
    if (this.#shelves.files.put(file, nowMs) === 'full') return storeFull('files of vector stores');
    const store = this.#shelves.stores.get(storeId);
    if (store !== null) this.#shelves.stores.put({ ...store, last_active_at: secondsAt(nowMs) }, nowMs);
    return file;
  }

  #add(call: ServiceCall, id: string): object {
    if (this.#shelves.stores.get(id) === null) return notFoundWithId('vector store', id);
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const asked = this.#asked(fields, null, call.nowMs);
    if (isRefusal(asked)) return asked;
    const file = this.put(id, asked, call.nowMs);
    return isRefusal(file) ? file : shownFile(file, call.nowMs);
  }

  #asked(fields: Readonly<Record<string, unknown>>, batch: string | null, nowMs: number): NewFile | Refusal {
    const { file_id: fileId } = fields;
    if (typeof fileId !== 'string') return missing('file_id');
    const chunking = chunkingOf(fields.chunking_strategy);
    if (isRefusal(chunking)) return chunking;
    const attributes = attributesOf(fields.attributes);
    if (attributes !== null && isRefusal(attributes)) return attributes;
    return this.absent([fileId], nowMs) ?? { fileId, chunking, attributes, batch };
  }

  #list({ query, nowMs }: ServiceCall, id: string, batch: string | null): object {
    if (this.#shelves.stores.get(id) === null) return notFoundWithId('vector store', id);
    const filter = query('filter');
    if (filter !== null && !STATUSES.some((status) => status === filter)) return notAmong('filter', filter, STATUSES);
    const files = this.#filesOf(id)
      .filter((file) => batch === null || file.batch === batch)
      .filter((file) => filter === null || statusOf(file, nowMs) === filter);
    return pageOf(
      files.map((file) => shownFile(file, nowMs)),
      query,
    );
  }

  #filesOf(storeId: string): readonly VectorStoreFile[] {
    return this.#shelves.files.list().filter(({ vector_store_id }) => vector_store_id === storeId);
  }

  #one(storeId: string, fileId: string, then: (file: VectorStoreFile) => object): object {
    if (this.#shelves.stores.get(storeId) === null) return notFoundWithId('vector store', storeId);
    const file = this.#shelves.files.get(keyOf(storeId, fileId));
    if (file !== null) return then(file);
    return refusalOf(404, `No file found with id '${fileId}' in vector store '${storeId}'.`);
  }

  #change(call: ServiceCall, file: VectorStoreFile): object {
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const attributes = attributesOf(fields.attributes);
    if (attributes !== null && isRefusal(attributes)) return attributes;
    const changed = { ...file, attributes };
    this.#shelves.files.put(changed, call.nowMs);
    return shownFile(changed, call.nowMs);
  }

  #remove({ id, file_id }: VectorStoreFile): object {
    this.#shelves.files.remove(id);
    return { id: file_id, object: 'vector_store.file.deleted', deleted: true };
  }

  #content({ file_id }: VectorStoreFile): object {
    const data = [{ type: 'text', text: textIn(this.#files.content(file_id)) }];
    return { object: 'vector_store.file_content.page', data, has_more: false, next_page: null };
  }

  #addBatch(call: ServiceCall, storeId: string): object {
    if (this.#shelves.stores.get(storeId) === null) return notFoundWithId('vector store', storeId);
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const id = this.#shelves.batches.freshId(() => this.#ids.file('vsfb_'));
    const asked = this.#askedFiles(fields, id, call.nowMs);
    if (isRefusal(asked)) return asked;
    const batch: FilesBatch = {
      id,
      object: 'vector_store.files_batch',
      vector_store_id: storeId,
      created_at: secondsAt(call.nowMs),
      cancelled: false,
    };
    if (this.#shelves.batches.put(batch, call.nowMs) === 'full') return storeFull('batches of files');
    for (const file of asked) {
      const added = this.put(storeId, file, call.nowMs);
      if (isRefusal(added)) return added;
    }
    return this.#shownBatch(batch, call.nowMs);
  }

  /** Each with settings of its own (`files`), or all with the same (`file_ids`). */
  #askedFiles(fields: Readonly<Record<string, unknown>>, batch: string, nowMs: number): readonly NewFile[] | Refusal {
    const { files, file_ids, ...common } = fields;
    const given: readonly unknown[] = Array.isArray(files)
      ? files
      : Array.isArray(file_ids)
        ? file_ids.map((file_id: unknown) => ({ ...common, file_id }))
        : [];
    if (given.length === 0) return missing('file_ids');
    if (given.length > BATCH_FILES_MAX) return wrongField('file_ids', `a batch has at most ${BATCH_FILES_MAX} files`);
    const asked = new Map<string, NewFile>();
    for (const each of given) {
      const own = typeof each === 'object' && each !== null ? { ...each } : {};
      const file = this.#asked(own, batch, nowMs);
      if (isRefusal(file)) return file;
      asked.set(file.fileId, file);
    }
    return [...asked.values()];
  }

  #batch(storeId: string, batchId: string, then: (batch: FilesBatch) => object): object {
    const batch = this.#shelves.batches.get(batchId);
    if (batch !== null && batch.vector_store_id === storeId) return then(batch);
    return notFoundWithId('file batch', batchId);
  }

  #cancel(batch: FilesBatch, nowMs: number): object {
    for (const file of this.#filesOf(batch.vector_store_id)) {
      if (file.batch !== batch.id || statusOf(file, nowMs) !== 'in_progress') continue;
      this.#shelves.files.put({ ...file, cancelled: true }, nowMs);
    }
    const cancelled = { ...batch, cancelled: true };
    this.#shelves.batches.put(cancelled, nowMs);
    return this.#shownBatch(cancelled, nowMs);
  }

  #shownBatch({ cancelled, ...batch }: FilesBatch, nowMs: number): object {
    const counts = countsOf(
      this.#filesOf(batch.vector_store_id).filter((file) => file.batch === batch.id),
      nowMs,
    );
    const status = cancelled ? 'cancelled' : counts.in_progress > 0 ? 'in_progress' : 'completed';
    return { ...batch, status, file_counts: counts };
  }
}

type Reading = Pick<VectorStoreFile, 'usage_bytes' | 'last_error'>;

/** Of a content in memory, for as long as it is there: many stores may have the same file, and to read a large one takes a second. */
const readings = new WeakMap<Uint8Array, Reading>();

function readingOf(content: Uint8Array): Reading {
  const known = readings.get(content);
  if (known !== undefined) return known;
  const text = textIn(content);
  const reading = { usage_bytes: utf8Length(text), last_error: problemOf(text) };
  readings.set(content, reading);
  return reading;
}

/** The texts are guesses. */
function problemOf(text: string): VectorStoreFile['last_error'] {
  if (text.trim() === '') return { code: 'invalid_file', message: 'The file holds no text.' };
  if (!isTooLong(text)) return null;
  return { code: 'invalid_file', message: `The file has more than ${FILE_TOKENS_MAX} tokens.` };
}

function shownFile(file: VectorStoreFile, nowMs: number): { readonly id: string } {
  const { object, vector_store_id, created_at, attributes } = file;
  const status = statusOf(file, nowMs);
  const shown = {
    id: file.file_id,
    object,
    vector_store_id,
    created_at,
    status,
    attributes,
    usage_bytes: status === 'completed' ? file.usage_bytes : 0,
    last_error: status === 'failed' ? file.last_error : null,
    chunking_strategy: { type: 'static', static: file.chunking },
  };
  return shown;
}
