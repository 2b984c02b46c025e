/** `audio/transcriptions` and `audio/translations`: sound as text. Source: wire §1.2; OpenAI's API reference; simulator reference S-37, S-58. */
import type { Deployment } from '../deployment.ts';
import type { Pace } from '../latency.ts';
import { type Answer, answerOf, streamOf } from '../reply.ts';
import type { FormPart, ServiceCall } from '../service.ts';
import { tokensOfChars } from '../text.ts';
import { invalidRequest, invalidValue, missingParameter, type Refusal } from '../wire/refusals.ts';
import { type Desk, type Fields, filesOf, formFields, type MediaTurn, refuse, told } from './desk.ts';
import { heardIn } from './heard.ts';
import { TRANSCRIPT_FORMS, type Transcript, TranscriptEvents } from './transcript-form.ts';

/** Of one file. Source: Microsoft Learn, "Azure OpenAI in Microsoft Foundry Models", audio: 25 MB. Bytes. */
export const SOUND_BYTES_MAX = 26_214_400;
/** For each MiB so many waits for a first token: 15 s with the default latency (simulator reference S-11). */
export const MIB_FIRST_TOKENS = 100;
/** Of sound that is listened to. Source: wire §6.3 has none; OpenAI's guide on audio, 1 for each 100 ms. */
const TOKENS_PER_SECOND = 10;

const ENDINGS = ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm'];
/** What whisper can do besides; gpt-4o models answer with JSON alone, the one that tells speakers apart with that. */
const WHISPER_FORMS = ['json', 'text', 'srt', 'verbose_json', 'vtt'];
const GPT_FORMS = ['json', 'text'];
const DIARIZE_FORMS = ['json', 'text', 'diarized_json'];

export interface TranscribeOperation {
  readonly task: Transcript['task'];
  readonly operationId: string;
}

interface TranscribeAsk {
  readonly file: FormPart;
  readonly form: string;
  readonly stream: boolean;
  readonly granularities: readonly string[];
  readonly language: string;
}

export function transcribe(desk: Desk, call: ServiceCall, { task, operationId }: TranscribeOperation): Answer {
  const fields = formFields(call.form);
  const deployment = desk.deployment(call, fields, 'transcription');
  if ('kind' in deployment) return deployment;
  const ask = readTranscribe(fields ?? {}, filesOf(call.form, 'file'), deployment, task);
  if ('body' in ask) return refuse(call, ask, deployment.name);
  const heard = heardIn(ask.file.bytes, desk.premises.world.seeded);
  const turn: MediaTurn = { call, deployment, operationId, streaming: ask.stream };
  const counts = deployment.facts.capacityUnit === 'thousandTokens';
  const sound = Math.ceil((heard.durationMs / 1000) * TOKENS_PER_SECOND);
  const tokens = { prompt: counts ? sound : 0, answer: counts ? tokensOfChars(heard.text.length) : 0 };
  const waitMs = desk.waitMs(turn, (MIB_FIRST_TOKENS * ask.file.bytes.length) / 1_048_576);
  const work = desk.admit(turn, tokens);
  if ('kind' in work) return work;
  const usage = counts ? tokenUsage(tokens) : `{"type":"duration","seconds":${Math.ceil(heard.durationMs / 1000)}}`;
  const { language, granularities } = ask;
  const transcript: Transcript = { ...heard, task, language, usage, granularities };
  if (ask.stream) {
    const events = new TranscriptEvents(transcript);
    const pace: Pace = { headersMs: 0, firstTokenMs: waitMs, perTokenMs: desk.premises.facts.latency.perTokenMs };
    return told(streamOf({ kind: 'events', events, pace }, call.headers, deployment.name, work), turn);
  }
  const { contentType, text } = (TRANSCRIPT_FORMS[ask.form] ?? whole)(transcript);
  call.headers.push('content-type', contentType);
  return told(answerOf(text, call.headers, deployment.name, waitMs, work), turn);
}

function whole({ text }: Transcript): { readonly contentType: string; readonly text: string } {
  return { contentType: 'application/json', text: JSON.stringify({ text }) };
}

function tokenUsage({ prompt, answer }: { readonly prompt: number; readonly answer: number }): string {
  const details = `{"text_tokens":0,"audio_tokens":${prompt}}`;
  return `{"type":"tokens","input_tokens":${prompt},"input_token_details":${details},"output_tokens":${answer},"total_tokens":${prompt + answer}}`;
}

function readTranscribe(
  fields: Fields,
  [file]: readonly FormPart[],
  { facts }: Deployment,
  task: Transcript['task'],
): TranscribeAsk | Refusal {
  if (file === undefined) return missingParameter('file');
  const problem = fileProblem(file);
  if (problem !== null) return problem;
  const whisper = /whisper/i.test(facts.name);
  if (task === 'translate' && !whisper) return invalidValue('model', `${facts.name} does not translate; use whisper`);
  const { response_format: form = 'json', stream, language } = fields;
  const forms = whisper ? WHISPER_FORMS : /diarize/i.test(facts.name) ? DIARIZE_FORMS : GPT_FORMS;
  if (typeof form !== 'string' || !forms.includes(form)) {
    return invalidValue('response_format', `expected one of ${forms.map((each) => `'${each}'`).join(', ')}`);
  }
  const granularities = textsOf(fields.timestamp_granularities);
  if (granularities.some((each) => each !== 'word' && each !== 'segment')) {
    return invalidValue('timestamp_granularities', "expected 'word' or 'segment'");
  }
  if (granularities.length > 0 && form !== 'verbose_json') {
    return invalidValue('timestamp_granularities', "only 'verbose_json' has timestamps");
  }
  const named = task === 'transcribe' && typeof language === 'string' && language !== '' && language !== 'en';
  return { file, form, stream: stream === 'true' && !whisper, granularities, language: named ? language : 'english' };
}

function textsOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map(String);
}

/** Sentences as OpenAI's, which Azure passes on. */
function fileProblem({ bytes, filename }: FormPart): Refusal | null {
  if (bytes.length > SOUND_BYTES_MAX) {
    const message = `Maximum content size limit (${SOUND_BYTES_MAX}) exceeded (${bytes.length} bytes read)`;
    return {
      status: 413,
      statusText: null,
      body: JSON.stringify({ error: { message, type: 'server_error', param: null, code: null } }),
    };
  }
  const ending = /\.(\w+)$/.exec(filename ?? '')?.[1]?.toLowerCase() ?? '';
  if (!ENDINGS.includes(ending)) {
    const known = ENDINGS.map((each) => `'${each}'`).join(', ');
    return invalidRequest(`Invalid file format. Supported formats: [${known}]`, null, null);
  }
  return bytes.length === 0
    ? invalidRequest('Audio file is too short. Minimum audio length is 0.1 seconds.', 'file', 'audio_too_short')
    : null;
}
