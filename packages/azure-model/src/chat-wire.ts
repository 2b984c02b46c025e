/**
 * A chat completion as bytes: one JSON object, or server-sent events in Azure's order and with Azure's keys in alphabetical order.
 * Source: wire reference §5.1. Everything that is the same in each event of an answer is put together once.
 */
import { type Choice, completionTokens } from './chat-answer.ts';

/** What is the same in every event of an answer. */
export interface Envelope {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Model with version: `gpt-4o-2024-11-20`. */
  readonly model: string;
  readonly promptTokens: number;
}

const SAFE = '{"filtered":false,"severity":"safe"}';
const ANSWER_SAFE = `{"hate":${SAFE},"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}}`;
const PROMPT_SAFE = `{"hate":${SAFE},"jailbreak":{"detected":false,"filtered":false},"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}}`;
const PROMPT_FILTER_RESULTS = `[{"prompt_index":0,"content_filter_results":${PROMPT_SAFE}}]`;
const FINGERPRINT = '"fp_5a1d0c3e7b"';

/** The whole answer as one JSON object. */
export function renderCompletion(choices: readonly Choice[], envelope: Envelope): string {
  let rendered = '';
  for (let i = 0; i < choices.length; i++) {
    const choice = choices[i];
    if (choice === undefined) continue;
    rendered += `${i === 0 ? '' : ','}{"content_filter_results":${choice.call === null ? ANSWER_SAFE : '{}'},"finish_reason":"${choice.finish}","index":${i},"logprobs":null,"message":${message(choice)}}`;
  }
  return `{"choices":[${rendered}],"created":${envelope.created},"id":"${envelope.id}","model":"${envelope.model}","object":"chat.completion","prompt_filter_results":${PROMPT_FILTER_RESULTS},"system_fingerprint":${FINGERPRINT},"usage":${usage(envelope.promptTokens, completionTokens(choices))}}`;
}

function message(choice: Choice): string {
  const text = choice.tokens.join('');
  if (choice.call === null) return `{"annotations":[],"content":"${text}","refusal":null,"role":"assistant"}`;
  return `{"annotations":[],"content":null,"refusal":null,"role":"assistant","tool_calls":[{"function":{"arguments":${JSON.stringify(text)},"name":${JSON.stringify(choice.call.name)}},"id":"${choice.call.id}","type":"function"}]}`;
}

function usage(prompt: number, completion: number): string {
  return `{"completion_tokens":${completion},"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":0,"rejected_prediction_tokens":0},"prompt_tokens":${prompt},"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0},"total_tokens":${prompt + completion}}`;
}

const PROMPT_FILTER_EVENT = `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":${PROMPT_FILTER_RESULTS}}\n\n`;
const DONE_EVENT = 'data: [DONE]\n\n';

/** Letters to cut padding from; Azure pads small events so that their length does not tell the token. */
const PADDING = 'ZmfR7kQxW2bTdYpL0vN9cHsJ4gKuXeA6iMzBqE1rVyO5wDhU3lPtSj8FnGaCoI';
const PADDING_CHARS_MAX = 14;

/** The events of one streamed answer, in order: {@link preamble}, {@link content} from 0 to {@link contentEvents}, {@link ending}. */
export class ChatEvents {
  readonly #choices: readonly Choice[];
  readonly #envelope: Envelope;
  readonly #includeUsage: boolean;
  /** Content events, one for each token of each choice. */
  readonly contentEvents: number;
  /** Of each choice, what stands in an event before the token, between token and padding, and after that. */
  readonly #before: readonly string[];
  readonly #between: readonly string[];
  readonly #after: string;
  /** Which choice's token each event holds, as [choice, token]; null where there is one choice. */
  readonly #order: ReadonlyArray<readonly [number, number]> | null;

  constructor(choices: readonly Choice[], envelope: Envelope, includeUsage: boolean) {
    this.#choices = choices;
    this.#envelope = envelope;
    this.#includeUsage = includeUsage;
    this.contentEvents = completionTokens(choices);
    this.#before = choices.map(beforeToken);
    this.#between = choices.map((choice, index) => `${afterToken(choice)}${this.#tail('null', index)}`);
    this.#after = this.#end();
    this.#order = choices.length === 1 ? null : interleaved(choices);
  }

