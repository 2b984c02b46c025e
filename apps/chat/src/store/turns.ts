/** What the engines keep of conversations in the same way. */
import type { TurnRow } from './store.ts';

/** Feedback as it is kept: JSON, read with care. */
export function feedbackOf(json: string | null): TurnRow['feedback'] {
  if (json === null) return null;
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || !('liked' in value)) return null;
  const comment = 'comment' in value && typeof value.comment === 'string' ? value.comment : null;
  return { liked: value.liked === true, comment };
}

/** As conversations are searched: neither case nor the way an umlaut is written counts. Done here, since engines know ASCII's case alone. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
