/** A conversation as it is read now: a turn that was edited, or asked again, takes the place of the old one and of all behind it. */
import type { PastTurn } from '@spillway/rag';
import type { TurnRow } from '../store/store.ts';

/** @param replaced the turn that the next question takes the place of; null: it comes at the end. @returns oldest first. */
export function threadOf(turns: readonly TurnRow[], replaced: string | null): readonly PastTurn[] {
  const thread: TurnRow[] = [];
  for (const turn of turns) {
    cutAt(thread, turn.replaces);
    thread.push(turn);
  }
  cutAt(thread, replaced);
  return thread.map(({ question, answer }) => ({ question, answer }));
}

function cutAt(thread: TurnRow[], id: string | null): void {
  const at = id === null ? -1 : thread.findIndex((turn) => turn.id === id);
  if (at >= 0) thread.length = at;
}
