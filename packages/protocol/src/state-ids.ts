/**
 * Ids of what a resource keeps (wire §1.6): where they stand in a path and in a JSON text, found without parsing it, so that each can
 * be put back as another one and every other byte stays. Text inside of values is never touched: only whole values of keys that name ids.
 */
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  type Span,
  stringEnd,
} from './json-text.ts';

/** An id where it stands: its characters, without quotes. */
export interface IdSpan extends Span {
  /** id: names an object. encrypted: contents that only the resource that made them can read. */
  readonly kind: 'id' | 'encrypted';
  readonly text: string;
}

/** `resp_68…`, `file-abc`, `batch_output-1f…`: a prefix in small letters, then what the resource drew. Characters of a path segment alone. */
const ID = /^[a-z]+(?:_[a-z]+)*[-_][A-Za-z0-9][A-Za-z0-9_.-]{5,}$/;
const PREFIX = /^[a-z]+(?:_[a-z]+)*[-_](?=[A-Za-z0-9])/;
/** Longest id that is looked at; a sealed one has some 150. Characters. */
const ID_CHARS_MAX = 512;

/** Whether it has the form of an id; also of a sealed one. */
export function isStateId(text: string): boolean {
  return text.length <= ID_CHARS_MAX && ID.test(text);
}

/** What tells what an id names: `resp_`, `file-`; '' where it has none. */
export function idPrefix(id: string): string {
  return PREFIX.exec(id)?.[0] ?? '';
}

const ENCRYPTED = 'encrypted_content';
/** Keys of ids that are no resource's: the client's own, a call within an answer, a request's. */
const NOT_OWNED: ReadonlySet<string> = new Set([
  'call_id',
  'tool_call_id',
  'custom_id',
  'event_id',
  'request_id',
  'client_request_id',
  'safety_identifier',
  'organization_id',
  'project_id',
  'model_id',
  'user_id',
]);
/** Keys whose value, where it is a text, is an id. */
const NAMED: ReadonlySet<string> = new Set([
  'id',
  'conversation',
  'container',
  'training_file',
  'validation_file',
  'result_files',
  'file',
]);

/** @returns null for a key whose value names nothing. */
function kindOf(key: string): IdSpan['kind'] | null {
  if (key === ENCRYPTED) return 'encrypted';
  if (NAMED.has(key)) return 'id';
  if (!key.endsWith('_id') && !key.endsWith('_ids')) return null;
  return NOT_OWNED.has(key) ? null : 'id';
}

/** Nested deeper than this, nothing is looked at: the resource refuses it as well. */
const DEPTH_MAX = 512;

/**
 * All ids in a JSON text, in order. What is broken ends the search: what stands before is found.
 * @param bytes UTF-8.
 */
export function idSpans(bytes: Uint8Array, from = 0, to = bytes.length): readonly IdSpan[] {
  return new IdScan().scan(bytes, from, to).spans;
}

export interface Scanned {
  readonly spans: readonly IdSpan[];
  /** Up to here all is known; what follows must be there again, with more behind it, in the next call. */
  readonly at: number;
}

/** A string that is longer cannot be an id; its end is then looked for without keeping it. Bytes. */
const UNFINISHED_BYTES_MAX = 1_024;

/** The search for ids in a JSON text that comes in pieces. */
export class IdScan {
  /** The key that each open bracket stands under: that of an array's items is the array's. */
  readonly #keys: string[] = [];
  /** Whether each open bracket is an object's. */
  readonly #objects: boolean[] = [];
  #key = '';
  #awaitsKey = false;
  /** Within a long string, which ends somewhere behind. */
  #inString = false;
  #over = false;

