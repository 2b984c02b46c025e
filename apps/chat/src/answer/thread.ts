/** A conversation as it is read now: a turn that was edited, or asked again, takes the place of the old one and of all behind it. */
import type { PastTurn } from '@spillway/rag';
import type { TurnRow } from '../store/store.ts';

type Turn = Pick<TurnRow, 'id' | 'replaces' | 'question' | 'answer'>;

/** @param replaced the turn that the next question takes the place of; null: it comes at the end. @returns oldest first. */
export function threadOf(turns: readonly Turn[], replaced: string | null): readonly PastTurn[] {
  const thread = standing(turns);
  cutAt(thread, replaced);
  return thread.map(({ question, answer }) => ({ question, answer }));
}

/** Without those that were edited or asked again: the turn that took the place of one stands there. */
export function standing<Of extends Pick<TurnRow, 'id' | 'replaces'>>(turns: readonly Of[]): Of[] {
  const thread: Of[] = [];
  for (const turn of turns) {
    cutAt(thread, turn.replaces);
    thread.push(turn);
  }
  return thread;
}

function cutAt(thread: Pick<TurnRow, 'id'>[], id: string | null): void {
  const at = id === null ? -1 : thread.findIndex((turn) => turn.id === id);
  if (at >= 0) thread.length = at;
}
