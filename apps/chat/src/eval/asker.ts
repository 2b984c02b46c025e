/** What is evaluated, seen from outside: a chat app that answers, or a search alone. In process or across HTTP. */
import type { PastTurn } from './question.ts';

export interface Asked {
  readonly question: string;
  /** Oldest first. */
  readonly history: readonly PastTurn[];
  /** On behalf of somebody in these groups; null: somebody who may see everything. */
  readonly groups: readonly string[] | null;
}

/** A piece of a document that was found. */
export interface Passage {
  readonly path: string;
  readonly pageFrom: number | null;
  readonly pageTo: number | null;
  readonly text: string;
}

export interface LabelledPassage extends Passage {
  /** As cited: `S1`. */
  readonly label: string;
}

export interface Answered {
  readonly text: string;
  /** Best first, as they were given to the model. */
  readonly sources: readonly LabelledPassage[];
  /** Labels as cited, in order; a label may come more than once. */
  readonly cited: readonly string[];
  /** From the question to the first word; null: there was none. */
  readonly firstMs: number | null;
  /** Why there is no whole answer, in plain words; null: there is one. */
  readonly failure: string | null;
}

/** Never rejects for a failure of the app: that is `Answered.failure`. */
export interface Asker {
  ask(asked: Asked, signal: AbortSignal): Promise<Answered>;
}

/** Search without a model. */
export interface Retriever {
  /** @returns at most `top`, best first. */
  retrieve(asked: Asked, top: number, signal: AbortSignal): Promise<readonly Passage[]>;
}
