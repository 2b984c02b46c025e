/**
 * How many marks Markdown's parser is shown. Brackets, stars, backticks and angle brackets that pair with nothing cost it the square of
 * their number: 50,000 `[` were two minutes. Counted while it parses, since only then it is known which marks share a text; what is
 * beyond is text as it stands, so that its words are found all the same.
 */
import type { Construct, Context, Extension, State } from './micromark.ts';

/** In one text: a paragraph, a heading, a cell. */
export const MARKS_PER_TEXT_MAX = 2_000;
/** In one document: each mark counts those before it in its text; one that may look ahead, the characters up to the next empty line too. */
export const MARK_WORK_MAX = 50_000_000;
/** Headings made by a line below them, in one document. Each costs as much as there are of them; the rest are paragraphs. */
export const UNDERLINED_MAX = 1_000;

const CODES = ['!', '*', '<', '[', ']', '_', '`', '~'].map((mark) => mark.charCodeAt(0));
/** They are tried as the beginning, or the end, of something that may end far away. */
const LOOK_AHEAD = new Set(['<', ']', '`'].map((mark) => mark.charCodeAt(0)));
const UNDERLINES = ['=', '-'].map((mark) => mark.charCodeAt(0));

/** Events that may stand between the end of a paragraph and the line below it. */
const ASIDE = new Set<string>(['lineEnding', 'linePrefix', 'content']);

/** Micromark's codes below 0: three kinds of line ends, then tabs and the blanks that stand for them. Source: micromark-util-symbol. */
const LINE_END_LAST = -3;

export interface MarkCount {
  /** For the parser of one document; after the others, since the last one is asked first. */
  readonly extension: Extension;
  /** Something was read as plain text that might have been more. */
  readonly isExceeded: boolean;
}

/** @param text Its lines end in a line feed. */
export function markCount(text: string): MarkCount {
  const spaceAfter = distanceToEmptyLine(text);
  const counts = new WeakMap<object, number>();
  let work = 0;
  let isExceeded = false;
  const admits = (context: Context, code: number): boolean => {
    const count = counts.get(context) ?? 0;
    work += count + (LOOK_AHEAD.has(code) ? spaceAfter(context.now().offset) : 0);
    counts.set(context, count + 1);
    const isAdmitted = count < MARKS_PER_TEXT_MAX && work <= MARK_WORK_MAX;
    isExceeded ||= !isAdmitted;
    return isAdmitted;
  };
  const plainMark: Construct = {
    name: 'plainMark',
    tokenize(effects, ok, nok) {
      // The rest of the line in one piece: that many pieces cost the square again.
      const rest: State = (code) => {
        if (code === null || code <= LINE_END_LAST) {
          effects.exit('data');
          return ok(code);
        }
        effects.consume(code);
        return rest;
      };
      return (code) => {
        if (code === null || admits(this, code)) return nok(code);
        effects.enter('data');
        effects.consume(code);
        return rest;
      };
    },
  };
  const underlines = underlineCount(() => {
    isExceeded = true;
  });
  return {
    extension: { text: forCodes(CODES, plainMark), flow: forCodes(UNDERLINES, underlines) },
    get isExceeded() {
      return isExceeded;
    },
  };
}

/** Takes nothing itself; beyond the limit the parser's own construct is switched off. */
function underlineCount(onExceeded: () => void): Construct {
  const counted = new Set<number>();
  return {
    name: 'underlineCount',
    tokenize(_effects, _ok, nok) {
      return (code) => {
        // Each line is looked at more than once: as an end of the paragraph, and as what it is.
        if (
          counted.size <= UNDERLINED_MAX &&
          isAfterParagraph(this) &&
          counted.add(this.now().line).size > UNDERLINED_MAX
        ) {
          this.parser.constructs.disable?.null?.push('setextUnderline');
          onExceeded();
        }
        return nok(code);
      };
    },
  };
}

/** As CommonMark wants it of such a heading (§4.3); a list or a rule has another beginning. */
function isAfterParagraph({ events }: Context): boolean {
  return events.findLast(([, { type }]) => !ASIDE.has(type))?.[1].type === 'paragraph';
}

/** No text goes on beyond an empty line. @returns how many characters that is from a place; places are asked for in any order. */
function distanceToEmptyLine(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n[ \t]*(?=\n)/g)].map(({ index }) => index);
  return (offset) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return (ends[low] ?? text.length) - offset;
  };
}

function forCodes(codes: readonly number[], construct: Construct): Record<string, Construct> {
  return Object.fromEntries(codes.map((code) => [code, construct]));
}
