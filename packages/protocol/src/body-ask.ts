/**
 * What a body says of its own cost: how long its prompt is, how long the answers may get, what the prompt cache goes by. Figures of
 * bytes, found in passing; what they are in tokens is for others to learn.
 */
import { BACKSLASH, COMMA, type Passing, QUOTE, type Span } from './json-text.ts';

/**
 * What kind of text a prompt is, since the bytes of a token differ: letters of one byte, some or many of more, or characters written
 * as `\\uXXXX`.
 */
export const TEXT_MIXES = ['plain', 'mixed', 'dense', 'escaped'] as const;
export type TextMix = (typeof TEXT_MIXES)[number];

export interface AskFacts {
  /** The value of `messages`, `input` or `prompt`; null: there is none. */
  readonly prompt: Span | null;
  /** Of all that becomes part of the prompt, tools included, as it stands; what is a picture, sound or a file is left out. */
  readonly promptBytes: number;
  /** Messages, or items of an input. */
  readonly items: number;
  /** Parts whose tokens cannot be told from bytes: pictures, sound, files, an earlier answer that the resource remembers. Roughly counted. */
  readonly extras: number;
  readonly mix: TextMix;
  /** Longest answer allowed; null: none is set. Tokens. */
  readonly answerTokensMax: number | null;
  /** Answers asked for: `n`, or `best_of` where that is more. */
  readonly choices: number;
  /** The value of `prompt_cache_key`, quotes included; null: none, or no string. */
  readonly cacheKey: Span | null;
}

/** Top-level keys that tell of the cost. */
export const ASK_KEYS = [
  'messages',
  'input',
  'prompt',
  'instructions',
  'tools',
  'functions',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'n',
  'best_of',
  'prompt_cache_key',
  'previous_response_id',
  'conversation',
] as const;
export type AskKey = (typeof ASK_KEYS)[number];

/** More are refused (wire §1): a larger `n` is nobody's plan. */
const CHOICES_MAX = 128;

export class AskScan implements AskFacts {
  readonly #media = new Media();
  prompt: Span | null = null;
  mix: TextMix = 'plain';
  cacheKey: Span | null = null;
  #bytes = 0;
  #histories = 0;
  #n = 1;
  #bestOf = 1;
  #maxTokens: number | null = null;
  #maxCompletionTokens: number | null = null;
  #maxOutputTokens: number | null = null;

  get promptBytes(): number {
    return this.#bytes - this.#media.bytes;
  }

  get items(): number {
    return this.#media.items;
  }

