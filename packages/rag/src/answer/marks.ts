/** What an answer holds besides its text, looked for at one place. What more text could still change is waited for, within a limit. */

export type Look<T> =
  | { readonly kind: 'none' }
  /** More text decides. */
  | { readonly kind: 'wait' }
  /** @property length of what was found, UTF-16 units. */
  | { readonly kind: 'found'; readonly found: T; readonly length: number };

const NONE = { kind: 'none' } as const;
const WAIT = { kind: 'wait' } as const;

/** A longer one is text. UTF-16 units. */
export const MARK_CHARS_MAX = 80;
const MARK_OPEN = /^[[【]/;
/** As far as it goes, it may become a mark. */
const MARK_SO_FAR = /^[[【]\s*(?:s(?:ources?)?[:\s]*)?[s\d,;&\s–-]*$/i;
const MARK = /^[[【]\s*(?:sources?[:\s]+)?(S\d{1,3}(?:[\s,;&–-]+S\d{1,3})*)\s*[\]】]/i;
/** Of a range as `S1-S40`. */
const RANGE_MAX = 20;

/** `[S1]`, `[S1, S2]`, `[S1-S3]`, also in the brackets that some models write. */
export function markAt(text: string, isEnd: boolean): Look<readonly string[]> {
  if (!MARK_OPEN.test(text)) return NONE;
  const near = text.slice(0, MARK_CHARS_MAX);
  const found = MARK.exec(near);
  if (found !== null) return { kind: 'found', found: labelsIn(found[1] ?? ''), length: found[0].length };
  return !isEnd && text.length < MARK_CHARS_MAX && mayBecomeMark(near) ? WAIT : NONE;
}

/** Of each mark every beginning must be let through, or it would matter where the text was split. */
function mayBecomeMark(near: string): boolean {
  return MARK_SO_FAR.test(near) || 'sources'.startsWith(near.slice(1).trim().toLowerCase());
}

function labelsIn(list: string): readonly string[] {
  const labels = new Set<string>();
  let before: { readonly number: number; readonly end: number } | null = null;
  for (const match of list.matchAll(/S(\d{1,3})/gi)) {
    const number = Number(match[1]);
    const isRange = before !== null && /^\s*[–-]\s*$/.test(list.slice(before.end, match.index));
    const from: number = isRange && before !== null && number - before.number <= RANGE_MAX ? before.number + 1 : number;
    for (let n = from; n < number; n++) labels.add(`S${n}`);
    labels.add(`S${number}`);
    before = { number, end: match.index + match[0].length };
  }
  return [...labels];
}

/** A longer one is text. UTF-16 units. */
export const FOLLOW_UP_CHARS_MAX = 300;

/** `<<Are pets allowed?>>`. Shifts of bits and streams of C++ are none: a question has several words and no blank at its ends. */
export function questionAt(text: string, isEnd: boolean): Look<string> {
  if (!'<<'.startsWith(text.slice(0, 2))) return NONE;
  const near = text.slice(0, FOLLOW_UP_CHARS_MAX + 4);
  const close = near.indexOf('>>', 2);
  const inner = near.slice(2, close < 0 ? undefined : close);
  if (/\n|<</.test(inner) || /^\s/.test(inner)) return NONE;
  if (close >= 0) return isQuestion(inner) ? { kind: 'found', found: inner, length: close + 2 } : NONE;
  return isEnd || near.length > FOLLOW_UP_CHARS_MAX + 3 ? NONE : WAIT;
}

function isQuestion(text: string): boolean {
  if (/\s$/.test(text) || !/\p{L}/u.test(text)) return false;
  return /\S\s+\S/.test(text) || /[?？]$/.test(text);
}

/** All of the section; a longer one is text. UTF-16 units. */
export const FOLLOW_UPS_CHARS_MAX = 2000;
/** What the line says that stands above follow-up questions, and says alone. */
const HEADINGS = [
  'follow-up questions',
  'follow up questions',
  'followup questions',
  'next questions',
  'suggested questions',
  'suggested follow-up questions',
  'related questions',
  'you might also ask',
  'you could also ask',
  'folgefragen',
  'weitere fragen',
  'anschlussfragen',
  'questions de suivi',
  'autres questions',
  'preguntas de seguimiento',
  'otras preguntas',
  'jatkokysymykset',
  'jatkokysymyksiä',
  'perguntas de acompanhamento',
  'outras perguntas',
  '후속 질문',
  '추가 질문',
];
const DECORATION = /^[\s#*_]*/;
const HEADING_CHARS_MAX = 60;

/** A heading that says so and below it nothing but questions, to the end of the answer. Text must begin at a line's start. */
export function followUpsAt(text: string, isEnd: boolean): Look<readonly string[]> {
  const lineEnd = text.indexOf('\n');
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  if (line.length > HEADING_CHARS_MAX || line.trim() === '')
    return lineEnd < 0 && line.length <= HEADING_CHARS_MAX && !isEnd ? WAIT : NONE;
  if (lineEnd < 0) return !isEnd && mayBecomeHeading(line) ? WAIT : NONE;
  if (!HEADINGS.includes(wordingOf(line))) return NONE;
  return questionsBelow(text, lineEnd + 1, isEnd);
}

function mayBecomeHeading(line: string): boolean {
  const said = wordingOf(line);
  return HEADINGS.some((heading) => heading.startsWith(said)) || said === '';
}

/** Without what decorates it. */
function wordingOf(line: string): string {
  return line
    .replace(DECORATION, '')
    .replace(/[\s:*_]+$/, '')
    .toLowerCase();
}

const ITEM = /^\s*(?:[-*+•]|\d{1,2}[.)])?\s*(?:<<|\*\*)?(.*?[?？])(?:>>|\*\*)?\s*$/;

function questionsBelow(text: string, from: number, isEnd: boolean): Look<readonly string[]> {
  if (text.length > FOLLOW_UPS_CHARS_MAX) return NONE;
  const lines = text.slice(from).split('\n');
  const whole = isEnd ? lines : lines.slice(0, -1);
  const said = whole.filter((line) => line.trim() !== '');
  const questions = said.flatMap((line) => ITEM.exec(line)?.[1]?.trim() ?? []);
  if (questions.length < said.length) return NONE;
  if (!isEnd) return WAIT;
  return questions.length === 0 ? NONE : { kind: 'found', found: questions, length: text.length };
}
