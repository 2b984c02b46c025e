/** Numbers from text: size, and a hash that is the same on every machine. */

/** Characters that Azure's arrival estimate takes for a token. Source: wire reference §6.2. */
const CHARS_PER_TOKEN = 4;

/** Tokens that so many characters are taken for. */
export function tokensOfChars(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

export const HASH_START = 0x811c9dc5;

/** FNV-1a over UTF-16 units: cheap, and good enough to spread words over buckets. 32 bits. */
export function hashText(text: string, from = HASH_START, start = 0, end = text.length): number {
  let hash = from;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Spreads the bits of a 32-bit number, so that neighbours come out far apart (the finaliser of MurmurHash3, public domain). */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
