/** A sentence at the foot of the page: what was done, or why it was not. */
import { signal } from '@preact/signals';
import type { Fetched } from '../api.ts';
import { lock } from './session.ts';
import { refusalText } from './telling.ts';

export interface Notice {
  readonly tone: 'plain' | 'failed';
  readonly text: string;
}

export const notice = signal<Notice | null>(null);

export function tell(text: string): void {
  notice.value = { tone: 'plain', text };
}

/** Something did not work. */
export function warn(text: string): void {
  notice.value = { tone: 'failed', text };
}

/** @returns whether it was done; if not, it is told why. */
export function succeeded<Value>(answer: Fetched<Value>): answer is { readonly kind: 'ok'; readonly value: Value } {
  if (answer.kind === 'ok') return true;
  if (answer.kind === 'locked') lock(answer);
  else warn(refusalText(answer));
  return false;
}
