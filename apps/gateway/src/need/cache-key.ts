/**
 * What the prompt cache of Azure goes by, as a number: what the client says (`prompt_cache_key`), or else how the prompt begins. The
 * same for the same conversation in every try and on every replica; kept for bodies in files, which are not read again for it.
 */
import { crc32 } from 'node:zlib';
import type { AskFacts } from '@spillway/protocol';

/**
 * Azure caches prompts of 1,024 tokens or more, and by their beginning: this is about as much of a text. A shorter prompt has no key,
 * and one that grows keeps its own from here on. Bytes.
 */
export const PREFIX_BYTES = 4_096;

/** @param bytes of the whole body. @returns unsigned, 32 bits; null where there is nothing to go by. */
export function cacheKeyOf(bytes: Buffer, { cacheKey, prompt }: AskFacts): number | null {
  if (cacheKey !== null) return crc32(bytes.subarray(cacheKey.start, cacheKey.end));
  if (prompt === null || prompt.end - prompt.start < PREFIX_BYTES) return null;
  return crc32(bytes.subarray(prompt.start, prompt.start + PREFIX_BYTES));
}
