/**
 * The events of one realtime answer, each with the moment it comes: what begins it, a delta for each token, what ends it.
 * Source: wire §1.5; OpenAI's API reference, realtime server events; the `openai` package 7.55.
 */
import type { Call, Choice } from '../answer/choice.ts';
import { base64 } from '../base64.ts';
import { type Pace, tokenAtMs } from '../latency.ts';
import { voiced } from '../media/voice.ts';
import { eventName, partType, type RealtimeDialect } from './dialect.ts';

/** A message or a call of a function, as the answer's output lists it. */
export type Output = Readonly<Record<string, unknown>>;

export interface Scene {
  readonly dialect: RealtimeDialect;
  readonly responseId: string;
  /** Of the items, one for each message or call. */
  readonly itemIds: readonly string[];
  /** Of the item before the first; null for none. */
  readonly previousItem: string | null;
  readonly choice: Choice;
  readonly speaks: boolean;
  readonly voice: string;
  readonly pace: Pace;
  readonly nowMs: number;
}

export interface Cue {
  readonly atMs: number;
  readonly type: string;
  readonly fields: () => Readonly<Record<string, unknown>>;
  /** Tokens that have been sent by this event. */
  readonly tokens: number;
}

export interface Script {
  readonly cues: readonly Cue[];
  readonly outputs: readonly Output[];
  /** When the last token is there. */
  readonly endMs: number;
}

export function scriptOf(scene: Scene): Script {
  const { choice, nowMs, pace } = scene;
  const cues: Cue[] = [];
  const outputs: Output[] = [];
  const hasMessage = choice.tokens.length > 0 || choice.calls.length === 0;
  if (hasMessage) outputs.push(message(scene, cues));
  let token = choice.tokens.length;
  choice.calls.forEach((call, index) => {
    outputs.push(functionCall(scene, cues, call, { index: index + (hasMessage ? 1 : 0), token }));
    token += call.tokens.length;
  });
  return { cues, outputs, endMs: nowMs + pace.headersMs + tokenAtMs(pace, Math.max(0, token - 1)) };
}

function atMs({ nowMs, pace }: Scene, token: number): number {
  return nowMs + pace.headersMs + tokenAtMs(pace, token);
}

function message(scene: Scene, cues: Cue[]): Output {
  const { dialect, speaks, choice, responseId } = scene;
  const text = choice.tokens.join('');
  const itemId = scene.itemIds[0] ?? '';
  const part = speaks
    ? { type: partType(dialect, 'audio'), transcript: text }
    : { type: partType(dialect, 'text'), text };
  const empty = speaks ? { type: 'audio', transcript: '' } : { type: 'text', text: '' };
  const item = { id: itemId, object: 'realtime.item', type: 'message', role: 'assistant' };
  const whole = { ...item, status: choice.finish === 'stop' ? 'completed' : 'incomplete', content: [part] };
  const place = { response_id: responseId, item_id: itemId, output_index: 0, content_index: 0 };
  const firstMs = atMs(scene, 0);
  const cue = (at: number, name: string, fields: object, tokens: number): void => {
    cues.push({ atMs: at, type: eventName(dialect, name), fields: () => ({ ...fields }), tokens });
  };
  begin(scene, cues, { ...item, status: 'in_progress', content: [] }, 0, 0);
  cue(firstMs, 'response.content_part.added', { ...place, part: empty }, 0);
  deltas(scene, cues, place);
  const endMs = atMs(scene, Math.max(0, choice.tokens.length - 1));
  const sent = choice.tokens.length;
  if (speaks) {
    cue(endMs, 'response.output_audio.done', place, sent);
    cue(endMs, 'response.output_audio_transcript.done', { ...place, transcript: text }, sent);
  } else cue(endMs, 'response.output_text.done', { ...place, text }, sent);
  const done = speaks ? { type: 'audio', transcript: text } : { type: 'text', text };
  cue(endMs, 'response.content_part.done', { ...place, part: done }, sent);
  finish(scene, cues, whole, 0, { endMs, tokens: sent });
  return whole;
}

