/**
 * The text of a file, and the pieces that a vector store makes of it. Source: OpenAI API reference, `chunking_strategy`: 800 tokens
 * with 400 in common where the client does not say, 100 to 4,096 where it does, and at most half of that in common.
 */
import { isRecord } from '@spillway/protocol';
import { tokensOfChars } from '../text.ts';
import { utf8Text } from '../utf8.ts';
import { type Refusal, wrongField } from './refusals.ts';

export interface Chunking {
  readonly max_chunk_size_tokens: number;
  readonly chunk_overlap_tokens: number;
}

export const AUTO_CHUNKING: Chunking = { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 };
const CHUNK_TOKENS_MIN = 100;
const CHUNK_TOKENS_MAX = 4096;
/** Of one file. Source: OpenAI's guide to file search, limits. */
export const FILE_TOKENS_MAX = 5_000_000;

/** As in `tokensOfChars`. */
const CHARS_PER_TOKEN = 4;

/** @param given `{ type: 'auto' }`, `{ type: 'static', static: … }`, or nothing. */
export function chunkingOf(given: unknown): Chunking | Refusal {
  if (given === undefined || given === null) return AUTO_CHUNKING;
  const { type, static: sizes } = isRecord(given) ? given : {};
  if (type === 'auto') return AUTO_CHUNKING;
  if (type !== 'static' || !isRecord(sizes))
    return wrongField('chunking_strategy', "it is of the type 'auto' or 'static'");
  const { max_chunk_size_tokens: max, chunk_overlap_tokens: overlap } = sizes;
  if (!isWhole(max) || max < CHUNK_TOKENS_MIN || max > CHUNK_TOKENS_MAX) {
    const rule = `it must be from ${CHUNK_TOKENS_MIN} to ${CHUNK_TOKENS_MAX}`;
    return wrongField('chunking_strategy.static.max_chunk_size_tokens', rule);
  }
  if (!isWhole(overlap) || overlap < 0 || overlap > max / 2) {
    return wrongField('chunking_strategy.static.chunk_overlap_tokens', 'it must be from 0 to half of a chunk');
  }
  return { max_chunk_size_tokens: max, chunk_overlap_tokens: overlap };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

/** Pieces of at most so many tokens, cut between words where there is a gap near the end. */
export function chunksOf(text: string, { max_chunk_size_tokens, chunk_overlap_tokens }: Chunking): readonly string[] {
  const size = max_chunk_size_tokens * CHARS_PER_TOKEN;
  const overlap = chunk_overlap_tokens * CHARS_PER_TOKEN;
  const chunks: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = start + size >= text.length ? text.length : gapBefore(text, start + size, start + size * 0.9);
    const chunk = text.slice(start, end).trim();
    if (chunk !== '') chunks.push(chunk);
    if (end === text.length) break;
    start = Math.max(start + 1, gapBefore(text, end - overlap, end - overlap - size * 0.1));
  }
  return chunks;
}

/** After the last blank before `at` and not before `least`; `at` where there is none. */
function gapBefore(text: string, at: number, least: number): number {
  for (let i = at; i > least; i--) if (/\s/.test(text[i - 1] ?? '')) return i;
  return at;
}

/** Bytes at the start that show whether a file is text. */
const LOOKED_AT_BYTES = 8192;
/** Runs of letters that count as text in a file that is none. Bounded, since a run of megabytes would overflow the stack of the matcher. */
const RUN = /[\p{L}\p{N}\p{P}\p{Zs}]{4,10000}/gu;

/** What can be read: a text file whole; of others (a PDF, a document) the runs of text that they hold, without unpacking them. */
export function textIn(bytes: Uint8Array): string {
  const text = utf8Text(bytes);
  if (!isBinary(bytes)) return text;
  return (text.match(RUN) ?? []).map((run) => run.trim()).join('\n');
}

function isBinary(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, LOOKED_AT_BYTES);
  if (head[0] === 0x25 && head[1] === 0x50 && head[2] === 0x44 && head[3] === 0x46) return true;
  return head.includes(0);
}

export function isTooLong(text: string): boolean {
  return tokensOfChars(text.length) > FILE_TOKENS_MAX;
}
