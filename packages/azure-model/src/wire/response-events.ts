/**
 * A response as server-sent events: each with its name and its number in the stream, and no end mark behind the last.
 * Source: wire reference §5.5; the event types of the `openai` package 7.55.
 */
import type { GenerationAsk } from '../ask/generation.ts';
import { padding } from './chunks.ts';
import type { StreamEvents } from './events.ts';
import { logprobEntry } from './logprobs.ts';
import type { Rendered } from './renderer.ts';
import { itemJson, type OutputItem, outputItems, textPart } from './response-items.ts';
import { begunResponse, endingOf, wholeResponse } from './responses.ts';

/** An item with its place in the stream. */
interface Placed {
  readonly item: OutputItem;
  readonly outputIndex: number;
  /** Number of its first token among all that are shown. */
  readonly firstToken: number;
  readonly tokens: number;
  /** Sequence number of its first event. */
  readonly firstEvent: number;
}

/** Events that begin an item, and that end it. */
const AROUND = {
  reasoning: { opening: 1, closing: 1 },
  message: { opening: 2, closing: 3 },
  call: { opening: 1, closing: 2 },
} as const;

export class ResponseEvents implements StreamEvents {
  readonly choices = 1;
  readonly contentEvents: number;
  readonly #ask: GenerationAsk;
  readonly #rendered: Rendered;
  readonly #placed: readonly Placed[];
  /** Sequence number of the last event. */
  readonly #last: number;
  readonly #padded: boolean;

  constructor(ask: GenerationAsk, rendered: Rendered) {
    this.#ask = ask;
    this.#rendered = rendered;
    this.#padded = ask.echo?.padded !== false;
    const placed: Placed[] = [];
    let [firstToken, firstEvent] = [0, 2];
    outputItems(ask, rendered).forEach((item, outputIndex) => {
      const tokens = item.kind === 'reasoning' ? 0 : item.tokens.length;
      placed.push({ item, outputIndex, firstToken, tokens, firstEvent });
      const { opening, closing } = AROUND[item.kind];
      firstToken += tokens;
      firstEvent += opening + tokens + closing;
    });
    this.#placed = placed;
    this.contentEvents = firstToken;
    this.#last = firstEvent;
  }

  /** The response as begun, and the items before the first token. */
  preamble(): string {
    const response = begunResponse(this.#ask, this.#rendered);
    const begun = event('response.created', 0, `"response":${response}`);
    return begun + event('response.in_progress', 1, `"response":${response}`) + this.#openings(0);
  }

  content(from: number, to: number): string {
    let events = '';
    for (let i = from; i < to; i++) {
      const placed = this.#placedAt(i);
      if (placed === undefined) continue;
      events += delta(placed, i - placed.firstToken, this.#padded);
      if (i + 1 === placed.firstToken + placed.tokens) events += closing(placed) + this.#openings(i + 1);
    }
    return events;
  }

  ending(): string {
    const response = wholeResponse(
      this.#ask,
      this.#rendered,
      this.#placed.map(({ item }) => item),
    );
    return event(endingOf(this.#rendered.choices), this.#last, `"response":${response}`);
  }

  /** What begins at that token: items without tokens whole, the first other one as begun. */
  #openings(token: number): string {
    let events = '';
    for (const placed of this.#placed) {
      if (placed.firstToken !== token) continue;
      events += opening(placed);
      if (placed.tokens === 0) events += closing(placed);
    }
    return events;
  }

  #placedAt(token: number): Placed | undefined {
    return this.#placed.find(({ firstToken, tokens }) => token >= firstToken && token < firstToken + tokens);
  }
}

/** @param fields inside of a JSON object. */
function event(type: string, sequence: number, fields: string): string {
  return `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence},${fields}}\n\n`;
}

function opening({ item, outputIndex, firstEvent }: Placed): string {
  const begun = JSON.stringify(itemJson(item, 'in_progress'));
  const added = event('response.output_item.added', firstEvent, `"output_index":${outputIndex},"item":${begun}`);
  if (item.kind !== 'message') return added;
  const part = JSON.stringify({ type: 'output_text', annotations: [], logprobs: [], text: '' });
  return (
    added + event('response.content_part.added', firstEvent + 1, `${inMessage(item.id, outputIndex)},"part":${part}`)
  );
}

function delta({ item, outputIndex, firstEvent }: Placed, token: number, padded: boolean): string {
  if (item.kind === 'reasoning') return '';
  const text = item.tokens[token] ?? '';
  const sequence = firstEvent + AROUND[item.kind].opening + token;
  const pad = padded ? `,"obfuscation":"${padding(text.length)}"` : '';
  if (item.kind === 'call') {
    const fields = `"item_id":"${item.id}","output_index":${outputIndex},"delta":${JSON.stringify(text)}${pad}`;
    return event('response.function_call_arguments.delta', sequence, fields);
  }
  const logprob = item.logprobs?.[token];
  const logprobs = logprob === undefined ? '' : logprobEntry(text, logprob);
  const fields = `${inMessage(item.id, outputIndex)},"delta":${JSON.stringify(text)},"logprobs":[${logprobs}]${pad}`;
  return event('response.output_text.delta', sequence, fields);
}

function closing({ item, outputIndex, firstEvent, tokens }: Placed): string {
  const first = firstEvent + AROUND[item.kind].opening + tokens;
  const done = `"output_index":${outputIndex},"item":${JSON.stringify(itemJson(item, item.end))}`;
  if (item.kind === 'reasoning') return event('response.output_item.done', first, done);
  const text = JSON.stringify(item.tokens.join(''));
  if (item.kind === 'call') {
    const name = JSON.stringify(item.call.name);
    const fields = `"item_id":"${item.id}","output_index":${outputIndex},"name":${name},"arguments":${text}`;
    return (
      event('response.function_call_arguments.done', first, fields) +
      event('response.output_item.done', first + 1, done)
    );
  }
  const place = inMessage(item.id, outputIndex);
  const part = textPart(item);
  return (
    event('response.output_text.done', first, `${place},"text":${text},"logprobs":${JSON.stringify(part.logprobs)}`) +
    event('response.content_part.done', first + 1, `${place},"part":${JSON.stringify(part)}`) +
    event('response.output_item.done', first + 2, done)
  );
}

function inMessage(itemId: string, outputIndex: number): string {
  return `"item_id":"${itemId}","output_index":${outputIndex},"content_index":0`;
}
