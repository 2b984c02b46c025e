/** What the page knows and what it is being asked; views read it and are drawn anew when it changes. */
import { signal } from '@preact/signals';
import { type Answer, Api, type Shown } from './api.ts';
import { type Connection, Live } from './live.ts';
import type { ResourceView } from './shapes.ts';
import { type PlaceUsage, placesOf } from './usages.ts';

export interface Notice {
  readonly tone: 'done' | 'failed';
  readonly text: string;
}

/** The dialog that is open. */
export type Asking =
  | { readonly kind: 'create'; readonly resource: ResourceView }
  | { readonly kind: 'delete'; readonly resource: string; readonly deployment: string };

/** How long a notice stays that nobody has to act on. Milliseconds. */
const NOTICE_MS = 6_000;
/** Between two looks at the quota of subscriptions, which changes when something is deployed. Milliseconds. */
const USAGES_MS = 10_000;
/** Of this tab alone, and gone with it. */
const KEY_PLACE = 'spillway-admin-key';

/** null: nothing has been read yet. */
export const shown = signal<Shown | null>(null);
/** null: not read yet. */
export const usages = signal<readonly PlaceUsage[] | null>(null);
/** Why they cannot be read; null where they can. */
export const usagesProblem = signal<string | null>(null);
export const connection = signal<Connection>({ kind: 'loading' });
export const notice = signal<Notice | null>(null);
export const asking = signal<Asking | null>(null);
/** Part of a name: deployments without it are not shown. */
export const wanted = signal('');

export const api = new Api({
  fetch: (path, init) => fetch(path, init),
  key: () => sessionStorage.getItem(KEY_PLACE),
});

const browser = {
  isVisible: () => document.visibilityState === 'visible',
  after: (ms: number, act: () => void) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

const live = new Live<Shown>({
  ...browser,
  load: () => api.shown(),
  onValue: (value) => {
    shown.value = value;
  },
  onConnection: (next) => {
    connection.value = next;
  },
});

const liveUsages = new Live<readonly PlaceUsage[]>({
  ...browser,
  everyMs: USAGES_MS,
  load: () => api.usages(placesOf(shown.value?.state.resources ?? [])),
  onValue: (value) => {
    usages.value = value;
  },
  onConnection: (next) => {
    usagesProblem.value = next.kind === 'refused' ? next.message : null;
  },
});

/** At once, whatever the pause. */
export function look(): void {
  // Where the resources are is known after the first look alone.
  live
    .look()
    .then(() => liveUsages.look())
    .catch((error: unknown) => tell('failed', String(error)));
}

export function startLooking(): void {
  document.addEventListener('visibilitychange', look);
  look();
}

export function giveKey(key: string): void {
  sessionStorage.setItem(KEY_PLACE, key);
  look();
}

let noticeTimer: ReturnType<typeof setTimeout> | undefined;

export function tell(tone: Notice['tone'], text: string): void {
  clearTimeout(noticeTimer);
  notice.value = { tone, text };
  if (tone === 'done') noticeTimer = setTimeout(dismiss, NOTICE_MS);
}

export function dismiss(): void {
  notice.value = null;
}

export interface Act {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** What to say when it is done. */
  readonly done: string;
}

/** Does what a button says, tells how it went, and shows what became of it. */
export async function act({ method, path, body, done }: Act): Promise<void> {
  const answer = await api.send(method, path, body);
  if (answer.kind === 'ok') tell('done', done);
  else tell('failed', reasonOf(answer));
  look();
}

export function reasonOf(answer: Exclude<Answer<unknown>, { readonly kind: 'ok' }>): string {
  switch (answer.kind) {
    case 'refused':
      return answer.code === '' ? answer.message : `${answer.code}: ${answer.message}`;
    case 'locked':
      return answer.message;
    case 'gone':
      return 'The simulator does not answer; nothing was changed as far as this page knows.';
  }
}
