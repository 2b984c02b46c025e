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
import { type BareStatus, bareResponse, endingOf, renderResponse } from './responses.ts';

type Message = Extract<OutputItem, { kind: 'message' }>;

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

/** Events that begin an item. */
const OPENING = { search: 3, reasoning: 1, message: 2, call: 1 } as const;

/** Events that end it. */
function closingEvents(item: OutputItem): number {
  switch (item.kind) {
    case 'reasoning':
      return 1;
    case 'message':
      return 3 + item.annotations.length;
    default:
      return 2;
  }
}

export class ResponseEvents implements StreamEvents {
  readonly choices = 1;
  readonly contentEvents: number;
  readonly #ask: GenerationAsk;
  readonly #rendered: Rendered;
  readonly #placed: readonly Placed[];
  /** Sequence number of the last event. */
  readonly #last: number;
  readonly #padded: boolean;
  readonly #inBackground: boolean;

  constructor(ask: GenerationAsk, rendered: Rendered) {
    this.#ask = ask;
    this.#rendered = rendered;
    this.#padded = ask.echo?.padded !== false;
    this.#inBackground = ask.keep?.kind === 'response' && ask.keep.background;
    const placed: Placed[] = [];
    let [firstToken, firstEvent] = [0, this.#inBackground ? 3 : 2];
    outputItems(ask, rendered).forEach((item, outputIndex) => {
      const tokens = 'tokens' in item ? item.tokens.length : 0;
      placed.push({ item, outputIndex, firstToken, tokens, firstEvent });
      firstToken += tokens;
      firstEvent += OPENING[item.kind] + tokens + closingEvents(item);
    });
    this.#placed = placed;
    this.contentEvents = firstToken;
    this.#last = firstEvent;
  }

  /** The response as begun, and the items before the first token. */
  preamble(): string {
    let [events, number] = ['', 0];
    const tell = (type: string, status: BareStatus): void => {
      events += event(type, number++, `"response":${bareResponse(this.#ask, this.#rendered, status)}`);
    };
    tell('response.created', this.#inBackground ? 'queued' : 'in_progress');
    if (this.#inBackground) tell('response.queued', 'queued');
    tell('response.in_progress', 'in_progress');
    return events + this.#openings(0);
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
    const response = renderResponse(this.#ask, this.#rendered);
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
  if (item.kind === 'search') {
    const fields = `"item_id":"${item.id}","output_index":${outputIndex}`;
    const begins = event('response.file_search_call.in_progress', firstEvent + 1, fields);
    return added + begins + event('response.file_search_call.searching', firstEvent + 2, fields);
  }
  if (item.kind !== 'message') return added;
  const part = JSON.stringify({ type: 'output_text', annotations: [], logprobs: [], text: '' });
  return (
    added + event('response.content_part.added', firstEvent + 1, `${inMessage(item.id, outputIndex)},"part":${part}`)
  );
}

function delta({ item, outputIndex, firstEvent }: Placed, token: number, padded: boolean): string {
  if (!('tokens' in item)) return '';
  const text = item.tokens[token] ?? '';
  const sequence = firstEvent + OPENING[item.kind] + token;
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
  const first = firstEvent + OPENING[item.kind] + tokens;
  const done = `"output_index":${outputIndex},"item":${JSON.stringify(itemJson(item, item.end))}`;
  if (item.kind === 'reasoning') return event('response.output_item.done', first, done);
  if (item.kind === 'search') {
    const fields = `"item_id":"${item.id}","output_index":${outputIndex}`;
    return (
      event('response.file_search_call.completed', first, fields) + event('response.output_item.done', first + 1, done)
    );
  }
  const text = JSON.stringify(item.tokens.join(''));
  if (item.kind === 'call') {
    const name = JSON.stringify(item.call.name);
    const fields = `"item_id":"${item.id}","output_index":${outputIndex},"name":${name},"arguments":${text}`;
    return (
      event('response.function_call_arguments.done', first, fields) +
      event('response.output_item.done', first + 1, done)
    );
  }
  const last = first + closingEvents(item) - 1;
  return messageClosing(item, outputIndex, first, text) + event('response.output_item.done', last, done);
}

/** What its text cites, then the text and its part as a whole. */
function messageClosing(item: Message, outputIndex: number, first: number, text: string): string {
  const place = inMessage(item.id, outputIndex);
  const { annotations } = item;
  const part = textPart(item);
  const cited = annotations.map((annotation, i) =>
    event(
      'response.output_text.annotation.added',
      first + i,
      `${place},"annotation_index":${i},"annotation":${JSON.stringify(annotation)}`,
    ),
  );
  const next = first + annotations.length;
  const logprobs = JSON.stringify(part.logprobs);
  return (
    cited.join('') +
    event('response.output_text.done', next, `${place},"text":${text},"logprobs":${logprobs}`) +
    event('response.content_part.done', next + 1, `${place},"part":${JSON.stringify(part)}`)
  );
}

function inMessage(itemId: string, outputIndex: number): string {
  return `"item_id":"${itemId}","output_index":${outputIndex},"content_index":0`;
}
