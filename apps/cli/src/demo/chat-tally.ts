/** What became of the questions that the simulated users asked the chat app. A pure fold over what they saw. */

export type ChatSight =
  | { readonly kind: 'asked' }
  /** `servedBy`: the deployment that wrote it, as the gateway tells; null: it does not. */
  | { readonly kind: 'answered'; readonly servedBy: string | null; readonly isCited: boolean; readonly waited: boolean }
  | { readonly kind: 'failed'; readonly why: string };

export interface ChatTally {
  readonly asked: number;
  readonly answered: number;
  /** Questions that ended with an error on the user's screen. */
  readonly errors: number;
  /** Answers that another deployment wrote than the one that comes first. */
  readonly moved: number;
  /** Answers that cite a document. */
  readonly cited: number;
  /** Answers for which a 429 was waited out. */
  readonly waited: number;
  /** Reasons of `errors`, each once, the first ones. */
  readonly reasons: readonly string[];
}

export const NOTHING_ASKED: ChatTally = {
  asked: 0,
  answered: 0,
  errors: 0,
  moved: 0,
  cited: 0,
  waited: 0,
  reasons: [],
};

/** Reasons kept: enough to see what is wrong. */
const REASONS_MAX = 3;

/** @param first the deployment that would answer if nothing were throttled. */
export function chatTally(before: ChatTally, sight: ChatSight, first: string): ChatTally {
  switch (sight.kind) {
    case 'asked':
      return { ...before, asked: before.asked + 1 };
    case 'answered':
      return {
        ...before,
        answered: before.answered + 1,
        moved: before.moved + (sight.servedBy !== null && sight.servedBy !== first ? 1 : 0),
        cited: before.cited + (sight.isCited ? 1 : 0),
        waited: before.waited + (sight.waited ? 1 : 0),
      };
    case 'failed':
      return { ...before, errors: before.errors + 1, reasons: withReason(before.reasons, sight.why) };
  }
}

function withReason(reasons: readonly string[], why: string): readonly string[] {
  return reasons.includes(why) || reasons.length >= REASONS_MAX ? reasons : [...reasons, why];
}
