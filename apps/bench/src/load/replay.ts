/** Recorded messages: a JSON array of message lists, as azure-openai-benchmark takes it, or a line of JSON for each; with times, a trace. */
import { isRecord } from '@spillway/protocol';
import type { Message } from './messages.ts';

export interface Recorded {
  readonly messages: readonly Message[];
  /** When it came, since the first. Milliseconds; null: not recorded. */
  readonly atMs: number | null;
}

/** Lists in one file. */
export const RECORDED_MAX = 1_000_000;

export class ReplayError extends Error {}

/** @param name of the file, for errors. @throws ReplayError which names the place, the rule and the way out. */
export function recordedOf(text: string, name: string): readonly Recorded[] {
  const items = text.trimStart().startsWith('[') ? arrayOf(text, name) : linesOf(text, name);
  if (items.length === 0) throw new ReplayError(`${name}: holds no messages; give a JSON array of message lists`);
  if (items.length > RECORDED_MAX) {
    throw new ReplayError(`${name}: ${items.length} lists, at most ${RECORDED_MAX}; leave some out`);
  }
  const recorded = items.map(({ value, place }) => recordedIn(value, place));
  const firstMs = recorded.find(({ atMs }) => atMs !== null)?.atMs ?? 0;
  const sinceFirst = recorded.map((each) => ({ ...each, atMs: each.atMs === null ? null : each.atMs - firstMs }));
  return sinceFirst.toSorted((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
}

/** The offsets of a recording that has times. @throws ReplayError where one has none. */
export function traceOf(recorded: readonly Recorded[], name: string): readonly number[] {
  return recorded.map(({ atMs }, i) => {
    if (atMs !== null) return atMs;
    throw new ReplayError(`${name}: list ${i + 1} has no time; each needs "at" (ISO 8601, or milliseconds)`);
  });
}

interface Item {
  readonly value: unknown;
  readonly place: string;
}

function arrayOf(text: string, name: string): readonly Item[] {
  const value = parsed(text, name);
  return Array.isArray(value) ? value.map((each, i) => ({ value: each, place: `${name}, list ${i + 1}` })) : [];
}

function linesOf(text: string, name: string): readonly Item[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const place = `${name}, line ${i + 1}`;
    return [{ value: parsed(line, place), place }];
  });
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ReplayError(`${place}: is not JSON; give a JSON array of message lists, or one JSON object a line`);
  }
}

function recordedIn(value: unknown, place: string): Recorded {
  const list = isRecord(value) ? value.messages : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isMessage)) {
    throw new ReplayError(`${place}: is no list of messages; each message needs "role" and "content"`);
  }
  return { messages: list, atMs: isRecord(value) ? timeIn(value, place) : null };
}

function isMessage(value: unknown): value is Message {
  return isRecord(value) && typeof value.role === 'string' && 'content' in value;
}

function timeIn({ at }: Record<string, unknown>, place: string): number | null {
  if (at === undefined || at === null) return null;
  const ms = typeof at === 'number' ? at : typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new ReplayError(`${place}: "at" is no time; give ISO 8601 (2026-11-21T12:00:00Z) or milliseconds`);
}
