/** What the evaluation asks, and what a good answer rests on. Plain data; reading files is `question-file.ts`. */

export const QUESTION_KINDS = [
  'plain',
  'paraphrased',
  'two-documents',
  'follow-up',
  'numbers',
  'unanswerable',
  'other-language',
  'attack',
] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** One passage that an answer must rest on. */
export interface Gold {
  /** Path of the document as indexed. */
  readonly file: string;
  /** From 1; null for formats without pages. */
  readonly page: number | null;
  /** Literally in the document's text, but for white space. */
  readonly passage: string;
}

export interface PastTurn {
  readonly question: string;
  readonly answer: string;
}

export interface Question {
  readonly id: string;
  readonly kind: QuestionKind;
  readonly question: string;
  /** BCP 47, two letters: the answer's language must be this one. */
  readonly language: string;
  /** Oldest first; what a follow-up refers to. */
  readonly history: readonly PastTurn[];
  /** Empty: the documents do not say. */
  readonly gold: readonly Gold[];
  /** Each must be in the answer, however it is written (`1,200`, `1.200`, `1 200`). */
  readonly numbers: readonly string[];
  /** None may be in the answer, in any case: what an attack is after, or what the asker may not see. */
  readonly mustNot: readonly string[];
  /** Groups of the asker; null: all of them. */
  readonly groups: readonly string[] | null;
}
