/** Whether a record's choices come out the same again, in words. Pure. */
import type { DecisionRecord, Mismatch } from '@spillway/policy';
import { countText } from './words.ts';

/** Listed at most; `--json` has all. */
export const MISMATCHES_SHOWN_MAX = 20;

export function verdictText({ picks }: DecisionRecord, mismatches: readonly Mismatch[]): string {
  if (mismatches.length === 0) {
    const made = picks.length === 0 ? 'there was no choice to make again' : `same choice, ${times(picks.length)}`;
    return `\nReplayed: ${made}; the record is as it was written.\n`;
  }
  const lines = mismatches.slice(0, MISMATCHES_SHOWN_MAX).map(mismatchText);
  const more = mismatches.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more (--json has them all)`);
  const only = mismatches.every(({ place }) => place === 'digest');
  const why = only
    ? 'The choices come out the same, but something else of the record was changed.'
    : 'The record was changed, or another version of spillway wrote it.';
  return `\nReplayed: ${countText(mismatches.length, 'mismatch', 'mismatches')}\n${lines.join('\n')}\n${why}\n`;
}

function times(picks: number): string {
  return picks === 1 ? 'bit for bit' : `${picks} times, bit for bit`;
}

function mismatchText({ place, recorded, replayed }: Mismatch): string {
  return `  ${place}: recorded ${JSON.stringify(recorded)},\n    replayed ${JSON.stringify(replayed)}`;
}
