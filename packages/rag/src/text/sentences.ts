/** Sentences as ranges of their text, so that no character is lost between them. */
export interface Range {
  /** Half-open, UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The rules of Unicode (UAX #29) hold for all languages; what they take for an end and is none stands in ABBREVIATED. */
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'sentence' });

/** After these a stop ends nothing. */
const ABBREVIATED =
  /(?:^|[\s([„“"'])(?:e\.g|i\.e|etc|vs|cf|approx|no|nos|nr|fig|mr|mrs|ms|dr|prof|inc|ltd|st|z\.\s?b|d\.\s?h|u\.\s?a|bzw|ca|usw|evtl|p\.\s?ex|art|env|sr|sra|ud|esim|mm|n|\p{L})\.\s*$/iu;
/** Of a sentence's end so much is looked at. UTF-16 units. */
const END_CHARS = 16;
/** Without blanks at both ends; sentences without a letter or digit are left to the one before. */
export function sentencesIn(text: string, from = 0, to = text.length): readonly Range[] {
  const ranges: Array<{ start: number; end: number }> = [];
  for (const { segment, index } of SEGMENTER.segment(text.slice(from, to))) {
    const start = from + index;
    const end = start + segment.length;
    const last = ranges.at(-1);
    if (last !== undefined && goesOn(text, last, segment)) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges.map((range) => trimmed(text, range)).filter(({ start, end }) => start < end);
}

/** The number of a list's item; a day before a German month. */
const ITEM_NUMBER = /^\s*\d{1,3}[.)]\s*$/;
const DAY = /\b\d{1,2}\.\s*$/;
const MONTH = /^(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)/;

function goesOn(text: string, last: Range, segment: string): boolean {
  const before = text.slice(Math.max(last.start, last.end - END_CHARS), last.end);
  if (/\n\s*$/.test(before)) return false;
  const isShort = last.end - last.start <= END_CHARS;
  if ((isShort && ITEM_NUMBER.test(before)) || (DAY.test(before) && MONTH.test(segment))) return true;
  return ABBREVIATED.test(before) || !/[\p{L}\p{N}]/u.test(segment) || /^\p{Ll}/u.test(segment);
}

export function trimmed(text: string, { start, end }: Range): Range {
  while (start < end && isBlank(text, start)) start++;
  while (end > start && isBlank(text, end - 1)) end--;
  return { start, end };
}

function isBlank(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}
