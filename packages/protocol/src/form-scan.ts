/**
 * Looks into a `multipart/form-data` body that comes in pieces and is too long to be held: the same question as `scanForm`, the same
 * answer. Fields may stand before a file or behind it, so all of it is looked through.
 */
import type { Span } from './body.ts';
import {
  beforeLineEnd,
  endOfHead,
  endOfLine,
  type FormFacts,
  fieldName,
  indexOf,
  isLast,
  markOf,
  PART_HEAD_BYTES_MAX,
  PARTS_MAX,
  textOf,
} from './form.ts';

/** Kept of a field's value; a longer one is no name of a deployment. Bytes. */
const VALUE_BYTES_MAX = 4_096;
const LINE_END_BYTES = 2;
const EMPTY = new Uint8Array(0);

type State = 'preamble' | 'line' | 'head' | 'value' | 'ended' | 'broken';

export class FormScan {
  readonly #mark: Uint8Array;
  readonly #models: Span[] = [];
  #model: Uint8Array = EMPTY;
  #stream = false;
  /** Of the first mark in the body; -1 before it. */
  #start = -1;
  #state: State = 'preamble';
  #parts = 0;
  /** Of the part whose value is looked through. */
  #name = '';
  /** Of its value in the body. */
  #valueStart = 0;
  /** The beginning of a value that is too long to be kept; null: it is not. */
  #long: Uint8Array | null = null;
  /** What is not done with, and where it begins in the body. */
  #rest: Uint8Array = EMPTY;
  #base = 0;
  /** In `#rest`. */
  #at = 0;

  constructor(boundary: string) {
    this.#mark = markOf(boundary);
  }

  /** The value of the last field named `model`, without quotes; of one that is too long, its beginning. */
  get model(): Uint8Array {
    return this.#model;
  }

  /** @returns null where what has come is no whole form with that boundary. */
  get facts(): FormFacts | null {
    return this.#state === 'ended' ? { model: this.#models, stream: this.#stream, start: this.#start } : null;
  }

  add(chunk: Uint8Array): void {
    if (this.#state === 'ended' || this.#state === 'broken') return;
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    this.#rest = bytes;
    while (this.#step());
    this.#forget();
  }

  /** @returns whether there may be another step with what is there. */
  #step(): boolean {
    switch (this.#state) {
      case 'preamble':
        return this.#preamble();
      case 'line':
        return this.#line();
      case 'head':
        return this.#head();
      case 'value':
        return this.#value();
      case 'ended':
      case 'broken':
        return false;
    }
  }

  #preamble(): boolean {
    const at = indexOf(this.#rest, this.#mark, this.#at);
    if (at < 0) return false;
    this.#start = this.#base + at;
    return this.#goTo('line', at + this.#mark.length);
  }

  /** What follows a mark: the end of its line, or of the form. */
  #line(): boolean {
    if (this.#rest.length - this.#at < LINE_END_BYTES) return false;
    if (isLast(this.#rest, this.#at)) return this.#goTo('ended', this.#at);
    const end = endOfLine(this.#rest, this.#at);
    return end < 0 ? this.#waits() : this.#goTo('head', end);
  }

  #head(): boolean {
    const end = endOfHead(this.#rest, this.#at);
    if (end < 0) return this.#waits();
    if (++this.#parts >= PARTS_MAX) return this.#goTo('broken', end);
    this.#name = fieldName(this.#rest, this.#at, end);
    this.#valueStart = this.#base + end;
    return this.#goTo('value', end);
  }

  #value(): boolean {
    const at = indexOf(this.#rest, this.#mark, this.#at);
    if (at < 0) return false;
    const start = this.#valueStart;
    const end = Math.max(start, this.#base + beforeLineEnd(this.#rest, at));
    if (this.#name === 'model') {
      this.#models.push({ start, end });
      this.#model = this.#taken(start, end);
    } else if (this.#name === 'stream') {
      const value = this.#taken(start, end);
      this.#stream = textOf(value, 0, value.length) === 'true';
    }
    this.#long = null;
    return this.#goTo('line', at + this.#mark.length);
  }

  /** Between two places of the body; only the beginning of what was too long to be kept. */
  #taken(start: number, end: number): Uint8Array {
    return this.#long ?? this.#rest.slice(start - this.#base, end - this.#base);
  }

  #goTo(state: State, at: number): boolean {
    this.#state = state;
    this.#at = at;
    return true;
  }

  /** More is to come, unless it is too long already. */
  #waits(): boolean {
    if (this.#rest.length - this.#at > PART_HEAD_BYTES_MAX) this.#state = 'broken';
    return false;
  }

  /** Lets go of what nothing more can be found in. */
  #forget(): void {
    const { length } = this.#rest;
    if (this.#state === 'preamble' || this.#state === 'value') {
      this.#at = Math.max(this.#at, length - this.#mark.length - LINE_END_BYTES);
    }
    const from = this.#state === 'value' && this.#isAsked && this.#long === null ? this.#keepValue() : this.#at;
    this.#rest = this.#rest.slice(from);
    this.#base += from;
    this.#at -= from;
  }

  /** @returns from where on the rest is needed. */
  #keepValue(): number {
    const start = this.#valueStart - this.#base;
    if (this.#rest.length - start <= VALUE_BYTES_MAX) return start;
    this.#long = this.#rest.slice(start, start + VALUE_BYTES_MAX);
    return this.#at;
  }

  get #isAsked(): boolean {
    return this.#name === 'model' || this.#name === 'stream';
  }
}
