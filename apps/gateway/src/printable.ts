/** Text from outside, fit to be printed back. */

const PRINTED_CHARS_MAX = 200;

/** Short, and without control characters. */
export function printable(text: string): string {
  const clean = text.replace(/\p{C}/gu, '?');
  return clean.length > PRINTED_CHARS_MAX ? `${clean.slice(0, PRINTED_CHARS_MAX)}…` : clean;
}
