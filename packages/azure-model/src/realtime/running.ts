/** The answer that a session is giving: it can be broken off, and ends in one `response.done`. Source: OpenAI's API reference, `response.done`. */
import type { AnswerBegun } from './answering.ts';
import type { RealtimeDialect } from './dialect.ts';
import type { Output } from './script.ts';
import type { SessionSettings } from './session-settings.ts';
import { usageOf } from './usage.ts';

export type Begun = Extract<AnswerBegun, { readonly kind: 'begun' }>;

/** Why an answer ended before its end. */
export type Cancelled = 'client_cancelled' | 'turn_detected';

/** Fields that a response has from its beginning. */
export type ResponseFields = Readonly<Record<string, unknown>>;

export class Running {
  readonly begun: Begun;
  readonly fields: ResponseFields;
  /** Not part of the conversation (`conversation: none`). */
  readonly apart: boolean;
  #tokens = 0;

  constructor(begun: Begun, fields: ResponseFields, apart: boolean) {
    this.begun = begun;
    this.fields = fields;
    this.apart = apart;
  }

  get id(): string {
    return this.begun.responseId;
  }

  /** Tokens that have been sent. */
  sent(tokens: number): void {
    this.#tokens = Math.max(this.#tokens, tokens);
  }

  /** The response as it ended; what is under way for it ends too. @param cancelled null: it came to its end. */
  end(nowMs: number, cancelled: Cancelled | null): ResponseFields {
    const { work, usage, finish, script } = this.begun;
    const share = usage.writtenTokens === 0 ? 1 : this.#tokens / usage.writtenTokens;
    const spoken = cancelled === null ? usage.spokenTokens : Math.round(usage.spokenTokens * share);
    const written = cancelled === null ? usage.writtenTokens : this.#tokens;
    work.end(nowMs, cancelled === null ? null : written + spoken);
    const used = usageOf({ ...usage, spokenTokens: spoken, writtenTokens: written });
    if (cancelled !== null) {
      const details = { type: 'cancelled', reason: cancelled };
      const output = this.#tokens === 0 ? [] : script.outputs.map(incomplete);
      return { ...this.fields, status: 'cancelled', status_details: details, output, usage: used };
    }
    const { outputs } = script;
    if (finish === 'completed') {
      return { ...this.fields, status: 'completed', status_details: null, output: outputs, usage: used };
    }
    const details = { type: 'incomplete', reason: finish };
    return { ...this.fields, status: 'incomplete', status_details: details, output: outputs, usage: used };
  }
}

function incomplete(output: Output): Output {
  return { ...output, status: 'incomplete' };
}

interface NewResponse {
  readonly id: string;
  readonly settings: SessionSettings;
  /** As the client sent it; null for none. */
  readonly metadata: unknown;
  /** Id of the conversation that it is part of; null for none. */
  readonly conversation: string | null;
}

/** A response that has begun. */
export function responseFields(dialect: RealtimeDialect, { id, settings, metadata, conversation }: NewResponse) {
  const { speaks, voice, answerTokensMax } = settings;
  const common = { object: 'realtime.response', id, status: 'in_progress', status_details: null, output: [] };
  const rest = { conversation_id: conversation, metadata, usage: null, max_output_tokens: answerTokensMax ?? 'inf' };
  if (dialect === 'preview') {
    return {
      ...common,
      ...rest,
      modalities: speaks ? ['audio', 'text'] : ['text'],
      voice,
      output_audio_format: 'pcm16',
    };
  }
  const output = { format: { type: 'audio/pcm', rate: 24_000 }, voice };
  return { ...common, ...rest, output_modalities: [speaks ? 'audio' : 'text'], audio: { output } };
}
