/**
 * A chat completion as server-sent events, in Azure's order and with Azure's keys in alphabetical order. Everything that is the same
 * in each event of an answer is put together once. Source: wire reference §5.1 (filter before the text), §5.2 (filter beside it).
 */
import { type Call, type Choice, shownTokens } from '../answer/choice.ts';
import type { GenerationAsk } from '../ask/generation.ts';
import { type Annotations, annotationsOf } from './annotations.ts';
import { asksOldFunctions, finishOf, type Spoken, soundOf, spokenAs, usage } from './chat.ts';
import { DONE_EVENT, escaped, FINGERPRINT, interleaved, padding, promptFilterEvent } from './chunks.ts';
import type { StreamEvents } from './events.ts';
import { ANSWER_HIT, ANSWER_SAFE } from './filter.ts';
import { logprobEntry } from './logprobs.ts';
import type { Rendered } from './renderer.ts';

export class ChatEvents implements StreamEvents {
  readonly #rendered: Rendered;
  readonly #includeUsage: boolean;
  readonly contentEvents: number;
  readonly #chunks: readonly ChoiceChunks[];
  /** Which choice's token each event holds; null where there is one choice. */
  readonly #order: ReadonlyArray<readonly [choice: number, token: number]> | null;

  constructor(ask: GenerationAsk, rendered: Rendered) {
    const { choices } = rendered;
    const framing = framingOf(ask, rendered);
    this.#rendered = rendered;
    this.#includeUsage = ask.includeUsage;
    this.#chunks = choices.map((choice, index) => new ChoiceChunks(choice, index, framing));
    const lengths = choices.map(shownTokens);
    this.contentEvents = lengths.reduce((sum, tokens) => sum + tokens, 0);
    this.#order = choices.length === 1 ? null : interleaved(lengths);
  }

  get choices(): number {
    return this.#chunks.length;
  }

