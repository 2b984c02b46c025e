/** Text of a wanted length in tokens: plain words, so that no two calls need to share a prefix and every tokenizer is on known ground. */
import type { Unit } from '@spillway/clock';
import type { CountText } from '@spillway/protocol';
import { WORDS } from './words.ts';

/** Longest text that is made. Tokens; more than any model's window. */
export const FILLER_TOKENS_MAX = 2_000_000;

/**
 * A text of exactly so many tokens, or a little short of it where no word fits. Words are drawn in portions of what is missing, so that a
 * long text is counted a few times, and not once for each word.
 */
export function fillerOf(tokens: number, unit: Unit, count: CountText): string {
  if (tokens > FILLER_TOKENS_MAX) throw new RangeError(`filler of ${tokens} tokens: at most ${FILLER_TOKENS_MAX}`);
  const words: string[] = [];
  let have = 0;
  let isNear = false;
  while (have < tokens) {
    const portion = isNear ? 1 : Math.max(1, Math.floor((tokens - have) / 2));
    for (let i = 0; i < portion; i++) words.push(wordOf(unit));
    const now = count(joined(words));
    if (now <= tokens) {
      have = now;
      continue;
    }
    words.length -= portion;
    if (portion === 1) break;
    isNear = true;
  }
  return joined(words);
}

/** Each behind a blank, the first too: so each is one token. */
function joined(words: readonly string[]): string {
  return words.map((word) => ` ${word}`).join('');
}

function wordOf(unit: Unit): string {
  return WORDS[Math.floor(unit() * WORDS.length)] ?? 'word';
}