  get choices(): number {
    return this.#choices.length;
  }

  /** What comes before anything of the answer: the verdict on the prompt, and the role of each choice. */
  preamble(): string {
    let events = PROMPT_FILTER_EVENT;
    for (let i = 0; i < this.#choices.length; i++) {
      const call = this.#choices[i]?.call ?? null;
      const delta =
        call === null
          ? '"content":"","refusal":null,"role":"assistant"'
          : `"content":null,"refusal":null,"role":"assistant","tool_calls":[{"function":{"arguments":"","name":${JSON.stringify(call.name)}},"id":"${call.id}","index":0,"type":"function"}]`;
      events += `data: {"choices":[{"content_filter_results":{},"delta":{${delta}}${this.#tail('null', i)}${padding(i)}${this.#after}`;
    }
    return events;
  }

  /** Content events from `from` up to, not with, `to`. */
  content(from: number, to: number): string {
    let events = '';
    if (this.#order === null) for (let i = from; i < to; i++) events += this.#event(0, i);
    else for (const [choice, token] of this.#order.slice(from, to)) events += this.#event(choice, token);
    return events;
  }

  #event(choiceIndex: number, tokenIndex: number): string {
    const choice = this.#choices[choiceIndex];
    const token = choice?.tokens[tokenIndex] ?? '';
    const escaped = choice?.plain === true ? token : JSON.stringify(token).slice(1, -1);
    return `${this.#before[choiceIndex]}${escaped}${this.#between[choiceIndex]}${padding(token.length)}${this.#after}`;
  }

  /** Why each choice ended, the usage where it was asked for, and the end mark. */
  ending(): string {
    let events = '';
    for (let i = 0; i < this.#choices.length; i++) {
      const finish = `"${this.#choices[i]?.finish ?? 'stop'}"`;
      events += `data: {"choices":[{"content_filter_results":{},"delta":{}${this.#tail(finish, i)}${padding(i)}${this.#after}`;
    }
    return events + this.#usageEvent() + DONE_EVENT;
  }

  #usageEvent(): string {
    if (!this.#includeUsage) return '';
    const { created, id, model, promptTokens } = this.#envelope;
    return `data: {"choices":[],"created":${created},"id":"${id}","model":"${model}","obfuscation":"","object":"chat.completion.chunk","system_fingerprint":${FINGERPRINT},"usage":${usage(promptTokens, this.contentEvents)}}\n\n`;
  }

  /** From after the delta to the padding. */
  #tail(finish: string, index: number): string {
    const { created, id, model } = this.#envelope;
    return `,"finish_reason":${finish},"index":${index},"logprobs":null}],"created":${created},"id":"${id}","model":"${model}","obfuscation":"`;
  }

  #end(): string {
    const usageNull = this.#includeUsage ? ',"usage":null' : '';
    return `","object":"chat.completion.chunk","system_fingerprint":${FINGERPRINT}${usageNull}}\n\n`;
  }
}

function beforeToken(choice: Choice): string {
  return choice.call === null
    ? `data: {"choices":[{"content_filter_results":${ANSWER_SAFE},"delta":{"content":"`
    : 'data: {"choices":[{"content_filter_results":{},"delta":{"tool_calls":[{"function":{"arguments":"';
}

function afterToken(choice: Choice): string {
  return choice.call === null ? '"}' : '"},"index":0}]}';
}

/** Choices are generated side by side: first tokens, second tokens, and so on. */
function interleaved(choices: readonly Choice[]): ReadonlyArray<readonly [number, number]> {
  const order: Array<readonly [number, number]> = [];
  const longest = Math.max(...choices.map((choice) => choice.tokens.length));
  for (let t = 0; t < longest; t++) {
    for (let c = 0; c < choices.length; c++) if (t < (choices[c]?.tokens.length ?? 0)) order.push([c, t]);
  }
  return order;
}

function padding(tokenChars: number): string {
  const chars = Math.max(0, PADDING_CHARS_MAX - tokenChars);
  const from = (tokenChars * 7) % (PADDING.length - PADDING_CHARS_MAX);
  return PADDING.slice(from, from + chars);
}
