/** Pairs that clients attach to objects. Source: OpenAI API reference, `metadata`: 16 pairs, keys of 64, values of 512 characters. */
import { isRecord } from '@spillway/protocol';
import { type Refusal, wrongField } from './refusals.ts';

export const METADATA_PAIRS_MAX = 16;
export const METADATA_KEY_CHARS_MAX = 64;
export const METADATA_VALUE_CHARS_MAX = 512;

/** @returns null where none is given. */
export function metadataOf(given: unknown): Readonly<Record<string, string>> | null | Refusal {
  if (given === undefined || given === null) return null;
  if (!isRecord(given)) return wrongField('metadata', 'it must be an object of texts');
  const pairs = Object.entries(given);
  if (pairs.length > METADATA_PAIRS_MAX) return wrongField('metadata', `it has at most ${METADATA_PAIRS_MAX} pairs`);
  const texts: Record<string, string> = {};
  for (const [key, value] of pairs) {
    if (typeof value !== 'string' || value.length > METADATA_VALUE_CHARS_MAX || key.length > METADATA_KEY_CHARS_MAX) {
      const rule = `a key has at most ${METADATA_KEY_CHARS_MAX} characters, its value is a text of at most ${METADATA_VALUE_CHARS_MAX}`;
      return wrongField(`metadata.${key.slice(0, METADATA_KEY_CHARS_MAX)}`, rule);
    }
    texts[key] = value;
  }
  return texts;
}
