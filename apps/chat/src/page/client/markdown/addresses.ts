/** Where a text of a model may lead. */
import { withoutMarks } from '../model/marks.ts';

/** UTF-16 units; a longer one is not followed. */
export const ADDRESS_CHARS_MAX = 2_000;

const FOLLOWED: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/**
 * Decided from what the browser's own parser makes of it, so that no spelling of it (case, spaces, characters that it leaves out) means
 * something else later.
 * @returns as the browser would follow it; null: it is not, since it leads into the page itself, or is no whole address.
 */
export function hrefOf(address: string): string | null {
  if (address.length > ADDRESS_CHARS_MAX) return null;
  try {
    const { href, protocol } = new URL(withoutMarks(address));
    return FOLLOWED.has(protocol) ? href : null;
  } catch {
    return null;
  }
}
