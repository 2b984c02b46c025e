/** Text cut into sentences. */

/** Of one text; the rest is left out. */
export const SENTENCES_MAX = 2000;
/** Longer ones (a table, a list without stops) are cut at a word. UTF-16 units. */
export const SENTENCE_CHARS_MAX = 400;
const SENTENCE_CHARS_MIN = 3;

/** A stop with a blank after it, or the end of a line after which no small letter goes on. */
const END = /[.!?]+["'”’)\]]{0,3}(?=\s)|\n(?=\s{0,80}\n)|\n(?!\s{0,80}[a-zß-ÿ])/g;
/** After these a stop ends nothing. */
const ABBREVIATED = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|fig|mr|mrs|ms|dr|prof|inc|ltd|st|[a-z])\.$/i;

export function sentencesOf(text: string): readonly string[] {
  const sentences: string[] = [];
  let from = 0;
  const add = (to: number) => {
    const sentence = text.slice(from, to).replace(/\s+/g, ' ').trim();
    from = to;
    if (sentence.length >= SENTENCE_CHARS_MIN) sentences.push(cut(sentence));
  };
  for (const match of text.matchAll(END)) {
    if (sentences.length >= SENTENCES_MAX) return sentences;
    const to = match.index + match[0].length;
    if (match[0] === '.' && ABBREVIATED.test(text.slice(Math.max(from, to - 10), to))) continue;
    add(to);
  }
  add(text.length);
  return sentences;
}

function cut(sentence: string): string {
  if (sentence.length <= SENTENCE_CHARS_MAX) return sentence;
  const blank = sentence.lastIndexOf(' ', SENTENCE_CHARS_MAX);
  return sentence.slice(0, blank > 0 ? blank : SENTENCE_CHARS_MAX);
}
