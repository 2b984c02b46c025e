/** What was typed and not sent, for each conversation; kept as long as the tab. */
import { signal } from '@preact/signals';
import { keep, kept } from './kept.ts';

const keyOf = (conversationId: string | null): string => `spillway-chat-draft-${conversationId ?? 'new'}`;

export const draft = signal('');

export function readDraft(conversationId: string | null): void {
  const found = kept(sessionStorage, keyOf(conversationId));
  draft.value = typeof found === 'string' ? found : '';
}

export function write(conversationId: string | null, text: string): void {
  draft.value = text;
  keep(sessionStorage, keyOf(conversationId), text === '' ? null : text);
}
