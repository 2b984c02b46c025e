/** JSON that strangers send. What is nested without end would overflow the stack of whoever walks through it, or writes it again. */
import { isRecord } from '@spillway/protocol';

/** Lists and objects within one another. What Azure takes is not published; parsers of servers stop somewhere from 64 to 1,000. */
export const JSON_DEPTH_MAX = 500;

/** @returns undefined where the text is no JSON, or is nested deeper than {@link JSON_DEPTH_MAX}. */
export function parsedJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isWithin(value, JSON_DEPTH_MAX) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWithin(value: unknown, depth: number): boolean {
  const parts: readonly unknown[] | null = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : null;
  if (parts === null) return true;
  return depth > 0 && parts.every((part) => isWithin(part, depth - 1));
}

/**
 * What a stranger's value is called in a sentence. `String` would call the value's own `toString`, which may be anything that JSON can
 * say, and throws where that is no function.
 */
export function inWords(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