  /** The verdict on the prompt, and the role of each choice. */
  preamble(): string {
    let events = this.#rendered.tellsPromptFilter ? promptFilterEvent(1) : '';
    for (const chunks of this.#chunks) events += chunks.opening();
    return events;
  }

  content(from: number, to: number): string {
    let events = '';
    const only = this.#order === null ? this.#chunks[0] : undefined;
    if (only !== undefined) for (let i = from; i < to; i++) events += only.token(i);
    else for (const [choice, token] of this.#order?.slice(from, to) ?? []) events += this.#chunks[choice]?.token(token);
    return events;
  }

  /** Why each choice ended, the usage where it was asked for, and the end mark. */
  ending(): string {
    let events = '';
    for (const chunks of this.#chunks) events += chunks.ending();
    return events + this.#usageEvent() + DONE_EVENT;
  }

  #usageEvent(): string {
    if (!this.#includeUsage) return '';
    const { choices, envelope } = this.#rendered;
    const { created, id, model } = envelope;
    return `data: {"choices":[],"created":${created},"id":"${id}","model":${JSON.stringify(model)},"obfuscation":"","object":"chat.completion.chunk","system_fingerprint":${FINGERPRINT},"usage":${usage(envelope, choices)}}\n\n`;
  }
}

/** What is the same in all events. */
interface Framing {
  /** From behind the choice to the padding. */
  readonly tail: string;
  /** From the padding on. */
  readonly end: string;
  /** null: the filter holds the text, and each event carries its verdict. Else characters of the prompt. */
  readonly promptChars: number | null;
  /** Calls come in `function_call`. */
  readonly old: boolean;
  /** null: the answer is written. */
  readonly spoken: Spoken | null;
}

function framingOf(ask: GenerationAsk, { envelope, contentFilter }: Rendered): Framing {
  const { created, id, model } = envelope;
  const usageNull = ask.includeUsage ? ',"usage":null' : '';
  return {
    tail: `}],"created":${created},"id":"${id}","model":${JSON.stringify(model)},"obfuscation":"`,
    end: `","object":"chat.completion.chunk","system_fingerprint":${FINGERPRINT}${usageNull}}\n\n`,
    promptChars: contentFilter === 'synchronous' ? null : ask.prompt.chars.reduce((sum, chars) => sum + chars, 0),
    old: asksOldFunctions(ask),
    spoken: spokenAs(ask, envelope),
  };
}

/** The events of one choice: its role, its text, its calls one after the other, its end. */
class ChoiceChunks {
  readonly #choice: Choice;
  readonly #framing: Framing;
  readonly #annotations: Annotations | null;
  readonly #beforeText: string;
  readonly #beforeCall: string;
  /** From behind the delta to the log probabilities. */
  readonly #unfinished: string;
  readonly #finished: string;
  /** Behind a piece of text. */
  readonly #closing: string;
  readonly #afterText: string;
  /** Of each call, the number of its first token among all that are shown. */
  readonly #callStarts: readonly number[];
  readonly #shown: number;

  constructor(choice: Choice, index: number, framing: Framing) {
    const { promptChars } = framing;
    const synchronous = promptChars === null;
    this.#choice = choice;
    this.#framing = framing;
    this.#annotations = synchronous ? null : annotationsOf(choice, index, promptChars);
    this.#beforeText = `data: {"choices":[{${synchronous ? `"content_filter_results":${ANSWER_SAFE},` : ''}"delta":{${framing.spoken === null ? '' : `"audio":{"id":"${framing.spoken.id}",`}"${framing.spoken === null ? 'content' : 'transcript'}":"`;
    this.#beforeCall = `data: {"choices":[{${synchronous ? '"content_filter_results":{},' : ''}"delta":{`;
    this.#unfinished = `},"finish_reason":null,"index":${index},"logprobs":`;
    this.#finished = `},"finish_reason":"${finishOf(choice, framing.old)}","index":${index},"logprobs":`;
    this.#closing = framing.spoken === null ? '"' : '"}';
    this.#afterText = `${this.#closing}${this.#unfinished}null${framing.tail}`;
    this.#callStarts = startsOf(choice);
    this.#shown = shownTokens(choice);
  }

  /** The role; where nothing is said before the first call, together with that call's name. */
  opening(): string {
    const first = this.#callStarts[0] === 0 ? this.#choice.calls[0] : undefined;
    if (first === undefined) return this.#event('"content":"","refusal":null,"role":"assistant"');
    const [before, after] = this.#framing.old ? [`${functionOpening(first)},`, ''] : ['', `,${callOpening(first, 0)}`];
    return this.#event(`"content":null,${before}"refusal":null,"role":"assistant"${after}`);
  }

  /** @param i number of the token among all of the choice that are shown. */
  token(i: number): string {
    return i < this.#choice.tokens.length ? this.#text(i) : this.#argument(i);
  }

  #text(i: number): string {
    const { tokens, plain, logprobs } = this.#choice;
    const token = tokens[i] ?? '';
    const logprob = logprobs?.[i];
    const after =
      logprob === undefined
        ? this.#afterText
        : `${this.#closing}${this.#unfinished}{"content":[${logprobEntry(token, logprob)}],"refusal":null}${this.#framing.tail}`;
    const event = `${this.#beforeText}${plain ? token : escaped(token)}${after}${padding(token.length)}${this.#framing.end}`;
    return this.#annotations === null ? event : event + (this.#annotations.after.get(i) ?? '');
  }

  #argument(i: number): string {
    const starts = this.#callStarts;
    let at = starts.length - 1;
    while (at > 0 && (starts[at] ?? 0) > i) at--;
    const token = this.#choice.calls[at]?.tokens[i - (starts[at] ?? 0)] ?? '';
    const given = `{"arguments":${JSON.stringify(token)}}`;
    const piece = this.#framing.old ? `"function_call":${given}` : `"tool_calls":[{"function":${given},"index":${at}}]`;
    return this.#callsOpening(i) + this.#event(piece, token.length);
  }

  /** Names of the calls that begin with that token; the one that {@link opening} told is left out. */
  #callsOpening(token: number): string {
    let events = '';
    this.#callStarts.forEach((start, at) => {
      const call = this.#choice.calls[at];
      if (start === token && call !== undefined && !(at === 0 && start === 0))
        events += this.#event(this.#framing.old ? functionOpening(call) : callOpening(call, at));
    });
    return events;
  }

  ending(): string {
    const named = this.#sound() + this.#callsOpening(this.#shown);
    const struck = this.#choice.finish === 'content_filter';
    if (this.#annotations !== null && struck) return named + this.#annotations.last;
    const { tail, end } = this.#framing;
    const results = this.#annotations === null ? `"content_filter_results":${struck ? ANSWER_HIT : '{}'},` : '';
    const finish = `data: {"choices":[{${results}"delta":{${this.#finished}null${tail}${padding(0)}${end}`;
    return named + finish + (this.#annotations?.last ?? '');
  }

  /** All of it, once the words have been said. */
  #sound(): string {
    const { spoken } = this.#framing;
    if (spoken === null || this.#choice.tokens.length === 0) return '';
    const { data, expires_at } = JSON.parse(soundOf(spoken, this.#choice));
    const ending = JSON.stringify({ id: spoken.id, expires_at });
    return this.#event(`"audio":{"data":"${data}","id":"${spoken.id}"}`) + this.#event(`"audio":${ending}`);
  }

  /** @param delta what stands in it. */
  #event(delta: string, chars = 0): string {
    const { tail, end } = this.#framing;
    return `${this.#beforeCall}${delta}${this.#unfinished}null${tail}${padding(chars)}${end}`;
  }
}

function startsOf({ tokens, calls }: Choice): readonly number[] {
  let start = tokens.length;
  return calls.map((call) => {
    start += call.tokens.length;
    return start - call.tokens.length;
  });
}

/** A call's id and name; its arguments follow in pieces. */
function callOpening({ id, name }: Call, index: number): string {
  return `"tool_calls":[{"function":{"arguments":"","name":${JSON.stringify(name)}},"id":"${id}","index":${index},"type":"function"}]`;
}

function functionOpening({ name }: Call): string {
  return `"function_call":{"arguments":"","name":${JSON.stringify(name)}}`;
}
