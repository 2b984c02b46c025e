/** Who uses the page, and what the server can do. */
import { signal } from '@preact/signals';
import type { ConfigView, MeView } from '../../../server/api.ts';
import { api } from './server.ts';

export type Session =
  | { readonly kind: 'loading' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'open'; readonly me: MeView };

export const session = signal<Session>({ kind: 'loading' });
export const config = signal<ConfigView | null>(null);

export async function startSession(): Promise<void> {
  const [told, me] = await Promise.all([api.config(), api.me()]);
  if (told.kind === 'ok') {
    config.value = told.value;
    document.title = told.value.title;
  }
  if (told.kind !== 'ok' || me.kind === 'gone' || me.kind === 'refused') session.value = { kind: 'gone' };
  // The first time nobody did anything wrong yet: there is nothing to tell.
  else session.value = me.kind === 'locked' ? { kind: 'locked', message: '' } : { kind: 'open', me: me.value };
}

/** @returns whether the door is open now. */
export async function signIn(user: string, password: string): Promise<boolean> {
  const answer = await api.signIn(user, password);
  if (answer.kind !== 'ok') session.value = { kind: 'locked', message: answer.kind === 'gone' ? '' : answer.message };
  return answer.kind === 'ok';
}

export async function signOut(): Promise<void> {
  await api.signOut();
  location.assign('/');
}

/** Nobody is asked for a name: there is none to show, and there are no groups. */
export function isNameless(): boolean {
  return session.value.kind === 'open' && session.value.me.auth === 'none';
}