  get extras(): number {
    return Math.max(this.#media.keys, this.#media.strings) + this.#histories;
  }

  /** A body has one of the three; where it has more, the first is what newer models count (wire §6.2). */
  get answerTokensMax(): number | null {
    return this.#maxCompletionTokens ?? this.#maxTokens ?? this.#maxOutputTokens;
  }

  get choices(): number {
    return Math.min(CHOICES_MAX, Math.max(1, this.#n, this.#bestOf));
  }

  /** Whom to tell of what a value holds. */
  passing(key: string | null): Passing | null {
    return isPrompt(key) ? this.#media : null;
  }

  take(key: AskKey, bytes: Uint8Array, start: number, end: number): void {
    switch (key) {
      case 'messages':
      case 'input':
      case 'prompt':
        this.prompt = { start, end };
        this.mix = mixOf(bytes, start, end);
        this.#bytes += end - start;
        return;
      case 'instructions':
      case 'tools':
      case 'functions':
        this.#bytes += end - start;
        return;
      case 'max_tokens':
        this.#maxTokens = countAt(bytes, start, end);
        return;
      case 'max_completion_tokens':
        this.#maxCompletionTokens = countAt(bytes, start, end);
        return;
      case 'max_output_tokens':
        this.#maxOutputTokens = countAt(bytes, start, end);
        return;
      case 'n':
        this.#n = countAt(bytes, start, end) ?? 1;
        return;
      case 'best_of':
        this.#bestOf = countAt(bytes, start, end) ?? 1;
        return;
      case 'prompt_cache_key':
        this.cacheKey = bytes[start] === QUOTE ? { start, end } : null;
        return;
      case 'previous_response_id':
      case 'conversation':
        this.#histories = bytes[start] === LETTER_N ? 0 : 1;
        return;
      default:
        return key satisfies never;
    }
  }
}

/** Of `null`. */
const LETTER_N = 0x6e;

function isPrompt(key: string | null): boolean {
  return key === 'messages' || key === 'input' || key === 'prompt';
}

const DIGIT_0 = 0x30;
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= DIGIT_0 && c <= 0x39;

/** A number of more characters is no count of tokens. */
const COUNT_CHARS_MAX = 15;
/**
 * More counts as this much. No model answers at such length: it is refused (wire §3.2). But until then it is held against the quota,
 * and `1e308` for each of two choices would make that infinite for good.
 */
const COUNT_MAX = 1_000_000;

/** @returns null for what is no number of 0 or more. */
function countAt(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start > COUNT_CHARS_MAX) return null;
  let whole = 0;
  let i = start;
  for (; i < end && isDigit(bytes[i]); i++) whole = whole * 10 + (bytes[i] ?? 0) - DIGIT_0;
  if (i === end && i > start) return Math.min(COUNT_MAX, whole);
  let text = '';
  for (i = start; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0);
  const count = /^\d/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(count) ? null : Math.min(COUNT_MAX, Math.floor(count));
}

/** Bytes looked at, roughly; of a short value up to six times as many. */
const SAMPLE_BYTES = 64;
/** Shares of these from which on a text is of its kind. A character that is escaped has one backslash in six bytes. */
const ESCAPED_SHARE = 1 / 10;
const DENSE_SHARE = 1 / 2;
const MIXED_SHARE = 1 / 50;

/** From a few bytes all over the value. */
function mixOf(bytes: Uint8Array, start: number, end: number): TextMix {
  // No multiple of 2 or 3: characters of two and three bytes, and escapes of six, would show the same byte each time.
  const step = 6 * Math.floor((end - start) / SAMPLE_BYTES / 6) + 1;
  let large = 0;
  let slashes = 0;
  let seen = 0;
  for (let i = start; i < end; i += step, seen++) {
    const c = bytes[i] ?? 0;
    if (c >= 0x80) large++;
    else if (c === BACKSLASH) slashes++;
  }
  if (slashes > seen * ESCAPED_SHARE) return 'escaped';
  if (large > seen * DENSE_SHARE) return 'dense';
  return large > seen * MIXED_SHARE ? 'mixed' : 'plain';
}

/** Finds pictures, sound and files where they stand in a prompt. Their bytes say nothing of their tokens. */
class Media implements Passing {
  items = 0;
  bytes = 0;
  strings = 0;
  keys = 0;

  longString(bytes: Uint8Array, start: number, end: number): void {
    if (!isDataUrl(bytes, start, end) && !isBase64(bytes, start, end)) return;
    this.bytes += end - start;
    this.strings++;
  }

  /** `image_url`: in chat and in Responses, whether the picture itself or where it is follows. */
  key(bytes: Uint8Array, start: number): void {
    if (spellsAt(bytes, start, 'image_url')) this.keys++;
  }
}

function isDataUrl(bytes: Uint8Array, start: number, end: number): boolean {
  return spellsAt(bytes, start, 'data:') && bytes.subarray(start, Math.min(end, start + 128)).includes(COMMA);
}

/** Text has a blank or a sign of its own before this many bytes. */
const UNBROKEN_BYTES = 128;

function isBase64(bytes: Uint8Array, start: number, end: number): boolean {
  const to = Math.min(end, start + UNBROKEN_BYTES);
  for (let i = start; i < to; i++) if (!isBase64Byte(bytes[i] ?? 0)) return false;
  return true;
}

/** Letters, digits, `+`, `/`, `=`, `-` and `_`. */
function isBase64Byte(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || (c >= 0x2f && c <= 0x39) || SIGNS.has(c);
}

const SIGNS: ReadonlySet<number> = new Set([0x2b, 0x2d, 0x3d, 0x5f]);

function spellsAt(bytes: Uint8Array, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) return false;
  return true;
}
