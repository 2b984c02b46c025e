/** Whether a passage that was found or cited is one that the answer must rest on. */
import type { Passage } from './asker.ts';
import type { Gold } from './question.ts';

/** Share of a gold passage's words that a found one must hold: chunks may cut a passage, but not down to a scrap. */
export const COVERAGE_MIN = 0.6;

/** Same document, same page where both have one, and most of the words. */
export function holds(found: Passage, gold: Gold): boolean {
  return found.path === gold.file && isOnPage(found, gold.page) && coverage(gold.passage, found.text) >= COVERAGE_MIN;
}

function isOnPage({ pageFrom, pageTo }: Passage, page: number | null): boolean {
  if (page === null || pageFrom === null) return true;
  return pageFrom <= page && page <= (pageTo ?? pageFrom);
}

/** Share of the passage's words that are in the text, each word as often as it is there. */
export function coverage(passage: string, text: string): number {
  const wanted = wordsOf(passage);
  if (wanted.length === 0) return 0;
  const left = new Map<string, number>();
  for (const word of wordsOf(text)) left.set(word, (left.get(word) ?? 0) + 1);
  const held = wanted.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  });
  return held.length / wanted.length;
}

function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** As texts are compared where a passage must be there literally: white space alone may differ. */
export function squeezed(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}
