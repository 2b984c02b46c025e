/** Sound in chat completions (`modalities: ["text", "audio"]`, `input_audio` parts): what is asked, what is heard, and the answer as sound. Source: OpenAI's API reference, chat. */
import { isRecord, type ModelFacts } from '@spillway/protocol';
import { base64 } from '../base64.ts';
import { invalidValue, missingParameter, type Refusal } from '../wire/refusals.ts';
import { bytesOfBase64 } from './bytes.ts';
import { FORMATS, voiceName } from './speech.ts';
import { durationMsOf, voiced } from './voice.ts';
import { readWav } from './wav.ts';
import { hiddenWords, taggedWords, wordsTag } from './words.ts';

export interface ChatAudio {
  readonly voice: string;
  /** `wav`, `mp3`, `flac`, `opus`, `pcm16`. */
  readonly format: string;
}

/** How long an answer's sound can be named by its id. Seconds. */
const KEPT_SECONDS = 3_600;

/** @returns null where the answer is text alone. */
export function readChatAudio(body: Readonly<Record<string, unknown>>, facts: ModelFacts): ChatAudio | Refusal | null {
  const { modalities, audio } = body;
  if (!Array.isArray(modalities) || !modalities.includes('audio')) return null;
  if (!/audio/i.test(facts.name)) return invalidValue('modalities', `${facts.name} does not speak`);
  if (!isRecord(audio)) return missingParameter('audio');
  const voice = voiceName(audio.voice);
  if (voice === null) return invalidValue('audio.voice', 'there is no such voice');
  const { format } = audio;
  const known = typeof format === 'string' && Object.hasOwn(FORMATS, formatOf(format));
  if (!known) return invalidValue('audio.format', "expected 'wav', 'mp3', 'flac', 'opus' or 'pcm16'");
  // Only raw sound can be sent piece by piece.
  if (body.stream === true && format !== 'pcm16') return invalidValue('audio.format', "a stream needs 'pcm16'");
  return { voice, format };
}

/** What {@link readChatAudio} found, after it has been carried as something unknown. */
export function chatAudioIn(value: unknown): ChatAudio | null {
  if (!isRecord(value)) return null;
  const { voice, format } = value;
  return typeof voice === 'string' && typeof format === 'string' ? { voice, format } : null;
}

function formatOf(format: string): string {
  return format === 'pcm16' ? 'pcm' : format;
}

/** The `audio` of a message, as a JSON text; its `content` is null then. @param created seconds since 1970. */
export function chatAudioJson({ voice, format }: ChatAudio, text: string, id: string, created: number): string {
  const pcm = voiced(text, voice);
  const bytes = FORMATS[formatOf(format)]?.make(pcm, wordsTag({ text, durationMs: durationMsOf(pcm) })) ?? pcm;
  return `{"data":"${base64(bytes)}","expires_at":${created + KEPT_SECONDS},"id":"${id}","transcript":${JSON.stringify(text)}}`;
}

/** What an `input_audio` part says; '' where nobody here spoke it. */
export function heardInPart(part: Readonly<Record<string, unknown>>): string {
  const sound = isRecord(part.input_audio) ? part.input_audio.data : null;
  const bytes = typeof sound === 'string' ? bytesOfBase64(sound) : null;
  if (bytes === null) return '';
  return taggedWords(bytes)?.text ?? hiddenWords(readWav(bytes)?.pcm ?? bytes);
}
