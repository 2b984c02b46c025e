/** A chat completion as one JSON object, keys in alphabetical order as Azure writes them. Its stream: chat-events.ts. */
import { type Call, type Choice, completionTokens, reasoningTokens } from '../answer/choice.ts';
import type { GenerationAsk } from '../ask/generation.ts';
import { type ChatAudio, chatAudioIn, chatAudioJson } from '../media/chat-audio.ts';
import { FINGERPRINT } from './chunks.ts';
import type { Envelope } from './events.ts';
import { promptFilterResults, verdictOf } from './filter.ts';
import { logprobEntries } from './logprobs.ts';
import type { Rendered } from './renderer.ts';

export function renderCompletion(ask: GenerationAsk, { choices, envelope, tellsPromptFilter }: Rendered): string {
  const filter = tellsPromptFilter ? `"prompt_filter_results":${promptFilterResults(1)},` : '';
  const old = asksOldFunctions(ask);
  const audio = spokenAs(ask, envelope);
  const rendered = choices.map((choice, index) => choiceText(choice, index, old, audio)).join(',');
  return `{"choices":[${rendered}],"created":${envelope.created},"id":"${envelope.id}","model":${JSON.stringify(envelope.model)},"object":"chat.completion",${filter}"system_fingerprint":${FINGERPRINT},"usage":${usage(envelope, choices)}}`;
}

/** `functions` in place of `tools`: the call stands in `function_call`, without an id, and there is only one. */
export function asksOldFunctions({ echo }: GenerationAsk): boolean {
  return echo?.oldFunctions === true;
}

/** @param old see {@link asksOldFunctions}. */
export function finishOf({ finish }: Choice, old: boolean): string {
  return old && finish === 'tool_calls' ? 'function_call' : finish;
}

/** What is said aloud, and how; null: the answer is written. */
export interface Spoken {
  readonly audio: ChatAudio;
  readonly id: string;
  readonly created: number;
}

/** The id of the sound follows from that of the answer. */
export function spokenAs({ echo }: GenerationAsk, { id, created }: Envelope): Spoken | null {
  const audio = chatAudioIn(echo?.audio);
  return audio === null ? null : { audio, id: `audio_${id.slice(-ID_CHARS)}`, created };
}

/** Of an answer's id that the id of its sound repeats. */
const ID_CHARS = 24;

function choiceText(choice: Choice, index: number, old: boolean, spoken: Spoken | null): string {
  const logprobs =
    choice.logprobs === null
      ? 'null'
      : `{"content":[${logprobEntries(choice.tokens, choice.logprobs)}],"refusal":null}`;
  return `{"content_filter_results":${verdictOf(choice)},"finish_reason":"${finishOf(choice, old)}","index":${index},"logprobs":${logprobs},"message":${message(choice, old, spoken)}}`;
}

function message(choice: Choice, old: boolean, spoken: Spoken | null): string {
  const [only] = choice.calls;
  const functionCall = old && only !== undefined ? `"function_call":${calledFunction(only)},` : '';
  const calls = old
    ? []
    : choice.calls.map((call) => `{"function":${calledFunction(call)},"id":"${call.id}","type":"function"}`);
  const toolCalls = calls.length === 0 ? '' : `,"tool_calls":[${calls.join(',')}]`;
  const says = spoken !== null && choice.tokens.length > 0;
  const audio = says ? `"audio":${soundOf(spoken, choice)},` : '';
  return `{"annotations":[],${audio}"content":${says ? 'null' : content(choice)},${functionCall}"refusal":null,"role":"assistant"${toolCalls}}`;
}

/** As a JSON text. */
export function soundOf({ audio, id, created }: Spoken, { tokens }: Choice): string {
  return chatAudioJson(audio, tokens.join(''), id, created);
}

function calledFunction({ name, tokens }: Call): string {
  return `{"arguments":${JSON.stringify(tokens.join(''))},"name":${JSON.stringify(name)}}`;
}

function content({ tokens, plain, calls }: Choice): string {
  if (tokens.length === 0 && calls.length > 0) return 'null';
  const text = tokens.join('');
  return plain ? `"${text}"` : JSON.stringify(text);
}

/** What is billed, as a JSON text; completions have the same. */
export function usage({ promptTokens, cachedTokens }: Envelope, choices: readonly Choice[]): string {
  const completion = completionTokens(choices);
  return `{"completion_tokens":${completion},"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":${reasoningTokens(choices)},"rejected_prediction_tokens":0},"prompt_tokens":${promptTokens},"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":${cachedTokens}},"total_tokens":${promptTokens + completion}}`;
}
