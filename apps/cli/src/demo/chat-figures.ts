/** The chat app's part of the demo in numbers, and what of it was not as it should be. Pure. */
import type { Indexed } from './chat-app.ts';
import type { ChatTally } from './chat-tally.ts';

/** `asked` = `answered` + `errors` + `unanswered`. */
export interface ChatFigures {
  readonly users: number;
  /** Indexed documents, and the passages they were cut into. */
  readonly documents: number;
  readonly passages: number;
  /** Documents that cannot be indexed, and why. */
  readonly notIndexed: readonly string[];
  /** Resources that refused everything meanwhile. */
  readonly throttledResources: readonly string[];
  readonly asked: number;
  readonly answered: number;
  /** Questions that ended with an error on the user's screen. */
  readonly errors: number;
  /** Without an answer when the time for it was over. */
  readonly unanswered: number;
  /** Answers that another deployment wrote than the one that comes first. */
  readonly movedElsewhere: number;
  /** Answers that cite a document. */
  readonly cited: number;
  /** Answers for which a 429 was waited out. */
  readonly waited: number;
  /** Reasons of `errors`, the first ones. */
  readonly reasons: readonly string[];
}

export interface ChatRound extends ChatTally {
  readonly users: number;
  /** Questions of the plan. */
  readonly planned: number;
  /** null: indexing did not come to its end. */
  readonly indexed: Indexed | null;
  readonly throttled: readonly string[];
}

export function chatFigures(round: ChatRound): ChatFigures {
  const { users, indexed, throttled, asked, answered, errors, moved, cited, waited, reasons } = round;
  return {
    users,
    documents: indexed?.documents ?? 0,
    passages: indexed?.passages ?? 0,
    notIndexed: indexed?.skipped ?? [],
    throttledResources: throttled,
    asked,
    answered,
    errors,
    unanswered: asked - answered - errors,
    movedElsewhere: moved,
    cited,
    waited,
    reasons,
  };
}

/** What the chat app was to show, and did not. */
export function chatFailures(round: ChatRound): readonly string[] {
  const { planned, asked, answered, errors, moved, reasons, indexed } = round;
  const failures: string[] = [];
  const { failure } = indexed ?? { failure: 'not in time' };
  if (failure !== null) failures.push(`the documents of the chat app were not indexed: ${failure}`);
  if (answered < planned) {
    const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
    failures.push(
      `in the chat app ${answered} of ${planned} questions were answered: ${errors} ended with an error${why}, ` +
        `${asked - answered - errors} had no answer in time, ${planned - asked} were not asked`,
    );
  }
  if (answered > 0 && moved === 0) {
    failures.push('no answer of the chat app moved elsewhere, so nothing was shown: nothing was throttled');
  }
  return failures;
}
