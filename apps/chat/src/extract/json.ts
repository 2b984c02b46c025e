/** JSON to blocks: objects as lines of `key: value`, deeper ones under headings, lists of records one paragraph each. */
import type { BlockList } from './blocks.ts';
import { oneLine } from './clean.ts';
import { Refusal } from './extraction.ts';
import type { ExtractLimits } from './limits.ts';
import { refuseDeepJson } from './nesting.ts';

/** @returns its title, where it is an object that has one. */
export function readJson(text: string, limits: ExtractLimits, to: BlockList): string | null {
  refuseDeepJson(text, limits.nestingMax);
  const value = parse(text);
  add(value, '', 1, to);
  return isObject(value) && typeof value.title === 'string' ? oneLine(value.title) || null : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new Refusal('damaged', 'not valid JSON; mend it, or give it the ending .txt');
  }
}

function add(value: unknown, name: string, level: number, to: BlockList): void {
  if (Array.isArray(value)) return addArray(value, name, level, to);
  if (isObject(value)) return addObject(value, level, to);
  to.paragraph(line(name, value));
}

function addArray(values: readonly unknown[], name: string, level: number, to: BlockList): void {
  if (values.every(isScalar)) return to.list(values.map((value) => `- ${scalar(value)}`).join('\n'));
  for (const value of values) add(value, name, level, to);
}

/** What is plain comes first, together: it is what the deeper parts are about. */
function addObject(value: Readonly<Record<string, unknown>>, level: number, to: BlockList): void {
  const entries = Object.entries(value);
  const plain = entries.filter(([, part]) => isPlain(part));
  to.lines(plain.map(([key, part]) => line(key, part)).join('\n'));
  for (const [key, part] of entries.filter(([, part]) => !isPlain(part))) {
    to.heading(level, key);
    add(part, key, level + 1, to);
  }
}

/** Lists of a few words stay in their record's lines. */
const LIST_IN_LINE_MAX = 12;

function isPlain(value: unknown): boolean {
  return isScalar(value) || (Array.isArray(value) && value.length <= LIST_IN_LINE_MAX && value.every(isScalar));
}

function line(key: string, value: unknown): string {
  const text = Array.isArray(value) ? value.map(scalar).join(', ') : scalar(value);
  return key === '' ? text : `${oneLine(key)}: ${text}`;
}

function scalar(value: unknown): string {
  return value === null ? '–' : oneLine(String(value));
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
