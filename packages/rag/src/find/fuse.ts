/** Several rankings made one by the places in them, since their scores cannot be compared (Cormack, Clarke, Büttcher: SIGIR 2009). */
import type { Ranked } from './vectors.ts';

/** Dampens the first places; the paper's value. */
export const RANK_CONSTANT = 60;

export interface Ranking {
  /** Best first. One named twice counts where it stands first. */
  readonly ids: readonly string[];
  /** 1 for a ranking to be trusted as others are; 0 leaves it out. */
  readonly weight: number;
}

/** Best first; equal ones in the order in which the rankings named them. */
export function fuse(rankings: readonly Ranking[], k = RANK_CONSTANT): readonly Ranked[] {
  const scores = new Map<string, number>();
  for (const { ids, weight } of rankings) {
    if (weight <= 0) continue;
    [...new Set(ids)].forEach((id, place) => {
      scores.set(id, (scores.get(id) ?? 0) + weight / (k + place + 1));
    });
  }
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);
}