  /** @param from where the last call stopped. */
  scan(bytes: Uint8Array, from = 0, to = bytes.length): Scanned {
    const spans: IdSpan[] = [];
    let i = from;
    if (this.#inString) {
      const end = stringEnd(bytes, from, to);
      if (end < 0) return { spans, at: beforeSlashes(bytes, from, to) };
      this.#inString = false;
      i = end + 1;
    }
    while (i < to && !this.#over) {
      if (bytes[i] !== QUOTE) {
        this.#mark(bytes[i]);
        i++;
        continue;
      }
      const end = stringEnd(bytes, i + 1, to);
      if (end < 0) return { spans, at: this.#unfinished(bytes, i, to) };
      if (this.#awaitsKey) this.#key = textAt(bytes, i + 1, end, KEY_BYTES_MAX) ?? '';
      else collect(spans, bytes, this.#key, i + 1, end);
      i = end + 1;
    }
    return { spans, at: to };
  }

  #mark(c: number | undefined): void {
    switch (c) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (this.#keys.length >= DEPTH_MAX) this.#over = true;
        this.#keys.push(this.#key);
        this.#objects.push(c === OPEN_BRACE);
        this.#awaitsKey = c === OPEN_BRACE;
        return;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#key = this.#keys.pop() ?? '';
        this.#objects.pop();
        this.#awaitsKey = false;
        return;
      case COMMA:
        this.#awaitsKey = this.#objects.at(-1) === true;
        if (!this.#awaitsKey) this.#key = this.#keys.at(-1) ?? '';
        return;
      case COLON:
        this.#awaitsKey = false;
        return;
      default:
        return;
    }
  }

  /** @returns from where on a string that has not ended must be there again. */
  #unfinished(bytes: Uint8Array, open: number, to: number): number {
    const isContent = !this.#awaitsKey && kindOf(this.#key) === 'encrypted';
    if (isContent || to - open <= UNFINISHED_BYTES_MAX) return open;
    if (this.#awaitsKey) this.#key = '';
    this.#inString = true;
    return beforeSlashes(bytes, open + 1, to);
  }
}

/** Whether the next byte is escaped can be told only with all the backslashes before it. */
function beforeSlashes(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && bytes[at - 1] === BACKSLASH) at--;
  return at;
}

/** Longest key that can be one of ours. Bytes. */
const KEY_BYTES_MAX = 64;
/** Of contents that are sealed; longer ones are no resource's. Bytes. */
const ENCRYPTED_BYTES_MAX = 16 * 1024 * 1024;

function collect(spans: IdSpan[], bytes: Uint8Array, key: string, start: number, end: number): void {
  const kind = kindOf(key);
  if (kind === null) return;
  const text = textAt(bytes, start, end, kind === 'id' ? ID_CHARS_MAX : ENCRYPTED_BYTES_MAX);
  if (text === null || (kind === 'id' ? !isStateId(text) : text === '')) return;
  spans.push({ kind, start, end, text });
}

/** @returns null for what is too long, escaped or not ASCII: no id of a resource is. */
function textAt(bytes: Uint8Array, start: number, end: number, max: number): string | null {
  if (end - start > max) return null;
  let text = '';
  for (let i = start; i < end; i++) {
    const c = bytes[i] ?? 0;
    if (c === BACKSLASH || c > 0x7e || c < 0x20) return null;
    text += String.fromCharCode(c);
  }
  return text;
}

/** Words of Azure's paths: what stands between them is an id. */
const WORDS: ReadonlySet<string> = new Set([
  'assistants',
  'batches',
  'cancel',
  'chat',
  'checkpoints',
  'complete',
  'completions',
  'containers',
  'content',
  'conversations',
  'evals',
  'events',
  'file_batches',
  'files',
  'fine_tuning',
  'generations',
  'images',
  'input_items',
  'input_tokens',
  'items',
  'jobs',
  'messages',
  'operations',
  'output_items',
  'parts',
  'pause',
  'responses',
  'resume',
  'runs',
  'search',
  'steps',
  'submit_tool_outputs',
  'threads',
  'uploads',
  'vector_stores',
  'video',
  'videos',
]);

/** What a resource drew has a digit or a capital; words of paths, also of paths to come, have neither: `future_words`. */
const DRAWN = /[A-Z0-9]/;

/** @param segment of the operation part of a path; not decoded, since ids need no escape. */
export function isIdSegment(segment: string): boolean {
  return DRAWN.test(segment) && !WORDS.has(segment) && isStateId(segment);
}

/** The ids in the operation part of a path, in order: `responses/resp_1/input_items` has one. */
export function idsInPath(operation: string): readonly string[] {
  return operation.split('/').filter(isIdSegment);
}
