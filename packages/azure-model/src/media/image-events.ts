/** A picture as server-sent events: parts of it, then the whole. Source: the `openai` package 7.55, `ImageGenStreamEvent`. */
import { base64 } from '../base64.ts';
import type { StreamEvents } from '../wire/events.ts';
import { drawing } from './drawing.ts';
import type { ImageAsk } from './image-ask.ts';
import { usageJson } from './image-tokens.ts';
import { pngOf } from './png.ts';

/** generation or edit: it is part of the event's name. */
export type ImageOperation = 'generation' | 'edit';

export class ImageEvents implements StreamEvents {
  readonly choices = 1;
  readonly contentEvents: number;
  readonly #ask: ImageAsk;
  readonly #prefix: string;
  /** Fields that all events have. */
  readonly #common: string;

  /** @param created seconds since 1970. */
  constructor(ask: ImageAsk, operation: ImageOperation, created: number) {
    this.#ask = ask;
    this.#prefix = operation === 'edit' ? 'image_edit' : 'image_generation';
    const { background, quality, sizeText } = ask;
    this.#common = `"background":"${background}","created_at":${created},"output_format":"png","quality":"${quality}","size":"${sizeText}"`;
    this.contentEvents = (ask.partials ?? 0) + 1;
  }

  preamble(): string {
    return '';
  }

  content(from: number, to: number): string {
    let events = '';
    for (let i = from; i < to; i++) events += i < this.contentEvents - 1 ? this.#partial(i) : this.#completed();
    return events;
  }

  ending(): string {
    return '';
  }

  #partial(index: number): string {
    const finished = (index + 1) / this.contentEvents;
    return this.#event('partial_image', finished, `"partial_image_index":${index}`);
  }

  #completed(): string {
    return this.#event('completed', 1, `"usage":${usageJson(this.#ask)}`);
  }

  #event(name: string, finished: number, more: string): string {
    const type = `${this.#prefix}.${name}`;
    const picture = base64(pngOf(drawing(this.#ask.size, this.#ask.hash, finished)));
    return `event: ${type}\ndata: {"type":"${type}","b64_json":"${picture}",${this.#common},${more}}\n\n`;
  }
}
