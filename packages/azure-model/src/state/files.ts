/**
 * Files: sent as a form, kept as they came, read again byte for byte. Batches, uploads and vector stores use the same shelf.
 * Source: wire reference §1.3, §1.4; Azure's v1 specification, `files`; guide to batches for the shape of ids.
 */
import { isRecord } from '@spillway/protocol';
import type { Ids } from '../ids.ts';
import { bytesOf } from '../reply.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { expiryFields, lifeOf, secondsAt } from './expiry.ts';
import { type ListingRules, pageOf } from './listing.ts';
import { fieldsOf, pathService } from './paths.ts';
import {
  isRefusal,
  missing,
  noSuchFile,
  notAmong,
  type Refusal,
  refusalOf,
  storeFull,
  wrongField,
} from './refusals.ts';
import { Shelf } from './shelf.ts';
import type { Store } from './store.ts';

/** One file. Source: limits page of Azure OpenAI ("maximum size of files", 512 MB for assistants and fine-tuning). Bytes. */
export const FILE_BYTES_MAX = 512 * 1024 * 1024;

const PURPOSES = ['assistants', 'batch', 'fine-tune', 'evals', 'user_data', 'vision'] as const;
export type FilePurpose = (typeof PURPOSES)[number] | 'batch_output' | 'assistants_output' | 'fine-tune-results';

/** As it is kept. */
export interface StoredFile {
  readonly id: string;
  readonly object: 'file';
  readonly purpose: string;
  readonly filename: string;
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly expires_at: number | null;
}

function isFile(value: unknown): value is StoredFile {
  return isRecord(value) && value.object === 'file' && typeof value.filename === 'string';
}

export interface NewFile {
  readonly purpose: FilePurpose;
  readonly filename: string;
  readonly content: Uint8Array;
  /** Seconds from now; null: for ever. */
  readonly life: number | null;
}

/** All files of a resource. */
export class FileShelf {
  readonly #shelf: Shelf<StoredFile>;
  readonly #ids: Ids;

  constructor({ store, ids }: { readonly store: Store; readonly ids: Ids }) {
    this.#shelf = new Shelf(store, 'file', isFile);
    this.#ids = ids;
  }

  get(id: string, nowMs: number): StoredFile | null {
    const file = this.#shelf.get(id);
    return file === null || this.#hasExpired(file, nowMs) ? null : file;
  }

  /** Empty where there is no such file. */
  content(id: string): Uint8Array {
    return this.#shelf.bytes(id) ?? new Uint8Array();
  }

  /** Oldest first. */
  list(nowMs: number): readonly StoredFile[] {
    return this.#shelf.list().filter((file) => !this.#hasExpired(file, nowMs));
  }

  /** @returns a refusal where the store is full. */
  add(asked: NewFile, nowMs: number): StoredFile | Refusal {
    const { purpose, filename, content, life } = asked;
    const created = secondsAt(nowMs);
    const file: StoredFile = {
      id: this.#shelf.freshId(() => idOf(this.#ids, purpose)),
      object: 'file',
      purpose,
      filename,
      bytes: content.length,
      created_at: created,
      expires_at: life === null ? null : created + life,
    };
    if (this.#shelf.put(file, nowMs, { bytes: content }) === 'kept') return file;
    // Those that have expired are only noticed when somebody looks.
    this.list(nowMs);
    return this.#shelf.put(file, nowMs, { bytes: content }) === 'kept' ? file : storeFull('files');
  }

  remove(id: string): boolean {
    return this.#shelf.remove(id);
  }

  #hasExpired({ id, expires_at }: StoredFile, nowMs: number): boolean {
    if (expires_at === null || secondsAt(nowMs) < expires_at) return false;
    this.#shelf.remove(id);
    return true;
  }
}

/**
 * `assistant-1YGVTvNzc2JXajI5JU9F0HMD` for assistants (MicrosoftDocs/azure-docs #119636), a GUID with dashes for what a batch writes, and
 * without them for the rest (guide to batches).
 */
function idOf(ids: Ids, purpose: FilePurpose): string {
  if (purpose === 'assistants' || purpose === 'assistants_output') return ids.short('assistant-');
  return purpose === 'batch_output' ? `file-${ids.guid()}` : ids.file('file-');
}

/** As clients get it. */
export function shownFile(file: StoredFile, status: 'processed' | 'pending' = 'processed'): object {
  const { expires_at, ...rest } = file;
  return { ...rest, status, status_details: null, ...(expires_at === null ? {} : { expires_at }) };
}

/** All of them, where the client does not say. Source: OpenAI API reference, list files. */
const LISTING: ListingRules = { limit: 10_000, limitMax: 10_000, order: 'desc' };

export function filesService(premises: Premises): Service {
  const files = new FileShelf(premises);
  return pathService({
    'POST files': (call) => {
      const asked = askedFile(call);
      const file = isRefusal(asked) ? asked : files.add(asked, call.nowMs);
      return isRefusal(file) ? file : shownFile(file, statusAtFirst(call));
    },
    'GET files': ({ query, nowMs }) => {
      const purpose = query('purpose');
      const wanted = files.list(nowMs).filter((file) => purpose === null || file.purpose === purpose);
      const page = pageOf(wanted, query, LISTING);
      return isRefusal(page) ? page : { ...page, data: page.data.map((file) => shownFile(file)) };
    },
    'GET files/{}': ({ nowMs }, id) => {
      const file = files.get(id, nowMs);
      return file === null ? noSuchFile(id) : shownFile(file);
    },
    'DELETE files/{}': ({ nowMs }, id) => {
      if (files.get(id, nowMs) === null) return noSuchFile(id);
      files.remove(id);
      return { id, object: 'file', deleted: true };
    },
    'GET files/{}/content': (call, id) => {
      if (files.get(id, call.nowMs) === null) return noSuchFile(id);
      return bytesOf(files.content(id), 'application/octet-stream', call.headers, call.deployment, 0);
    },
  });
}

/** Versions of 2024 look at a file after they have answered; the next look finds it processed. */
function statusAtFirst({ dialect, apiVersion }: ServiceCall): 'processed' | 'pending' {
  return dialect !== 'v1' && apiVersion < '2025' ? 'pending' : 'processed';
}

function askedFile(call: ServiceCall): NewFile | Refusal {
  const { form } = call;
  if (form === null)
    return refusalOf(400, 'A file is sent as a form (multipart/form-data) with the parts purpose and file.');
  const part = form.find(({ name }) => name === 'file');
  if (part === undefined) return missing('file');
  const fields = fieldsOf(call);
  if (isRefusal(fields)) return fields;
  const purpose = purposeIn(fields.purpose);
  if (isRefusal(purpose)) return purpose;
  if (part.bytes.length > FILE_BYTES_MAX) return wrongField('file', `it has more than ${FILE_BYTES_MAX} bytes`);
  const life = lifeOf(expiryFields(fields), 'expires_after');
  if (typeof life === 'object' && life !== null) return life;
  return { purpose: purpose.name, filename: part.filename ?? 'file', content: part.bytes, life };
}

export function purposeIn(given: unknown): { readonly name: FilePurpose } | Refusal {
  if (given === undefined) return missing('purpose');
  const name = PURPOSES.find((each) => each === given);
  return name === undefined ? notAmong('purpose', given, PURPOSES) : { name };
}
