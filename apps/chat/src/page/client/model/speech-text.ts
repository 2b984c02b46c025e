/** Sentences of an answer that is being written, for ears: nobody wants to hear tokens. Pure. */

/** Where a sentence has ended: a mark with a blank behind it, or an empty line. */
const ENDS = /[.!?。！？]["')\]*]*\s+|\n{2,}/g;

/** Whole sentences of `text` behind `from`; while it is still being written the last one waits until the next one begins. */
export function sentencesFrom(
  text: string,
  from: number,
  isDone: boolean,
): { readonly said: string; readonly upTo: number } {
  const rest = text.slice(from);
  const ends = [...rest.matchAll(ENDS)].map((end) => end.index + end[0].length).filter((at) => at < rest.length);
  const length = isDone ? rest.length : (ends.at(-1) ?? 0);
  return { said: spoken(rest.slice(0, length)), upTo: from + length };
}

/** Markdown without its marks. */
export function spoken(markdown: string): string {
  return markdown
    .replace(/```[\s\S]*?(```|$)/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*\|?[\s:|-]+\|?\s*$/gm, '')
    .replace(/^[ \t]*[#>]+[ \t]*/gm, '')
    .replace(/[*_`]+/g, '')
    .replace(/\|/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
