/** Questions that are spoken, answers that are read aloud: where the browser can, and by it alone. */
import { signal } from '@preact/signals';
import { spoken } from '../model/speech-text.ts';
import { locale } from './words.ts';

/** Of the browser's recognition what is used here; not all of them have it, and none types it. */
interface Recognition {
  lang: string;
  interimResults: boolean;
  onresult: ((event: { readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }>> }) => void) | null;
  onend: (() => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  start(): void;
  stop(): void;
}

type NewRecognition = new () => Recognition;

export const isListening = signal(false);
/** Key of the turn that is read aloud. */
export const reading = signal<string | null>(null);
let current: Recognition | null = null;

function recognition(): NewRecognition | null {
  const found: unknown =
    Reflect.get(globalThis, 'SpeechRecognition') ?? Reflect.get(globalThis, 'webkitSpeechRecognition');
  return isConstructor(found) ? found : null;
}

function isConstructor(value: unknown): value is NewRecognition {
  return typeof value === 'function';
}

export const canListen = (): boolean => recognition() !== null;
export const canRead = (): boolean => 'speechSynthesis' in globalThis;

/** @param onText all that was understood so far. @param onRefused the microphone is not to be had. */
export function listen(onText: (text: string) => void, onRefused: () => void): void {
  const Made = recognition();
  if (Made === null || isListening.value) return;
  current = new Made();
  current.lang = locale.value;
  current.interimResults = true;
  current.onresult = ({ results }) => onText(Array.from(results, (result) => result[0]?.transcript ?? '').join(''));
  current.onerror = ({ error }) => {
    if (error === 'not-allowed' || error === 'service-not-allowed') onRefused();
  };
  current.onend = () => {
    isListening.value = false;
  };
  isListening.value = true;
  current.start();
}

export function stopListening(): void {
  current?.stop();
}

export function readAloud(key: string, markdown: string): void {
  const wasReading = reading.value;
  speechSynthesis.cancel();
  reading.value = null;
  if (wasReading === key) return;
  const utterance = new SpeechSynthesisUtterance(spoken(markdown));
  utterance.lang = locale.value;
  const end = (): void => {
    if (reading.value === key) reading.value = null;
  };
  utterance.onend = end;
  utterance.onerror = end;
  reading.value = key;
  speechSynthesis.speak(utterance);
}
