/** What is said when a tool has answered: its text, or the fields of its JSON, in a sentence. */
import { isRecord } from '@spillway/protocol';
import type { Turn } from '../ask/generation.ts';
import { sentencesOf } from './sentences.ts';

/** Fields that are told, how deep they may lie, and how much of each is told. */
const FIELDS_MAX = 12;
const DEPTH_MAX = 4;
const VALUE_CHARS_MAX = 200;
/** Longer results are not read. UTF-16 units. */
const RESULT_CHARS_MAX = 200_000;
const SENTENCES_TOLD = 2;

/** null where the conversation does not end with the result of a tool. */
export function toldResult(turns: readonly Turn[]): string | null {
  const results: string[] = [];
  for (let i = turns.length - 1; i >= 0; i--) {
    const turn = turns[i];
    if (turn?.role !== 'tool') break;
    results.unshift(told(turn.text.slice(0, RESULT_CHARS_MAX)));
  }
  return results.length === 0 ? null : results.join(' ');
}

function told(result: string): string {
  const value = parsed(result);
  if (value === undefined)
    return sentencesOf(result).slice(0, SENTENCES_TOLD).join(' ') || 'The tool returned nothing.';
  const fields: string[] = [];
  collect(value, '', 0, fields);
  return fields.length === 0 ? 'The tool returned nothing.' : `According to the tool, ${fields.join(', ')}.`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function collect(value: unknown, name: string, depth: number, fields: string[]): void {
  if (fields.length >= FIELDS_MAX || value === null || depth > DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, FIELDS_MAX)) collect(item, name, depth + 1, fields);
  } else if (isRecord(value)) {
    for (const [key, part] of Object.entries(value).slice(0, FIELDS_MAX)) collect(part, key, depth + 1, fields);
  } else {
    const words = String(value).slice(0, VALUE_CHARS_MAX);
    fields.push(name === '' ? `the result is ${words}` : `${name.replaceAll('_', ' ')} is ${words}`);
  }
}
