/** A conversation that somebody shares: made, taken back, and read by its link. */
import { signal } from '@preact/signals';
import type { SharedTurn, SharedView } from '../../../server/api.ts';
import { recalled } from '../model/answer.ts';
import { api } from './server.ts';
import { lock } from './session.ts';
import { refusalText } from './telling.ts';
import { t } from './words.ts';

export type Reading =
  | { readonly kind: 'loading' }
  | { readonly kind: 'read'; readonly view: SharedView }
  | { readonly kind: 'missing'; readonly text: string };

export const sharedTitle = signal('');
export const reading = signal<Reading>({ kind: 'loading' });

export async function readShared(link: string): Promise<void> {
  const answer = await api.shared(link);
  if (answer.kind === 'locked') return lock(answer);
  if (answer.kind === 'ok') {
    reading.value = { kind: 'read', view: answer.value };
    sharedTitle.value = answer.value.title;
  } else {
    const isGone = answer.kind === 'refused' && answer.status === 404;
    reading.value = { kind: 'missing', text: isGone ? t('sharedGone') : refusalText(answer) };
  }
}

/** As it stands in the one who shared it, with what it cites; nothing of it can be asked on. */
export function answerOf({ answer, events }: SharedTurn) {
  return { ...recalled(answer, events), followups: [] };
}

/** The server tells the path; a reader elsewhere needs all of it. */
export function wholeUrl(url: string): string {
  return new URL(url, location.href).href;
}
