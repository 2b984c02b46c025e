/**
 * Uploads: a large file sent in parts, put together in the order that the client names at the end.
 * Source: OpenAI API reference, uploads; wire reference §1.3. The `md5` of the end is not looked at.
 */
import { isRecord } from '@spillway/protocol';
import { inWords } from '../json.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { expiryFields, lifeOf, secondsAt } from './expiry.ts';
import { FILE_BYTES_MAX, type FilePurpose, FileShelf, purposeIn, type StoredFile, shownFile } from './files.ts';
import { fieldsOf, pathService } from './paths.ts';
import { isRefusal, missing, notFoundWithId, type Refusal, refusalOf, storeFull, wrongField } from './refusals.ts';
import { Shelf } from './shelf.ts';

/** One part. Bytes. */
export const PART_BYTES_MAX = 64 * 1024 * 1024;
/** Of one upload: 512 MB come in 8 parts of the largest size. */
export const UPLOAD_PARTS_MAX = 1_000;
/** An upload that is not completed by then is gone. Seconds. */
const UPLOAD_SECONDS_MAX = 3600;

interface Upload {
  readonly id: string;
  readonly object: 'upload';
  readonly filename: string;
  readonly purpose: FilePurpose;
  /** As announced. */
  readonly bytes: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly status: 'pending' | 'completed' | 'cancelled';
  /** Seconds that the file will live; null: for ever. */
  readonly life: number | null;
  /** Ids of the parts that have come. */
  readonly parts: readonly string[];
  readonly file: StoredFile | null;
}

interface Part {
  readonly id: string;
  readonly object: 'upload.part';
  readonly created_at: number;
  readonly upload_id: string;
}

function isUpload(value: unknown): value is Upload {
  return isRecord(value) && value.object === 'upload' && Array.isArray(value.parts);
}

function isPart(value: unknown): value is Part {
  return isRecord(value) && value.object === 'upload.part';
}

export function uploadsService(premises: Premises): Service {
  const desk = new UploadDesk(premises);
  return pathService({
    'POST uploads': (call) => desk.create(call),
    'POST uploads/{}/parts': (call, id) => desk.add(call, id),
    'POST uploads/{}/complete': (call, id) => desk.complete(call, id),
    'POST uploads/{}/cancel': ({ nowMs }, id) => desk.cancel(id, nowMs),
  });
}

class UploadDesk {
  readonly #uploads: Shelf<Upload>;
  readonly #parts: Shelf<Part>;
  readonly #files: FileShelf;
  readonly #ids: Premises['ids'];

  constructor(premises: Premises) {
    this.#uploads = new Shelf(premises.store, 'upload', isUpload);
    this.#parts = new Shelf(premises.store, 'upload.part', isPart);
    this.#files = new FileShelf(premises);
    this.#ids = premises.ids;
  }

  create(call: ServiceCall): object {
    const asked = askedUpload(call);
    if (isRefusal(asked)) return asked;
    this.#dropExpired(call.nowMs);
    const created = secondsAt(call.nowMs);
    const upload: Upload = {
      id: this.#uploads.freshId(() => this.#ids.file('upload_')),
      object: 'upload',
      ...asked,
      created_at: created,
      expires_at: created + UPLOAD_SECONDS_MAX,
      status: 'pending',
      parts: [],
      file: null,
    };
    return this.#uploads.put(upload, call.nowMs) === 'kept' ? shownUpload(upload) : storeFull('uploads');
  }

