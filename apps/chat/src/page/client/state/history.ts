/** The list of conversations: the server keeps them, also for whoever it knows by a cookie alone. */
import { signal } from '@preact/signals';
import type { ConversationRow } from '../../../store/store.ts';
import { succeeded } from './notices.ts';
import { api } from './server.ts';

export const conversations = signal<readonly ConversationRow[]>([]);
export const search = signal('');

export async function readHistory(): Promise<void> {
  const wanted = search.value;
  const answer = await api.conversations(wanted);
  // Overtaken by what was typed since.
  if (wanted !== search.value || !succeeded(answer)) return;
  conversations.value = sorted(answer.value);
}

/** Pinned ones first, then the newest. */
function sorted(rows: readonly ConversationRow[]): readonly ConversationRow[] {
  return rows.toSorted((a, b) => Number(b.isPinned) - Number(a.isPinned) || b.changedMs - a.changedMs);
}

/** It was opened, asked in, or changed. */
export function noteConversation(row: ConversationRow): void {
  conversations.value = sorted([...conversations.value.filter(({ id }) => id !== row.id), row]);
}

export async function changeConversation(
  row: ConversationRow,
  to: { title?: string; isPinned?: boolean },
): Promise<void> {
  if (succeeded(await api.change(row.id, to))) noteConversation({ ...row, ...to });
}

/** @returns whether it is gone. */
export async function forgetConversation(id: string): Promise<boolean> {
  const answer = await api.forget(id);
  // Deleted elsewhere: that is what was wanted.
  const isGone = (answer.kind === 'refused' && answer.status === 404) || succeeded(answer);
  if (isGone) dropFromList(id);
  return isGone;
}

export function dropFromList(id: string): void {
  conversations.value = conversations.value.filter((row) => row.id !== id);
}

export async function forgetAll(): Promise<boolean> {
  if (!succeeded(await api.forgetAll())) return false;
  conversations.value = [];
  return true;
}
