/** What must be known of a body that goes into a file: of a form while it comes, of JSON when all of it is there. */
import { boundaryOf, FormScan, idSpans, type Span, scanBody } from '@spillway/protocol';
import { cacheKeyOf } from '../need/cache-key.ts';
import type { Seen } from './body.ts';

/** A longer JSON body is not read back into memory to be looked into, and refused. Azure takes none so long. Bytes. */
export const JSON_BYTES_MAX = 64 * 1024 * 1024;
/** Kept of a body's beginning. Bytes. */
const HEAD_BYTES_MAX = 4_096;

/** Every sealed id has it. */
const MARK = Buffer.from('swA');
const EMPTY = Buffer.alloc(0);
const NOTHING = { json: null, form: null, model: EMPTY, ids: [], isMarked: false, cacheKey: null };

export interface Described {
  /** `content-type` of the request. */
  readonly type: string | undefined;
  /** Compressed: nothing can be read of it. */
  readonly isEncoded: boolean;
}

export class Look {
  readonly #form: FormScan | null;
  readonly #isReadable: boolean;
  /** Whether its type says that it is JSON. */
  readonly saysJson: boolean;
  #head = EMPTY;

  constructor({ type, isEncoded }: Described) {
    const boundary = isEncoded ? null : boundaryOf(type);
    this.#form = boundary === null ? null : new FormScan(boundary);
    this.#isReadable = !isEncoded && boundary === null;
    this.saysJson = this.#isReadable && type !== undefined && /json/i.test(type);
  }

  /** Whether it is to be looked into as JSON, when all of it has come. */
  get isJson(): boolean {
    return this.saysJson || (this.#isReadable && /^[ \t\r\n]*\{/.test(this.#head.toString('latin1')));
  }

  add(chunk: Buffer): void {
    this.#form?.add(chunk);
    const missing = HEAD_BYTES_MAX - this.#head.length;
    if (missing > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, missing)]);
  }

  /** @param json the whole body where it `isJson` and short enough. */
  seen(json: Buffer | null): Seen {
    if (json !== null) return seenJson(json, this.#head);
    const { facts, model } = this.#form ?? { facts: null, model: EMPTY };
    return { ...NOTHING, form: facts, model: Buffer.from(model), head: this.#head };
  }
}

function seenJson(bytes: Buffer, head: Buffer): Seen {
  const json = scanBody(bytes);
  const ids = idSpans(bytes);
  const last: Span = json?.model.at(-1) ?? { start: 0, end: 0 };
  // A copy: what points into the body would keep all of it.
  const model = Buffer.from(bytes.subarray(last.start, last.end));
  const cacheKey = json === null ? null : cacheKeyOf(bytes, json.ask);
  return { json, form: null, model, ids, isMarked: bytes.includes(MARK), cacheKey, head };
}
