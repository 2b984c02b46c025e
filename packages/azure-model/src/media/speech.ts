/** `audio/speech`: a text as sound. Source: wire §1.2; OpenAI's API reference, speech; the `openai` package 7.55. */
import { base64 } from '../base64.ts';
import type { Pace } from '../latency.ts';
import { type Answer, bytesOf, streamOf } from '../reply.ts';
import type { ServiceCall } from '../service.ts';
import { tokensOfChars } from '../text.ts';
import type { StreamEvents } from '../wire/events.ts';
import { invalidValue, missingParameter, type Refusal } from '../wire/refusals.ts';
import { type Desk, type Fields, jsonFields, type MediaTurn, refuse, told } from './desk.ts';
import { silentAac, silentFlac, silentMp3, silentOpus } from './silence.ts';
import { durationMsOf, voiced } from './voice.ts';
import { wavOf } from './wav.ts';
import { wordsTag } from './words.ts';

const VOICES = [
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'fable',
  'marin',
  'nova',
  'onyx',
  'sage',
  'shimmer',
  'verse',
] as const;

/** What the bytes are called, and how they are made of sound; only WAV and PCM can be heard (see silence.ts). */
export const FORMATS: Readonly<
  Record<string, { readonly type: string; readonly make: (pcm: Uint8Array, tag: string) => Uint8Array }>
> = {
  mp3: { type: 'audio/mpeg', make: (pcm, tag) => silentMp3(durationMsOf(pcm), tag) },
  opus: { type: 'audio/ogg', make: (pcm, tag) => silentOpus(durationMsOf(pcm), tag) },
  aac: { type: 'audio/aac', make: (pcm, tag) => silentAac(durationMsOf(pcm), tag) },
  flac: { type: 'audio/flac', make: (pcm, tag) => silentFlac(durationMsOf(pcm), tag) },
  wav: { type: 'audio/wav', make: wavOf },
  pcm: { type: 'audio/pcm', make: (pcm) => pcm },
};

const INPUT_CHARS_MAX = 4096;
/** Of sound that is generated. Source: OpenAI's pricing of gpt-4o-mini-tts, about $0.015 a minute at $12 a million; an approximation. */
const TOKENS_PER_SECOND = 20;
/** First sound comes after two waits for a first token. */
const SPEECH_FIRST_TOKENS = 2;

interface SpeechAsk {
  readonly input: string;
  readonly voice: string;
  readonly format: string;
  readonly speed: number;
  readonly stream: boolean;
}

const OPERATION_ID = 'Audio_Speech';

export function speak(desk: Desk, call: ServiceCall): Answer {
  const fields = jsonFields(call);
  const deployment = desk.deployment(call, fields, 'speech');
  if ('kind' in deployment) return deployment;
  const ask = readSpeech(fields ?? {}, deployment.facts.name);
  if ('body' in ask) return refuse(call, ask, deployment.name);
  const pcm = voiced(ask.input, ask.voice, ask.speed);
  const durationMs = durationMsOf(pcm);
  const turn: MediaTurn = { call, deployment, operationId: OPERATION_ID, streaming: ask.stream };
  const counts = deployment.facts.capacityUnit === 'thousandTokens';
  const answer = counts ? Math.ceil((durationMs / 1000) * TOKENS_PER_SECOND) : 0;
  const tokens = { prompt: counts ? tokensOfChars(ask.input.length) : 0, answer };
  const waitMs = desk.waitMs(turn, SPEECH_FIRST_TOKENS);
  const work = desk.admit(turn, tokens);
  if ('kind' in work) return work;
  const { type, make } = FORMATS[ask.format] ?? { type: 'audio/wav', make: wavOf };
  const bytes = make(pcm, wordsTag({ text: ask.input, durationMs }));
  if (!ask.stream) return told(bytesOf(bytes, type, call.headers, deployment.name, waitMs, work), turn);
  const pace: Pace = { headersMs: 0, firstTokenMs: waitMs, perTokenMs: waitMs };
  const events = new SpeechEvents(bytes, tokens);
  return told(streamOf({ kind: 'events', events, pace }, call.headers, deployment.name, work), turn);
}

function readSpeech(fields: Fields, model: string): SpeechAsk | Refusal {
  const { input, voice, response_format: format = 'mp3', speed = 1, stream_format: stream = 'audio' } = fields;
  if (input === undefined) return missingParameter('input');
  if (typeof input !== 'string' || input === '') return invalidValue('input', 'expected a text');
  if (input.length > INPUT_CHARS_MAX) return invalidValue('input', `expected at most ${INPUT_CHARS_MAX} characters`);
  if (voice === undefined) return missingParameter('voice');
  const name = voiceName(voice);
  if (name === null) return invalidValue('voice', `expected one of ${quoted(VOICES)}`);
  if (typeof format !== 'string' || !Object.hasOwn(FORMATS, format)) {
    return invalidValue('response_format', `expected one of ${quoted(Object.keys(FORMATS))}`);
  }
  if (typeof speed !== 'number' || speed < SPEED_MIN || speed > SPEED_MAX) {
    return invalidValue('speed', `expected a number from ${SPEED_MIN} to ${SPEED_MAX}`);
  }
  if (stream !== 'audio' && stream !== 'sse') return invalidValue('stream_format', "expected 'audio' or 'sse'");
  if (stream === 'sse' && /^tts/.test(model)) return invalidValue('stream_format', `${model} does not support 'sse'`);
  return { input, voice: name, format, speed, stream: stream === 'sse' };
}

const SPEED_MIN = 0.25;
const SPEED_MAX = 4;

/** A voice of the user's own has an id. */
export function voiceName(voice: unknown): string | null {
  if (typeof voice === 'object' && voice !== null && 'id' in voice) {
    return typeof voice.id === 'string' ? voice.id : null;
  }
  return VOICES.find((known) => known === voice) ?? null;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

/** Of sound in one event. Bytes. */
const EVENT_BYTES = 24_000;

class SpeechEvents implements StreamEvents {
  readonly choices = 1;
  readonly contentEvents: number;
  readonly #bytes: Uint8Array;
  readonly #tokens: { readonly prompt: number; readonly answer: number };

  constructor(bytes: Uint8Array, tokens: { readonly prompt: number; readonly answer: number }) {
    this.#bytes = bytes;
    this.#tokens = tokens;
    this.contentEvents = Math.ceil(bytes.length / EVENT_BYTES);
  }

  preamble(): string {
    return '';
  }

  content(from: number, to: number): string {
    let events = '';
    for (let i = from; i < to; i++) {
      const part = this.#bytes.subarray(i * EVENT_BYTES, (i + 1) * EVENT_BYTES);
      events += `data: {"type":"speech.audio.delta","audio":"${base64(part)}"}\n\n`;
    }
    return events;
  }

  ending(): string {
    const { prompt, answer } = this.#tokens;
    const usage = `{"input_tokens":${prompt},"output_tokens":${answer},"total_tokens":${prompt + answer}}`;
    return `data: {"type":"speech.audio.done","usage":${usage}}\n\n`;
  }
}
