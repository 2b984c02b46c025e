/** What becomes of a file that is read: its text in blocks, or one sentence that says why not. */
import type { Extracted } from '@spillway/rag';
import type { Access } from '../store/store.ts';

export type MediaType =
  | 'application/pdf'
  | 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  | 'text/html'
  | 'text/markdown'
  | 'text/plain'
  | 'text/csv'
  | 'application/json';

/** What a document says of itself beside its text. */
export interface Front {
  readonly category: string | null;
  /** null: it does not say. */
  readonly access: Access | null;
}

export interface Extraction {
  readonly extracted: Extracted;
  readonly mediaType: MediaType;
  readonly front: Front;
  /** What a person should know: pages without text, parts left out. At most {@link NOTES_MAX}. */
  readonly notes: readonly string[];
}

export const NOTES_MAX = 20;

export type RefusalKind =
  | 'tooLarge'
  | 'unsupported'
  | 'damaged'
  | 'encrypted'
  | 'noText'
  | 'unsafe'
  | 'badFront'
  | 'timeout';

/** Why a file is not taken: what is wrong, and the way out. Never more of its content than a name. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export const NO_FRONT: Front = { category: null, access: null };
