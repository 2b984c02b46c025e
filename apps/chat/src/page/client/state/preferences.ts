/** How somebody likes the page, and what a developer sets for each question. Kept in this browser. */
import { effect, signal } from '@preact/signals';
import { RETRIEVAL_MODES } from '../../../events.ts';
import type { Overrides } from '../../../server/api.ts';
import { REASONING_EFFORTS } from '../../../settings/reasoning-effort.ts';
import { isObject } from '../shapes.ts';
import { keep, kept } from './kept.ts';
import { isLanguage, type Language, language, preferredLanguage, speak } from './words.ts';

export type Theme = 'auto' | 'light' | 'dark';
export type Mode = 'chat' | 'ask';

export const theme = signal<Theme>('auto');
export const mode = signal<Mode>('chat');
/** As it is written; false: only once it is whole. */
export const showsWriting = signal(true);
export const overrides = signal<Overrides>({});

const KEY = 'spillway-chat-preferences';

/** Before anything is drawn, so that nothing changes colour or language before somebody's eyes. */
export async function startPreferences(): Promise<void> {
  const found = kept(localStorage, KEY);
  const read = (name: string): unknown => (isObject(found) ? Reflect.get(found, name) : undefined);
  const [seen, wanted] = [read('theme'), read('language')];
  if (seen === 'light' || seen === 'dark') theme.value = seen;
  if (read('mode') === 'ask') mode.value = 'ask';
  showsWriting.value = read('showsWriting') !== false;
  overrides.value = overridesIn(read('overrides'));
  await speak(typeof wanted === 'string' && isLanguage(wanted) ? wanted : preferredLanguage());
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    const { value: chosen } = language;
    keep(localStorage, KEY, { ...all(), language: wantedLanguage.value ?? (wanted === chosen ? chosen : undefined) });
  });
}

const wantedLanguage = signal<Language | null>(null);

/** From now on, also the next time. */
export async function chooseLanguage(wanted: Language): Promise<void> {
  wantedLanguage.value = wanted;
  await speak(wanted);
}

function all(): object {
  return { theme: theme.value, mode: mode.value, showsWriting: showsWriting.value, overrides: overrides.value };
}

/** A setting that is taken away is as the server says again. */
export function override<Name extends keyof Overrides>(name: Name, value: Overrides[Name] | undefined): void {
  const { [name]: _, ...others } = overrides.value;
  overrides.value = value === undefined ? others : { ...others, [name]: value };
}

export const CHOICES = { reasoningEffort: REASONING_EFFORTS, retrievalMode: RETRIEVAL_MODES };

/** What an older version kept may be of another shape: only what fits is taken. */
function overridesIn(value: unknown): Overrides {
  if (!isObject(value)) return {};
  const found: Overrides = {};
  const read = (name: keyof Overrides): unknown => Reflect.get(value, name);
  const effort = REASONING_EFFORTS.find((name) => name === read('reasoningEffort'));
  const retrieval = RETRIEVAL_MODES.find((name) => name === read('retrievalMode'));
  if (effort !== undefined) found.reasoningEffort = effort;
  if (retrieval !== undefined) found.retrievalMode = retrieval;
  for (const name of ['top', 'temperature', 'seed'] as const) {
    const number = read(name);
    if (typeof number === 'number') found[name] = number;
  }
  for (const name of ['includeCategory', 'excludeCategory', 'promptTemplate'] as const) {
    const text = read(name);
    if (typeof text === 'string') found[name] = text;
  }
  for (const name of ['followups', 'rerank'] as const) {
    const is = read(name);
    if (typeof is === 'boolean') found[name] = is;
  }
  return found;
}
