/**
 * Embeddings made of hashes: each word, and each run of three letters in it, adds to a few places of the vector. Texts that share
 * words come out near each other, so that retrieval works; meaning it has none. Source of the request's form: wire reference §1.2, §6.2.
 */
import type { ModelFacts } from '@spillway/protocol';
import { base64 } from '../base64.ts';
import { HASH_START, hashText, mix32, tokensOfChars } from '../text.ts';
import { invalidRequest, invalidValue, missingParameter, type Refusal } from './refusals.ts';

export interface EmbeddingsAsk {
  readonly inputs: ReadonlyArray<string | readonly number[]>;
  /** Counted on arrival and billed: one figure for embeddings. */
  readonly tokens: number;
  readonly dimensions: number;
  readonly format: 'float' | 'base64';
}

export type EmbeddingsRead =
  | { readonly kind: 'ask'; readonly ask: EmbeddingsAsk }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Source: wire reference §1.2. */
const INPUTS_MAX = 2048;
/** Of all inputs together. Source: OpenAI's API reference, embeddings; it also bounds what one request makes this process do. */
export const REQUEST_TOKENS_MAX = 300_000;

export function readEmbeddings(body: Record<string, unknown>, facts: ModelFacts): EmbeddingsRead {
  if (body.input === undefined) return refused(missingParameter('input'));
  const inputs = readInputs(body.input);
  if (inputs === null) {
    return refused(
      invalidValue('input', `expected a text, a list of 1 to ${INPUTS_MAX} texts, or tokens; none of them empty`),
    );
  }
  const longest = Math.max(...inputs.map(tokensOfInput));
  if (longest > facts.contextTokens) return refused(inputTooLong(facts.contextTokens, longest));
  const tokens = tokensOf(inputs);
  if (tokens > REQUEST_TOKENS_MAX) {
    return refused(invalidValue('input', `maximum request size is ${REQUEST_TOKENS_MAX} tokens per request`));
  }
  const full = facts.dimensions ?? 1536;
  const dimensions = body.dimensions ?? full;
  if (body.dimensions !== undefined && !facts.dimensionsSettable) {
    return refused(invalidRequest('This model does not support specifying dimensions.', 'dimensions', null));
  }
  if (typeof dimensions !== 'number' || !Number.isInteger(dimensions) || dimensions < 1 || dimensions > full) {
    return refused(invalidValue('dimensions', `expected a whole number from 1 to ${full}`));
  }
  const format = body.encoding_format ?? 'float';
  if (format !== 'float' && format !== 'base64') {
    return refused(invalidValue('encoding_format', "expected 'float' or 'base64'"));
  }
  return { kind: 'ask', ask: { inputs, tokens, dimensions, format } };
}

function refused(refusal: Refusal): EmbeddingsRead {
  return { kind: 'refused', refusal };
}

/** A text, texts, one list of token numbers, or several. */
function readInputs(input: unknown): ReadonlyArray<string | readonly number[]> | null {
  if (typeof input === 'string') return input === '' ? null : [input];
  if (isTokens(input)) return [input];
  if (!Array.isArray(input) || input.length === 0 || input.length > INPUTS_MAX) return null;
  const items: readonly unknown[] = input;
  return items.every(isInput) ? items : null;
}

function isInput(value: unknown): value is string | readonly number[] {
  return typeof value === 'string' ? value !== '' : isTokens(value);
}

function isTokens(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token));
}

function tokensOf(inputs: EmbeddingsAsk['inputs']): number {
  let tokens = 0;
  for (const input of inputs) tokens += tokensOfInput(input);
  return tokens;
}

function tokensOfInput(input: EmbeddingsAsk['inputs'][number]): number {
  return typeof input === 'string' ? tokensOfChars(input.length) : input.length;
}

/** Of one input; the sentence is the service's, which has it from completions. */
function inputTooLong(contextTokens: number, tokens: number): Refusal {
  return invalidRequest(
    `This model's maximum context length is ${contextTokens} tokens, however you requested ${tokens} tokens (${tokens} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`,
    null,
    null,
  );
}

/** @param model as named in the answer. */
export function renderEmbeddings(ask: EmbeddingsAsk, model: string): string {
  let data = '';
  for (let i = 0; i < ask.inputs.length; i++) {
    const vector = embed(ask.inputs[i] ?? '', ask.dimensions);
    const rendered = ask.format === 'base64' ? `"${base64(new Uint8Array(vector.buffer))}"` : floats(vector);
    data += `${i === 0 ? '' : ','}{"embedding":${rendered},"index":${i},"object":"embedding"}`;
  }
  return `{"data":[${data}],"model":${JSON.stringify(model)},"object":"list","usage":{"prompt_tokens":${ask.tokens},"total_tokens":${ask.tokens}}}`;
}

/** Digits after the point, as the service prints. */
function floats(vector: Float32Array): string {
  let text = '[';
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i] ?? 0;
    text += i === 0 ? '' : ',';
    text += value === 0 ? '0' : Math.round(value * 1e8) / 1e8;
  }
  return `${text}]`;
}

/** Places of the vector that one word moves; a run of three letters moves one. */
const PLACES_PER_WORD = 4;
const WORD_WEIGHT = 1;
/** Words of up to three letters are mostly the grammar's, and say little of the subject. */
const SHORT_WORD_WEIGHT = 0.2;
const RUN_WEIGHT = 0.4;

/** A vector of length 1; the same text gives the same vector. */
export function embed(input: string | readonly number[], dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  if (typeof input === 'string') addText(vector, input.toLowerCase());
  else for (const token of input) addHash(vector, mix32(token + 1), WORD_WEIGHT);
  return normalised(vector);
}

const WORD = /[\p{L}\p{N}]+/gu;

function addText(vector: Float32Array, text: string): void {
  for (const word of text.match(WORD) ?? [text]) {
    addHash(vector, mix32(hashText(word)), word.length > 3 ? WORD_WEIGHT : SHORT_WORD_WEIGHT);
    for (let i = 0; i + 3 < word.length; i++) {
      add(vector, mix32(hashText(word, HASH_START ^ 3, i, i + 3)), RUN_WEIGHT);
    }
  }
}

function addHash(vector: Float32Array, hash: number, weight: number): void {
  for (let i = 0; i < PLACES_PER_WORD; i++) add(vector, mix32(hash + i), weight);
}

/** The hash says which place, and whether up or down. */
function add(vector: Float32Array, hash: number, weight: number): void {
  const place = (hash >>> 1) % vector.length;
  vector[place] = (vector[place] ?? 0) + ((hash & 1) === 0 ? weight : -weight);
}

function normalised(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) {
    vector[0] = 1;
    return vector;
  }
  const length = Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / length;
  return vector;
}
