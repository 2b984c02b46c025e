/** What a resource holds that a request may point to. All of it belongs to that resource alone (wire §1.6). */
import type { Filter } from '../state/attributes.ts';
import type { Turn } from './generation.ts';

/** What a vector store found for a question. */
export interface Passage {
  readonly fileId: string;
  readonly filename: string;
  /** 0 to 1; more is nearer. */
  readonly score: number;
  readonly text: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Held {
  /** Items of the conversation up to that response and with it, oldest first; null for an id that is not held here. */
  responseItems(id: string): readonly unknown[] | null;
  /** Items of a conversation, oldest first; null likewise. */
  conversationItems(id: string): readonly unknown[] | null;
  /** One item of a response by its own id; null likewise. */
  item(id: string): Readonly<Record<string, unknown>> | null;
  /** What a sealed text of this resource stands for: no turns for thoughts; null where it is another's, or was changed. */
  opened(sealed: string): readonly Turn[] | null;
  has(kind: 'file' | 'vectorStore', id: string): boolean;
  /** The best first. */
  search(asked: SearchAsked): readonly Passage[];
}

export interface SearchAsked {
  readonly vectorStoreIds: readonly string[];
  readonly question: string;
  readonly passagesMax: number;
  readonly filter: Filter;
  readonly scoreMin: number;
}

export const NOTHING_HELD: Held = {
  responseItems: () => null,
  conversationItems: () => null,
  item: () => null,
  opened: () => null,
  has: () => false,
  search: () => [],
};
