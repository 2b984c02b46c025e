/**
 * Tokens of a prompt from its bytes. The ratio is learned from what answers report, for each client and model, and apart for each kind
 * of text; where little is known of a client, what is known of the model stands in, and before that a rule of thumb.
 */
import type { TextMix } from '@spillway/protocol';
import { RunningMean } from './running.ts';

/** What of a prompt can be seen without reading it. */
export interface PromptSize {
  /** As it stands in the body, without pictures, sound and files. */
  readonly bytes: number;
  /** Messages, or items of an input. */
  readonly items: number;
  /** Parts whose tokens cannot be told from bytes: pictures, sound, files, what the resource remembers. */
  readonly extras: number;
  readonly mix: TextMix;
}

/** English text; JSON around it brings more bytes, other languages have more or fewer to a token. */
const TOKENS_PER_BYTE = 1 / 4;
/** Around the text of a message: `{"role":"user","content":""},`. */
const ITEM_BYTES = 30;
/** What a message costs besides its text, and a prompt besides its messages (OpenAI's cookbook, "How to count tokens"). */
const ITEM_TOKENS = 4;
const PROMPT_TOKENS = 3;
/** A picture of 1,024 × 1,024 to gpt-4o; of the others nothing is known before it is learned. */
const EXTRA_TOKENS = 765;

/** No text is outside of this: what is reported otherwise was no text alone. Tokens for each byte. */
const RATIO_MIN = 0.02;
const RATIO_MAX = 2;
/** Prompts after which an old one hardly counts. */
const PROMPTS_REMEMBERED = 64;
/** Prompts of its own from which on a client's ratio counts as much as the model's. */
const PROMPTS_TO_TRUST = 2;
/** Bytes of text from which on a prompt counts fully: of a shorter one what surrounds the text says more than the text. */
const TEXT_BYTES_MIN = 64;

export class PromptTokens {
  /** null: nothing stands behind it. */
  readonly #behind: PromptTokens | null;
  readonly #ratios = new Map<TextMix, RunningMean>();
  readonly #extra = new RunningMean(EXTRA_TOKENS, PROMPTS_REMEMBERED);

  /** @param behind what is known of others, for as long as little is known here. */
  constructor(behind: PromptTokens | null) {
    this.#behind = behind;
  }

  estimate({ bytes, items, extras, mix }: PromptSize): number {
    const text = textBytes(bytes, items) * this.ratio(mix) + around(items);
    return Math.max(1, Math.round(text + (extras === 0 ? 0 : extras * this.#extraTokens())));
  }

  /** Tokens for each byte of text. */
  ratio(mix: TextMix): number {
    const own = this.#ratios.get(mix);
    const count = own?.count ?? 0;
    const others = this.#behind === null ? TOKENS_PER_BYTE : this.#behind.ratio(mix);
    if (own === undefined) return others;
    return (own.mean * count + others * PROMPTS_TO_TRUST) / (count + PROMPTS_TO_TRUST);
  }

  /** Prompts that the ratio rests on. */
  count(mix: TextMix): number {
    return this.#ratios.get(mix)?.count ?? 0;
  }

  /** @param promptTokens as reported, or counted. */
  learn(size: PromptSize, promptTokens: number): void {
    this.#behind?.learn(size, promptTokens);
    const { bytes, items, extras, mix } = size;
    const text = textBytes(bytes, items);
    if (extras > 0) {
      const rest = promptTokens - text * this.ratio(mix) - around(items);
      this.#extra.addWithin(Math.max(0, rest / extras));
    } else if (text >= TEXT_BYTES_MIN) {
      const ratio = (promptTokens - around(items)) / text;
      this.#ratioOf(mix).addWithin(Math.min(RATIO_MAX, Math.max(RATIO_MIN, ratio)));
    }
  }

  #extraTokens(): number {
    return this.#extra.count === 0 && this.#behind !== null ? this.#behind.#extraTokens() : this.#extra.mean;
  }

  #ratioOf(mix: TextMix): RunningMean {
    let ratio = this.#ratios.get(mix);
    if (ratio === undefined) {
      ratio = new RunningMean(TOKENS_PER_BYTE, PROMPTS_REMEMBERED);
      this.#ratios.set(mix, ratio);
    }
    return ratio;
  }
}

function textBytes(bytes: number, items: number): number {
  return Math.max(0, bytes - items * ITEM_BYTES);
}

function around(items: number): number {
  return items === 0 ? 0 : items * ITEM_TOKENS + PROMPT_TOKENS;
}
