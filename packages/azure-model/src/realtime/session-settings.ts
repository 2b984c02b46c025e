/** What a realtime session is set to: as it is shown to the client, changed by `session.update`, and read by the session. Source: OpenAI's API reference, realtime. */
import { isRecord } from '@spillway/protocol';
import { voiceName } from '../media/speech.ts';
import type { RealtimeDialect } from './dialect.ts';

/** As JSON has it. */
export type SessionRecord = Readonly<Record<string, unknown>>;

/** null: turns end when the client says so. */
export interface TurnDetection {
  /** 0 to 1. */
  readonly threshold: number;
  readonly silenceMs: number;
  readonly createsResponse: boolean;
  readonly interruptsResponse: boolean;
}

export interface SessionSettings {
  readonly instructions: string;
  readonly voice: string;
  /** Whether answers are spoken; otherwise they are text. */
  readonly speaks: boolean;
  readonly turnDetection: TurnDetection | null;
  /** Whether what the user says is written down for the client. */
  readonly transcribes: boolean;
  readonly tools: unknown;
  readonly toolChoice: unknown;
  /** null: the model's own limit. Tokens. */
  readonly answerTokensMax: number | null;
}

const VAD_GA = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
  idle_timeout_ms: null,
  create_response: true,
  interrupt_response: true,
};
const VAD_PREVIEW = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 200,
  create_response: true,
  interrupt_response: true,
};
const PCM = { type: 'audio/pcm', rate: 24_000 };
const SILENCE_MS = 500;
const THRESHOLD = 0.5;

export interface NewSession {
  readonly id: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export function newSession(dialect: RealtimeDialect, { id, model, expiresAt }: NewSession): SessionRecord {
  const instructions = '';
  if (dialect === 'preview') {
    return {
      id,
      object: 'realtime.session',
      model,
      expires_at: expiresAt,
      modalities: ['text', 'audio'],
      instructions,
      voice: 'alloy',
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      input_audio_transcription: null,
      turn_detection: VAD_PREVIEW,
      tools: [],
      tool_choice: 'auto',
      temperature: 0.8,
      max_response_output_tokens: 'inf',
    };
  }
  return {
    type: 'realtime',
    object: 'realtime.session',
    id,
    model,
    expires_at: expiresAt,
    output_modalities: ['audio'],
    instructions,
    tools: [],
    tool_choice: 'auto',
    max_output_tokens: 'inf',
    tracing: null,
    truncation: 'auto',
    prompt: null,
    include: null,
    audio: {
      input: { format: PCM, transcription: null, noise_reduction: null, turn_detection: VAD_GA },
      output: { format: PCM, voice: 'alloy', speed: 1 },
    },
  };
}

/** A session that only writes down what it hears (`intent=transcription`). */
export function newTranscription(session: NewSession): SessionRecord {
  const { id, expiresAt } = session;
  const input = { format: PCM, transcription: null, noise_reduction: null, turn_detection: VAD_GA };
  return {
    type: 'transcription',
    object: 'realtime.transcription_session',
    id,
    expires_at: expiresAt,
    include: null,
    audio: { input },
  };
}

/** Objects are merged, everything else is replaced. @param depth objects within one another that are. */
export function merged(before: SessionRecord, change: SessionRecord, depth = 3): SessionRecord {
  const all: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const old = all[name];
    all[name] = depth > 0 && isRecord(old) && isRecord(value) ? merged(old, value, depth - 1) : value;
  }
  return all;
}

/** What of a change cannot be. @returns null where all of it can. */
export function changeProblem(change: SessionRecord): { readonly param: string; readonly message: string } | null {
  const audio = isRecord(change.audio) ? change.audio : {};
  const [input, output] = [audio.input, audio.output].map((part) => (isRecord(part) ? part : {}));
  const voice = output?.voice ?? change.voice;
  if (voice !== undefined && voiceName(voice) === null) {
    return { param: 'session.voice', message: `Invalid value: '${String(voice)}'. There is no such voice.` };
  }
  const formats = [input?.format, output?.format, change.input_audio_format, change.output_audio_format];
  for (const format of formats) {
    const type = isRecord(format) ? format.type : format;
    if (type === undefined || type === null || type === 'audio/pcm' || type === 'pcm16') continue;
    return {
      param: 'session.audio.format',
      message: `Invalid value: '${String(type)}'. The simulator speaks and hears 'audio/pcm' ('pcm16') alone.`,
    };
  }
  return null;
}

/** @param session as it is shown, or with what one response asks for laid over it. */
export function settingsOf(session: SessionRecord): SessionSettings {
  const audio = isRecord(session.audio) ? session.audio : {};
  const input = isRecord(audio.input) ? audio.input : {};
  const output = isRecord(audio.output) ? audio.output : {};
  const modalities = session.output_modalities ?? session.modalities;
  const max = session.max_output_tokens ?? session.max_response_output_tokens;
  return {
    instructions: typeof session.instructions === 'string' ? session.instructions : '',
    voice: voiceName(output.voice ?? session.voice) ?? 'alloy',
    speaks: Array.isArray(modalities) ? modalities.includes('audio') : true,
    turnDetection: turnDetectionOf('turn_detection' in input ? input.turn_detection : session.turn_detection),
    transcribes: isRecord(input.transcription ?? session.input_audio_transcription),
    tools: session.tools,
    toolChoice: session.tool_choice,
    answerTokensMax: typeof max === 'number' && max > 0 ? Math.floor(max) : null,
  };
}

function turnDetectionOf(given: unknown): TurnDetection | null {
  if (!isRecord(given)) return null;
  const { threshold, silence_duration_ms: silence, create_response: create, interrupt_response: interrupt } = given;
  return {
    threshold: typeof threshold === 'number' ? threshold : THRESHOLD,
    silenceMs: typeof silence === 'number' ? silence : SILENCE_MS,
    createsResponse: create !== false,
    interruptsResponse: interrupt !== false,
  };
}
