/** Where things stand in a conversation. */
import type { Turn } from '../ask/generation.ts';

/** What the user said last; '' where the user said nothing. */
export function lastUserText(turns: readonly Turn[]): string {
  return turns[lastUserAt(turns)]?.text ?? '';
}

/** -1 where the user said nothing. */
export function lastUserAt(turns: readonly Turn[]): number {
  for (let i = turns.length - 1; i >= 0; i--) if (turns[i]?.role === 'user') return i;
  return -1;
}
