/**
 * What alone is asked in a conversation: chosen documents, or a collection. It goes with each question; the server tells it with the
 * answer's steps, so that it is known again wherever the conversation is opened. What was chosen and not asked yet is kept as long as the tab.
 */
import { signal } from '@preact/signals';
import type { Overrides } from '../../../server/api.ts';
import { type Scope, scopeIn } from '../model/scope.ts';
import { keep, kept } from './kept.ts';

const keyOf = (conversationId: string | null): string => `spillway-chat-scope-${conversationId ?? 'new'}`;

/** null: everything is asked. */
export const scope = signal<Scope | null>(null);

/** @param told of the conversation's last turn. */
export function readScope(conversationId: string | null, told: Scope | null): void {
  const found = scopeIn(kept(sessionStorage, keyOf(conversationId)));
  // Whoever took it away in this tab does not find it again.
  scope.value = found === 'none' ? null : (found ?? told);
}

export function setScope(conversationId: string | null, to: Scope | null): void {
  scope.value = to;
  keep(sessionStorage, keyOf(conversationId), to ?? 'none');
}

/** A new conversation has been given its id; the next new one begins with everything. */
export function nameScope(conversationId: string): void {
  if (scope.value !== null) keep(sessionStorage, keyOf(conversationId), scope.value);
  keep(sessionStorage, keyOf(null), null);
}

/** Categories that a developer set for all questions give way: together they might leave nothing to be asked. */
export function scoped({ ...overrides }: Overrides, to: Scope | null): Overrides {
  if (to === null) return overrides;
  delete overrides.includeCategory;
  delete overrides.excludeCategory;
  if (to.kind === 'collection') return { ...overrides, includeCategory: to.name };
  return { ...overrides, documents: to.documents.map(({ id }) => id) };
}
