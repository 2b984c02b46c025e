/** A completion as bytes: as Azure writes it, whole or as events. Source: wire reference §5.4. */
import { type Choice, shownTokens } from '../answer/choice.ts';
import { piecesOf } from '../answer/pieces.ts';
import type { GenerationAsk } from '../ask/generation.ts';
import { usage } from './chat.ts';
import { DONE_EVENT, interleaved, promptFilterEvent } from './chunks.ts';
import type { StreamEvents } from './events.ts';
import { ANSWER_HIT, ANSWER_SAFE, promptFilterResults, verdictOf } from './filter.ts';
import type { Rendered } from './renderer.ts';

export function renderTextCompletion(ask: GenerationAsk, { choices, envelope, tellsPromptFilter }: Rendered): string {
  const { created, id, model } = envelope;
  const filter = tellsPromptFilter ? `"prompt_filter_results":${promptFilterResults(ask.turns.length)},` : '';
  const texts = choices.map((choice, i) => {
    const echoed = echoedOf(ask, i);
    const text = JSON.stringify(echoed + choice.tokens.join(''));
    return `{"content_filter_results":${verdictOf(choice)},"finish_reason":"${choice.finish}","index":${i},"logprobs":${logprobsOf(choice, echoed)},"text":${text}}`;
  });
  return `{"choices":[${texts.join(',')}],"created":${created},"id":"${id}","model":${JSON.stringify(model)},"object":"text_completion",${filter}"usage":${usage(envelope, choices)}}`;
}

/** Each prompt has the same number of choices, in the order of the prompts. @returns '' unless the prompt is to come first. */
function echoedOf({ echo, turns, choices }: GenerationAsk, choice: number): string {
  if (echo?.echo !== true) return '';
  return turns[Math.floor((choice * turns.length) / choices)]?.text ?? '';
}

/** The older form: lists side by side, and where each token begins in the text. Of the prompt's own tokens nothing is known. */
function logprobsOf({ tokens, logprobs }: Choice, echoed: string): string {
  if (logprobs === null) return 'null';
  const before = piecesOf(echoed);
  const all = [...before, ...tokens];
  let at = 0;
  const offsets = all.map((token) => {
    at += token.length;
    return at - token.length;
  });
  const unknown = before.map(() => null);
  const tops = logprobs.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])));
  return JSON.stringify({
    text_offset: offsets,
    token_logprobs: [...unknown, ...logprobs.map(({ logprob }) => logprob)],
    tokens: all,
    top_logprobs: [...unknown, ...tops],
  });
}

export class TextCompletionEvents implements StreamEvents {
  readonly #ask: GenerationAsk;
  readonly #rendered: Rendered;
  readonly contentEvents: number;
  readonly #order: ReadonlyArray<readonly [choice: number, token: number]>;
  /** From behind the text on. */
  readonly #end: string;

  constructor(ask: GenerationAsk, rendered: Rendered) {
    const { created, id, model } = rendered.envelope;
    const usageNull = ask.includeUsage ? ',"usage":null' : '';
    this.#ask = ask;
    this.#rendered = rendered;
    const lengths = rendered.choices.map(shownTokens);
    this.contentEvents = lengths.reduce((sum, tokens) => sum + tokens, 0);
    this.#order = interleaved(lengths);
    this.#end = `}],"created":${created},"id":"${id}","model":${JSON.stringify(model)},"object":"text_completion"${usageNull}}\n\n`;
  }

  get choices(): number {
    return this.#rendered.choices.length;
  }

  /** The verdict on the prompts, and each prompt that is to be echoed. */
  preamble(): string {
    let events = this.#rendered.tellsPromptFilter ? promptFilterEvent(this.#ask.turns.length) : '';
    for (let i = 0; i < this.choices; i++) {
      const echoed = echoedOf(this.#ask, i);
      if (echoed !== '') events += this.#event({ index: i, text: echoed });
    }
    return events;
  }

  content(from: number, to: number): string {
    let events = '';
    for (const [index, token] of this.#order.slice(from, to)) {
      const choice = this.#rendered.choices[index];
      if (choice !== undefined) events += this.#token(choice, index, token);
    }
    return events;
  }

  #token(choice: Choice, index: number, token: number): string {
    const text = choice.tokens[token] ?? '';
    const logprob = choice.logprobs?.[token];
    const own = { ...choice, tokens: [text], logprobs: logprob === undefined ? null : [logprob] };
    return this.#event({ index, text, logprobs: logprobsOf(own, '') });
  }

  ending(): string {
    let events = '';
    this.#rendered.choices.forEach(({ finish }, index) => {
      const results = finish === 'content_filter' ? ANSWER_HIT : '{}';
      events += this.#event({ index, text: '', finish: `"${finish}"`, results });
    });
    return events + this.#usageEvent() + DONE_EVENT;
  }

  /** The fields but `index` and `text` are JSON texts. */
  #event({ index, text, logprobs = 'null', finish = 'null', results = ANSWER_SAFE }: TextEvent): string {
    return `data: {"choices":[{"content_filter_results":${results},"finish_reason":${finish},"index":${index},"logprobs":${logprobs},"text":${JSON.stringify(text)}${this.#end}`;
  }

  #usageEvent(): string {
    if (!this.#ask.includeUsage) return '';
    const { envelope, choices } = this.#rendered;
    const { created, id, model } = envelope;
    return `data: {"choices":[],"created":${created},"id":"${id}","model":${JSON.stringify(model)},"object":"text_completion","usage":${usage(envelope, choices)}}\n\n`;
  }
}

interface TextEvent {
  readonly index: number;
  readonly text: string;
  readonly logprobs?: string;
  readonly finish?: string;
  readonly results?: string;
}