/** Each token as text, or as its transcript and its stretch of the sound. */
function deltas(scene: Scene, cues: Cue[], place: object): void {
  const { choice, dialect, speaks, voice } = scene;
  const { tokens } = choice;
  const sound = speaks ? voiced(tokens.join(''), voice) : new Uint8Array(0);
  tokens.forEach((token, i) => {
    const at = atMs(scene, i);
    const name = eventName(dialect, speaks ? 'response.output_audio_transcript.delta' : 'response.output_text.delta');
    cues.push({ atMs: at, type: name, fields: () => ({ ...place, delta: token }), tokens: i + 1 });
    if (!speaks) return;
    const stretch = (): string =>
      base64(sound.subarray(cutAt(sound, i, tokens.length), cutAt(sound, i + 1, tokens.length)));
    const heard = eventName(dialect, 'response.output_audio.delta');
    cues.push({ atMs: at, type: heard, fields: () => ({ ...place, delta: stretch() }), tokens: i + 1 });
  });
}

/** Where the stretch of a token begins: between two samples. */
function cutAt(sound: Uint8Array, token: number, tokens: number): number {
  return Math.floor((sound.length / 2) * (token / tokens)) * 2;
}

interface CallPlace {
  readonly index: number;
  /** Number of its first token. */
  readonly token: number;
}

function functionCall(scene: Scene, cues: Cue[], call: Call, { index, token }: CallPlace): Output {
  const { responseId } = scene;
  const text = call.tokens.join('');
  const itemId = scene.itemIds[index] ?? '';
  const item = { id: itemId, object: 'realtime.item', type: 'function_call', name: call.name, call_id: call.id };
  const whole = { ...item, status: 'completed', arguments: text };
  const place = { response_id: responseId, item_id: itemId, output_index: index, call_id: call.id };
  begin(scene, cues, { ...item, status: 'in_progress', arguments: '' }, index, token);
  call.tokens.forEach((piece, i) => {
    const fields = (): object => ({ ...place, delta: piece });
    const at = atMs(scene, token + i);
    cues.push({
      atMs: at,
      type: 'response.function_call_arguments.delta',
      fields: () => ({ ...fields() }),
      tokens: token + i + 1,
    });
  });
  const tokens = token + call.tokens.length;
  const endMs = atMs(scene, Math.max(0, tokens - 1));
  const done = { ...place, name: call.name, arguments: text };
  cues.push({ atMs: endMs, type: 'response.function_call_arguments.done', fields: () => done, tokens });
  finish(scene, cues, whole, index, { endMs, tokens });
  return whole;
}

function previousOf({ itemIds, previousItem }: Scene, index: number): string | null {
  return index === 0 ? previousItem : (itemIds[index - 1] ?? null);
}

function begin(scene: Scene, cues: Cue[], item: Output, index: number, token: number): void {
  const at = atMs(scene, token);
  const listed = { response_id: scene.responseId, output_index: index, item };
  cues.push({ atMs: at, type: 'response.output_item.added', fields: () => listed, tokens: token });
  const added = { previous_item_id: previousOf(scene, index), item };
  cues.push({
    atMs: at,
    type: eventName(scene.dialect, 'conversation.item.added'),
    fields: () => added,
    tokens: token,
  });
}

interface ItemEnd {
  readonly endMs: number;
  readonly tokens: number;
}

function finish(scene: Scene, cues: Cue[], item: Output, index: number, { endMs, tokens }: ItemEnd): void {
  const listed = { response_id: scene.responseId, output_index: index, item };
  cues.push({ atMs: endMs, type: 'response.output_item.done', fields: () => listed, tokens });
  if (scene.dialect === 'preview') return;
  const done = { previous_item_id: previousOf(scene, index), item };
  cues.push({ atMs: endMs, type: 'conversation.item.done', fields: () => done, tokens });
}
