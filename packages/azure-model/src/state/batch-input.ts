/**
 * The input file of a batch, line by line, and what is wrong with it. Codes are Azure's, sentences near those of its guide, which
 * explains each code and quotes few. Source: "Getting started with Azure OpenAI batch deployments", error codes, read 2026-11.
 */
import { isRecord } from '@spillway/protocol';
import { inWords, parsedJson } from '../json.ts';
import { utf8Text } from '../utf8.ts';

/** Requests of one batch. Source: the same guide (`too_many_tasks`). */
export const BATCH_LINES_MAX = 100_000;
/** An input file. Source: limits of batches, "max input file size 200 MB". Bytes. */
export const BATCH_BYTES_MAX = 200 * 1024 * 1024;
/** Told of one file; further ones are not. */
export const BATCH_PROBLEMS_MAX = 100;

/** What a batch may ask for, without the `/v1` that OpenAI has before it. */
export const BATCH_ENDPOINTS = ['/chat/completions', '/completions', '/embeddings', '/responses'] as const;

export interface BatchLine {
  readonly customId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** As `errors.data` of a batch tells it. */
export interface BatchProblem {
  readonly code: string;
  readonly message: string;
  /** From 1; null: the file as a whole. */
  readonly line: number | null;
  readonly param: string | null;
}

export type BatchInput =
  | { readonly kind: 'lines'; readonly lines: readonly BatchLine[] }
  | { readonly kind: 'problems'; readonly problems: readonly BatchProblem[] };

/** `/v1/chat/completions` and `/chat/completions` are one. */
export function plainEndpoint(endpoint: string): string {
  return endpoint.startsWith('/v1/') ? endpoint.slice(3) : endpoint;
}

/**
 * @param endpoint as the batch names it.
 * @param deployed whether there is a deployment of that name.
 */
export function readBatchInput(bytes: Uint8Array, endpoint: string, deployed: (name: string) => boolean): BatchInput {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return broken('invalid_request', NO_MODEL);
  const texts = utf8Text(bytes)
    .split('\n')
    .map((text, i) => ({ text: text.trim(), line: i + 1 }))
    .filter(({ text }) => text !== '');
  if (texts.length === 0) return broken('empty_file', EMPTY);
  if (texts.length > BATCH_LINES_MAX) {
    const message = `The number of requests in the input file exceeds the maximum allowed value of ${BATCH_LINES_MAX}.`;
    return broken('too_many_tasks', message);
  }
  const reader = new Reader(plainEndpoint(endpoint), deployed);
  for (const { text, line } of texts) reader.read(text, line);
  return reader.problems.length > 0
    ? { kind: 'problems', problems: reader.problems }
    : { kind: 'lines', lines: reader.lines };
}

const EMPTY = 'The input file is empty. Please ensure that the batch contains at least one request.';
/** Azure's own words for a file that begins with a byte order mark. */
const NO_MODEL =
  "Validation failed: A valid model deployment name couldn't be extracted from the input file. Please ensure that each row in the input file has a valid deployment name specified in the 'model' field, and that the deployment name is consistent across all rows.";

function broken(code: string, message: string): BatchInput {
  return { kind: 'problems', problems: [{ code, message, line: null, param: null }] };
}

class Reader {
  readonly lines: BatchLine[] = [];
  readonly problems: BatchProblem[] = [];
  readonly #endpoint: string;
  readonly #deployed: (name: string) => boolean;
  readonly #ids = new Set<string>();
  /** Of the first line that names one. */
  #model: string | null = null;

  constructor(endpoint: string, deployed: (name: string) => boolean) {
    this.#endpoint = endpoint;
    this.#deployed = deployed;
  }

  read(text: string, line: number): void {
    const row = parsedJson(text);
    if (row === undefined) {
      this.#note('invalid_json_line', 'This line is not parseable as valid JSON.', line, null);
      return;
    }
    const { custom_id, method, url, body } = isRecord(row) ? row : {};
    if (typeof custom_id !== 'string' || custom_id === '') {
      this.#note('invalid_request', 'custom_id is required, and must be a string.', line, 'custom_id');
    } else if (this.#ids.has(custom_id)) {
      const message = 'The custom_id for this request is a duplicate of another request.';
      this.#note('duplicate_custom_id', message, line, 'custom_id');
    } else if (method !== 'POST') {
      this.#note('invalid_request', "method must be 'POST'.", line, 'method');
    } else if (typeof url !== 'string' || plainEndpoint(url) !== this.#endpoint) {
      this.#note('url_mismatch', 'The URL of this request does not match the endpoint of the batch.', line, 'url');
    } else if (!isRecord(body)) {
      this.#note('invalid_request', 'body is required, and must be an object.', line, 'body');
    } else if (this.#isOfTheModel(body.model, line)) {
      this.#ids.add(custom_id);
      this.lines.push({ customId: custom_id, body });
    }
  }

  #isOfTheModel(model: unknown, line: number): boolean {
    if (typeof model !== 'string' || !this.#deployed(model)) {
      this.#note(
        'model_not_found',
        `The deployment '${inWords(model).slice(0, 64)}' was not found.`,
        line,
        'body.model',
      );
      return false;
    }
    this.#model ??= model;
    if (model === this.#model) return true;
    const message = `The deployment '${model}' of this request does not match the rest of the file ('${this.#model}').`;
    this.#note('model_mismatch', message, line, 'body.model');
    return false;
  }

  #note(code: string, message: string, line: number, param: string | null): void {
    if (this.problems.length < BATCH_PROBLEMS_MAX) this.problems.push({ code, message, line, param });
  }
}