  add({ form, nowMs }: ServiceCall, id: string): object {
    const upload = this.#pending(id, nowMs);
    if (isRefusal(upload)) return upload;
    const data = form?.find(({ name }) => name === 'data');
    if (data === undefined) return missing('data');
    if (data.bytes.length > PART_BYTES_MAX) return wrongField('data', `a part has at most ${PART_BYTES_MAX} bytes`);
    if (upload.parts.length >= UPLOAD_PARTS_MAX) {
      return wrongField('data', `an upload has at most ${UPLOAD_PARTS_MAX} parts; send larger ones`);
    }
    const part: Part = {
      id: this.#parts.freshId(() => this.#ids.file('part_')),
      object: 'upload.part',
      created_at: secondsAt(nowMs),
      upload_id: id,
    };
    if (this.#parts.put(part, nowMs, { bytes: data.bytes }) === 'full') return storeFull('parts of uploads');
    this.#uploads.put({ ...upload, parts: [...upload.parts, part.id] }, nowMs);
    return part;
  }

  complete(call: ServiceCall, id: string): object {
    const { nowMs } = call;
    const upload = this.#pending(id, nowMs);
    if (isRefusal(upload)) return upload;
    const content = this.#joined(upload, call);
    if (isRefusal(content)) return content;
    // First, so that the contents are not counted twice.
    this.#removeParts(upload);
    const { purpose, filename, life } = upload;
    const file = this.#files.add({ purpose, filename, content, life }, nowMs);
    if (isRefusal(file)) {
      this.#end(upload, 'cancelled', nowMs, null);
      return file;
    }
    return shownUpload(this.#end(upload, 'completed', nowMs, file));
  }

  cancel(id: string, nowMs: number): object {
    const upload = this.#pending(id, nowMs);
    if (isRefusal(upload)) return upload;
    this.#removeParts(upload);
    return shownUpload(this.#end(upload, 'cancelled', nowMs, null));
  }

  #end(upload: Upload, status: Upload['status'], nowMs: number, file: StoredFile | null): Upload {
    const ended: Upload = { ...upload, status, parts: [], file };
    this.#uploads.put(ended, nowMs);
    return ended;
  }

  /** The contents in the order named. */
  #joined({ id, bytes, parts }: Upload, call: ServiceCall): Uint8Array | Refusal {
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const named: unknown = fields.part_ids;
    if (!Array.isArray(named)) return missing('part_ids');
    if (new Set(named).size !== named.length) return wrongField('part_ids', 'each part is named once');
    const strange = named.find((part) => !parts.includes(part));
    if (strange !== undefined)
      return wrongField('part_ids', `the upload ${id} has no part ${inWords(strange).slice(0, 60)}`);
    const contents = named.map((part) => this.#parts.bytes(String(part)) ?? new Uint8Array());
    const sum = contents.reduce((total, content) => total + content.length, 0);
    if (sum !== bytes) return wrongField('part_ids', `the parts have ${sum} bytes, but ${bytes} were announced`);
    const whole = new Uint8Array(sum);
    let at = 0;
    for (const content of contents) {
      whole.set(content, at);
      at += content.length;
    }
    return whole;
  }

  #pending(id: string, nowMs: number): Upload | Refusal {
    this.#dropExpired(nowMs);
    const upload = this.#uploads.get(id);
    if (upload === null) return notFoundWithId('upload', id);
    if (upload.status === 'pending') return upload;
    return refusalOf(400, `The upload '${id}' is ${upload.status}; create another one.`, { code: 'invalid_status' });
  }

  /** Uploads that are over are of no use after their hour either. */
  #dropExpired(nowMs: number): void {
    for (const upload of this.#uploads.list()) {
      if (upload.expires_at > secondsAt(nowMs)) continue;
      this.#removeParts(upload);
      this.#uploads.remove(upload.id);
    }
  }

  #removeParts({ parts }: Upload): void {
    for (const part of parts) this.#parts.remove(part);
  }
}

function shownUpload({ parts: _parts, life: _life, file, ...upload }: Upload): object {
  return { ...upload, file: file === null ? null : shownFile(file) };
}

function askedUpload(call: ServiceCall): Pick<Upload, 'filename' | 'purpose' | 'bytes' | 'life'> | Refusal {
  const fields = fieldsOf(call);
  if (isRefusal(fields)) return fields;
  const { filename, bytes, mime_type } = fields;
  if (typeof filename !== 'string' || filename === '') return missing('filename');
  if (typeof mime_type !== 'string') return missing('mime_type');
  const purpose = purposeIn(fields.purpose);
  if (isRefusal(purpose)) return purpose;
  if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes < 1 || bytes > FILE_BYTES_MAX) {
    return wrongField('bytes', `it must be an integer from 1 to ${FILE_BYTES_MAX}`);
  }
  const life = lifeOf(expiryFields(fields), 'expires_after');
  if (typeof life === 'object' && life !== null) return life;
  return { filename, purpose: purpose.name, bytes, life };
}
