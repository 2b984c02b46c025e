/**
 * What was sent and answered, for `--log-request-content` alone: cut to a bound, without credentials, base64 shortened. Headers are never in
 * it. It is made where the call is made, so that no more than this leaves a worker.
 */
import { isRecord } from '@spillway/protocol';

export interface CallContent {
  /** The body, as it was sent but for what was cut. */
  readonly request: unknown;
  /** Of each choice what it said; null: nothing came. */
  readonly output: ReadonlyArray<{ readonly role: 'assistant'; readonly content: string }> | null;
}

/** A record's request, and its answer, each as JSON. Characters. */
export const CONTENT_CHARS_MAX = 20_000;
/** Unbroken runs of base64 from this length on, as pictures and sounds have, are shortened. Characters. */
export const BASE64_CHARS_MIN = 256;
/** What is left of them, so that it can be seen what they were. */
const BASE64_CHARS_SHOWN = 32;
/** Deeper ones are left out. */
const DEPTH_MAX = 32;
/** Kept for what tells of cuts, at every depth. Characters. */
const TELLING_CHARS = 2_000;
const HIDDEN = '[credential]';

/** Fields of a body that hold a credential: of tools that are called by the service, of search resources that it reads. */
const SECRET_FIELDS =
  /^(?:.*api[-_]?key|key|authorization|ocp-apim-subscription-key|password|access_token|client_secret|connection_string|encoded_api_key)$/i;
const BEARER = /\b(Bearer\s+)[A-Za-z0-9._~+/-]{8,}=*/gi;
const BASE64 = new RegExp(`[A-Za-z0-9+/_-]{${BASE64_CHARS_MIN},}={0,2}`, 'g');

/** @param body JSON. @param texts of the answer, one for each choice. @param secrets the run's own credentials. */
export function contentOf(body: string, texts: readonly string[], secrets: readonly string[]): CallContent {
  const output = texts.map((content) => ({ role: 'assistant' as const, content }));
  const cut = (value: unknown): unknown => new Cut(secrets).of(value, '', 0);
  return { request: cut(parsed(body)), output: output.length === 0 ? null : outputsIn(cut(output)) };
}

/** A cut list may end with a word about the rest. */
function outputsIn(value: unknown): CallContent['output'] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.map((item) => ({
    role: 'assistant',
    content: isRecord(item) && typeof item.content === 'string' ? item.content : String(item),
  }));
}

class Cut {
  readonly #secrets: readonly string[];
  #left = CONTENT_CHARS_MAX - TELLING_CHARS;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret !== '');
  }

  of(value: unknown, name: string, depth: number): unknown {
    if (typeof value === 'string') return this.#text(SECRET_FIELDS.test(name) ? HIDDEN : value);
    if (depth >= DEPTH_MAX) return '… deeper than is written';
    if (Array.isArray(value)) return this.#list(value, depth);
    if (isRecord(value)) return this.#record(value, depth);
    this.#left -= String(value).length + 1;
    return value;
  }

  #text(text: string): string {
    const shown = this.#hidden(text).replace(BASE64, shortened);
    const chars = writtenChars(shown);
    if (chars <= this.#left) {
      this.#left -= chars;
      return shown;
    }
    // Written, a character may be six: as many fewer are kept.
    let kept = shown.slice(0, Math.max(0, Math.floor(this.#left * (shown.length / chars))));
    while (writtenChars(kept) > this.#left && kept !== '') kept = kept.slice(0, Math.floor(kept.length * 0.9));
    this.#left = 0;
    return `${kept}… (${text.length} characters in all)`;
  }

  #hidden(text: string): string {
    return this.#secrets.reduce((all, secret) => all.replaceAll(secret, HIDDEN), text).replace(BEARER, `$1${HIDDEN}`);
  }

  #list(items: readonly unknown[], depth: number): readonly unknown[] {
    const list: unknown[] = [];
    for (const item of items) {
      if (this.#left <= 0) return [...list, `… ${items.length - list.length} more`];
      this.#left -= 1;
      list.push(this.of(item, '', depth + 1));
    }
    return list;
  }

  #record(value: Record<string, unknown>, depth: number): Readonly<Record<string, unknown>> {
    const entries = Object.entries(value);
    const kept: Array<readonly [string, unknown]> = [];
    for (const [name, inner] of entries) {
      this.#left -= writtenChars(name) + 2;
      if (this.#left <= 0) return Object.fromEntries([...kept, ['…', `${entries.length - kept.length} more`]]);
      kept.push([name, this.of(inner, name, depth + 1)]);
    }
    return Object.fromEntries(kept);
  }
}

/** As JSON, quotes included. */
function writtenChars(text: string): number {
  return JSON.stringify(text).length;
}

function shortened(run: string): string {
  return `${run.slice(0, BASE64_CHARS_SHOWN)}… (${run.length} characters of base64)`;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
