/** Who uses the page, and what the server can do. */
import { signal } from '@preact/signals';
import type { ConfigView, MeView } from '../../../server/api.ts';
import { api } from './server.ts';
import { codeText } from './telling.ts';
import { t } from './words.ts';

export type Session =
  | { readonly kind: 'loading' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'open'; readonly me: MeView };

export const session = signal<Session>({ kind: 'loading' });
export const config = signal<ConfigView | null>(null);

export async function startSession(): Promise<void> {
  const [told, me] = await Promise.all([api.config(), api.me()]);
  if (told.kind === 'ok') config.value = told.value;
  if (told.kind !== 'ok' || me.kind === 'gone' || me.kind === 'refused') session.value = { kind: 'gone' };
  // The first time nobody did anything wrong yet: there is nothing to tell.
  else session.value = me.kind === 'locked' ? { kind: 'locked', message: '' } : { kind: 'open', me: me.value };
}

/** Between two looks at whether the index has been probed. Milliseconds. */
const PROBE_LOOK_MS = 2_000;
/** In succession: a probe that takes longer is asked about when somebody comes back to the page. */
const PROBE_LOOKS_MAX = 30;

/** Asks the server again until it knows how it searches. @returns what ends that. */
export function watchProbe(): () => void {
  let looks = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isOver = false;
  const look = async (): Promise<void> => {
    const told = await api.config();
    if (isOver) return;
    if (told.kind === 'ok') config.value = told.value;
    next();
  };
  const next = (): void => {
    timer = ++looks > PROBE_LOOKS_MAX ? null : setTimeout(() => void look(), PROBE_LOOK_MS);
  };
  const again = (): void => {
    if (document.visibilityState !== 'visible' || timer !== null) return;
    looks = 0;
    next();
  };
  document.addEventListener('visibilitychange', again);
  next();
  return () => {
    isOver = true;
    if (timer !== null) clearTimeout(timer);
    document.removeEventListener('visibilitychange', again);
  };
}

/** @returns whether the door is open now. */
export async function signIn(user: string, password: string): Promise<boolean> {
  const answer = await api.signIn(user, password);
  if (answer.kind === 'gone') session.value = { kind: 'locked', message: t('serverGone') };
  else if (answer.kind !== 'ok') lock(answer);
  return answer.kind === 'ok';
}

/** Whoever was here has to sign in anew. */
export function lock(refused: { readonly code: string; readonly message: string }): void {
  session.value = { kind: 'locked', message: codeText(refused) };
}

export async function signOut(): Promise<void> {
  await api.signOut();
  location.assign('/');
}

/** null: nobody is known so far. */
export function user(): string | null {
  return session.value.kind === 'open' ? session.value.me.user : null;
}

/** Nobody is asked for a name: there is none to show, and there are no groups. */
export function isNameless(): boolean {
  return session.value.kind === 'open' && session.value.me.auth === 'none';
}
