/** What the page says, in the language of whoever reads it: a table of words that is fetched before anything is drawn. */
import { computed, signal } from '@preact/signals';
import { filled, languageFor } from '../format.ts';
import en from '../words/en.json' with { type: 'json' };
import { api } from './server.ts';

export type Word = keyof typeof en;

/** Each in its own words, as in a list to choose from. */
export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  fi: 'Suomi',
  pt: 'Português',
  ko: '한국어',
} as const;
export type Language = keyof typeof LANGUAGES;

export const language = signal<Language>('en');
/** What has to be said when nothing could be fetched. */
const ALONE: Readonly<Record<string, string>> = {
  serverGone: 'The server does not answer. Try again in a moment.',
  tryAgain: 'Try again',
};
const table = signal(ALONE);

/** Words with `{name}` in them take these. */
export function t(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(table.value[word] ?? word, values);
}

/** Numbers and times are written as in that language, too. */
export const locale = computed(() => navigator.languages.find(isSpoken) ?? language.value);

/** Of the same language, and perhaps of a country: 21 Nov 2026 in London, Nov 21, 2026 in Boston. */
function isSpoken(name: string): boolean {
  return name.split('-')[0]?.toLowerCase() === language.value;
}

export async function speak(wanted: Language): Promise<void> {
  const answer = await api.words(wanted);
  if (answer.kind !== 'ok') return;
  table.value = answer.value;
  language.value = wanted;
  document.documentElement.lang = wanted;
}

export function preferredLanguage(): Language {
  return languageFor(navigator.languages, isLanguage) ?? 'en';
}

export function isLanguage(name: string): name is Language {
  return Object.hasOwn(LANGUAGES, name);
}
