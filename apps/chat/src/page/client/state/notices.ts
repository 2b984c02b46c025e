/** A sentence at the foot of the page: what was done, or why it was not. */
import { signal } from '@preact/signals';
import type { Fetched } from '../api.ts';
import { session } from './session.ts';
import { t } from './words.ts';

export interface Notice {
  readonly tone: 'plain' | 'failed';
  readonly text: string;
}

export const notice = signal<Notice | null>(null);

export function tell(text: string): void {
  notice.value = { tone: 'plain', text };
}

/** @returns whether it was done; if not, it is told why. */
export function succeeded<Value>(answer: Fetched<Value>): answer is { readonly kind: 'ok'; readonly value: Value } {
  if (answer.kind === 'ok') return true;
  if (answer.kind === 'locked') session.value = { kind: 'locked', message: answer.message };
  else
    notice.value = {
      tone: 'failed',
      text: answer.kind === 'gone' ? t('serverGone') : answer.message || t('unexpected'),
    };
  return false;
}
