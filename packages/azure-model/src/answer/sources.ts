/**
 * Sources that a prompt carries, in the forms that chat apps send: a list under the heading `Sources:` with lines such as
 * `handbook.pdf#page=3: text`, `[handbook.pdf]: text` or `[doc1] text`; numbered blocks (`[S1] text`, `S1: text`); elements
 * (`<source id="S1">text</source>`). Work is linear in the prompt, and bounded.
 */
import type { Turn } from '../ask/generation.ts';
import { lastUserAt } from './turns.ts';

export interface Source {
  /** As the answer cites it, without brackets. */
  readonly mark: string;
  readonly text: string;
}

export interface Grounds {
  /** May be empty: the heading was there, and nothing was found. */
  readonly sources: readonly Source[];
  /** What the user asks, without the sources. */
  readonly question: string;
}

/** Of each turn so much is looked at. UTF-16 units. */
export const LOOKED_AT_CHARS_MAX = 200_000;
export const SOURCES_MAX = 200;

/** Cheap look at a text before it is taken apart. */
const MAY_CARRY =
  /\b(?:sources|documents|context|passages|results)\b[^\n:]{0,60}:|<(?:source|document|doc|passage)\b|\b(?:S|doc)\d/i;

/** null where the prompt carries none. */
export function groundsOf(turns: readonly Turn[]): Grounds | null {
  const userAt = lastUserAt(turns);
  let question: string | null = null;
  let found = false;
  const sources: Source[] = [];
  for (let i = 0; i < turns.length; i++) {
    const turn = turns[i];
    if (turn === undefined || (turn.role !== 'system' && i < userAt) || turn.role === 'assistant') continue;
    const carried = carriedBy(turn.text.slice(0, LOOKED_AT_CHARS_MAX));
    if (i === userAt) question = carried?.rest ?? turn.text;
    if (carried === null) continue;
    found = true;
    for (const source of carried.sources) if (sources.length < SOURCES_MAX) sources.push(source);
  }
  return found ? { sources, question: questionIn(question ?? '') || earlierQuestion(turns, userAt) } : null;
}

interface Carried {
  readonly sources: readonly Source[];
  /** The text without them. */
  readonly rest: string;
}

function carriedBy(text: string): Carried | null {
  if (!MAY_CARRY.test(text)) return null;
  return elementsIn(text) ?? listIn(text) ?? numberedIn(text);
}

const ELEMENT = /<(source|document|doc|passage)\b([^>\n]{0,300})>/gi;
const NAME = /\b(?:id|name|title|index)\s*=\s*["']?([^"'\s>][^"'>]{0,199})/i;

function elementsIn(text: string): Carried | null {
  const opened = [...text.matchAll(ELEMENT)];
  const first = opened[0];
  if (first === undefined) return null;
  const sources: Source[] = [];
  let end = 0;
  for (let i = 0; i < opened.length; i++) {
    const open = opened[i];
    if (open === undefined || open.index < end) continue;
    const from = open.index + open[0].length;
    const next = opened[i + 1]?.index ?? text.length;
    const closed = text.slice(from, next).toLowerCase().indexOf(`</${open[1]?.toLowerCase()}>`);
    const content = closed < 0 ? text.slice(from, next) : text.slice(from, from + closed);
    end = closed < 0 ? next : from + closed + (open[1]?.length ?? 0) + 3;
    sources.push({ mark: NAME.exec(open[2] ?? '')?.[1]?.trim() ?? String(i + 1), text: content.trim() });
  }
  const rest = `${text.slice(0, first.index)}\n${text.slice(end)}`;
  return { sources, rest: rest.replace(/<\/?[a-z]{1,20}>/gi, '') };
}

/** A line of its own. */
const HEADING =
  /^[ \t#*]{0,6}(?:the |your |these |retrieved |relevant )?(?:sources|documents|context|passages|search results)\b[^\n:]{0,60}:[ \t*]*$/gim;

function listIn(text: string): Carried | null {
  let heading: RegExpExecArray | null = null;
  for (const match of text.matchAll(HEADING)) heading = match;
  if (heading === null) return null;
  const list = readList(text.slice(heading.index + heading[0].length), FORMS);
  const isList = list.sources.length > 0 || list.rest.trim() === '';
  return isList ? { ...list, rest: `${text.slice(0, heading.index)}\n${list.rest}` } : null;
}

/** Without a heading only marks that say plainly what they are. */
function numberedIn(text: string): Carried | null {
  const list = readList(text, [MARKED]);
  return list.sources.length === 0 ? null : list;
}

/** How a line begins a source: its mark is the first group, its text what follows. */
type Form = RegExp;

const MARKED: Form = /^\s{0,8}(?:#{1,4} )?(?:[-*] )?\[?((?:S|doc)\d{1,3})(?:\]:?|[:.)])\s*/i;
const BRACKETED: Form = /^\s{0,8}(?:[-*] )?\[([^\]\n]{1,200})\]:?\s*/;
const ORDINAL: Form = /^\s{0,8}(\d{1,3})[.):]\s+/;
const FILE: Form = /^\s{0,8}(?:[-*] )?(\S[^\n]{0,200}?\.[A-Za-z0-9]{1,8}(?:#[^\s:]{1,60})?)\s?:\s/;
const NAMED: Form = /^\s{0,8}(?:[-*] )?(\S[^\n]{0,80}?):\s/;
const FORMS: readonly Form[] = [MARKED, BRACKETED, ORDINAL, FILE, NAMED];

const QUESTION = /^\s{0,8}(?:\*\*)?(?:the |my |user |user's )?question(?:\*\*)?\s?:/i;
/** Of a line so much can be its mark. UTF-16 units. */
const MARK_CHARS_MAX = 320;

/** The first source decides the form of all: a colon in a text begins no other. */
function readList(text: string, forms: readonly Form[]): Carried {
  const sources: Array<{ mark: string; text: string }> = [];
  const rest: string[] = [];
  let form: Form | null = null;
  let inQuestion = false;
  for (const line of text.split('\n')) {
    const start: string = line.slice(0, MARK_CHARS_MAX);
    inQuestion ||= sources.length > 0 && QUESTION.test(start);
    const begins: Begun | null = inQuestion ? null : formOf(start, form === null ? forms : [form]);
    const last = sources.at(-1);
    if (begins !== null) {
      form = begins.form;
      sources.push({ mark: begins.mark, text: line.slice(begins.chars) });
    } else if (inQuestion || last === undefined) rest.push(line);
    else last.text += `\n${line}`;
  }
  return { sources, rest: rest.join('\n') };
}

interface Begun {
  readonly form: Form;
  readonly mark: string;
  /** Of the line, its mark with what surrounds it. */
  readonly chars: number;
}

function formOf(line: string, forms: readonly Form[]): Begun | null {
  for (const form of forms) {
    const found = form.exec(line);
    if (found !== null) return { form, mark: (found[1] ?? '').trim(), chars: found[0].length };
  }
  return null;
}

/** After `Question:` where that is written, else all of it. */
function questionIn(text: string): string {
  const labelled = /(?:^|\n)\s{0,8}(?:\*\*)?(?:the |my |user |user's )?question(?:\*\*)?\s?:(?:\*\*)?/gi;
  let from = 0;
  for (const match of text.matchAll(labelled)) from = match.index + match[0].length;
  return text.slice(from).trim();
}

function earlierQuestion(turns: readonly Turn[], before: number): string {
  for (let i = before - 1; i >= 0; i--) if (turns[i]?.role === 'user') return turns[i]?.text.trim() ?? '';
  return '';
}
