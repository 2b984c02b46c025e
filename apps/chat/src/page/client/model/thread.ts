/**
 * The turns of a conversation as they are read: a question that was edited, or asked again, takes the place of the turn before and of
 * all that followed it; what it took the place of can still be looked at.
 */
export interface Replacing {
  readonly id: string;
  readonly replaces: string | null;
}

export interface Slot<Turn> {
  /** The oldest first; the last one is what the conversation goes on from. Never empty. */
  readonly versions: readonly Turn[];
}

/** @param turns in the order in which they were asked. */
export function thread<Turn extends Replacing>(turns: readonly Turn[]): readonly Slot<Turn>[] {
  let slots: Slot<Turn>[] = [];
  for (const turn of turns) {
    const at =
      turn.replaces === null ? -1 : slots.findIndex((slot) => slot.versions.some(({ id }) => id === turn.replaces));
    const before = at === -1 ? [] : (slots[at]?.versions ?? []);
    slots = [...(at === -1 ? slots : slots.slice(0, at)), { versions: [...before, turn] }];
  }
  return slots;
}
