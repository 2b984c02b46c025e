/** The items of a realtime conversation, in their order, and what a model makes of them. Source: OpenAI's API reference, realtime items. */
import { isRecord } from '@spillway/protocol';
import type { Turn } from '../ask/generation.ts';
import { bytesOfBase64 } from '../media/bytes.ts';
import { heardInPcm } from '../media/heard.ts';
import { BYTES_PER_SECOND } from '../media/voice.ts';
import type { Seeded } from '../resource.ts';

/** Of one session. */
export const ITEMS_MAX = 1_000;
/** Of sound that is heard: 1 for each 100 ms. Source: OpenAI's guide on realtime costs. */
const HEARD_TOKENS_PER_SECOND = 10;

export interface Item {
  readonly id: string;
  /** As it is shown. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly turn: Turn;
  /** Of the sound in it. */
  readonly soundTokens: number;
}

export type ItemRead =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'problem'; readonly param: string; readonly message: string };

export class Conversation {
  #items: Item[] = [];

  get items(): readonly Item[] {
    return this.#items;
  }

  get full(): boolean {
    return this.#items.length >= ITEMS_MAX;
  }

  get last(): string | null {
    return this.#items.at(-1)?.id ?? null;
  }

  get(id: string): Item | null {
    return this.#items.find((item) => item.id === id) ?? null;
  }

  /** @param after an id; `root`: as the first; null: as the last. @returns id of the one before it; undefined where `after` is unknown. */
  insert(item: Item, after: string | null): string | null | undefined {
    if (after === null) {
      const before = this.last;
      this.#items.push(item);
      return before;
    }
    const place = after === 'root' ? 0 : this.#items.findIndex(({ id }) => id === after) + 1;
    if (place === 0 && after !== 'root') return undefined;
    this.#items.splice(place, 0, item);
    return place === 0 ? null : after;
  }

  replace(item: Item): void {
    this.#items = this.#items.map((each) => (each.id === item.id ? item : each));
  }

  /** @returns whether there was one. */
  remove(id: string): boolean {
    const before = this.#items.length;
    this.#items = this.#items.filter((item) => item.id !== id);
    return this.#items.length < before;
  }
}

/** An item as a client sends it. @param newId where it has none. */
export function readItem(given: unknown, newId: string, seeded: Seeded): ItemRead {
  if (!isRecord(given)) return problem('item', "Missing required parameter: 'item'.");
  const id = typeof given.id === 'string' && given.id !== '' ? given.id : newId;
  const base = { id, object: 'realtime.item', status: 'completed' };
  switch (given.type) {
    case 'message':
      return readMessage(given, base, seeded);
    case 'function_call': {
      const text = typeof given.arguments === 'string' ? given.arguments : '';
      const turn = { role: 'assistant', text } as const;
      return { kind: 'item', item: { id, shown: { ...given, ...base }, turn, soundTokens: 0 } };
    }
    case 'function_call_output': {
      if (typeof given.output !== 'string') return problem('item.output', "Missing required parameter: 'item.output'.");
      const turn = { role: 'tool', text: given.output } as const;
      return { kind: 'item', item: { id, shown: { ...given, ...base }, turn, soundTokens: 0 } };
    }
    default:
      return problem(
        'item.type',
        `Invalid value: '${String(given.type)}'. Supported values are: 'message', 'function_call', and 'function_call_output'.`,
      );
  }
}

function readMessage(
  given: Record<string, unknown>,
  base: Readonly<Record<string, unknown>>,
  seeded: Seeded,
): ItemRead {
  const { role, content } = given;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    return problem(
      'item.role',
      "Invalid value for 'item.role'. Supported values are: 'assistant', 'system', and 'user'.",
    );
  }
  if (!Array.isArray(content)) return problem('item.content', "Missing required parameter: 'item.content'.");
  const parts: readonly unknown[] = content;
  const texts: string[] = [];
  const shown: unknown[] = [];
  let soundTokens = 0;
  for (const part of parts) {
    if (!isRecord(part)) return problem('item.content', "Invalid type for 'item.content': expected objects.");
    if (typeof part.audio !== 'string') {
      texts.push(String(part.text ?? part.transcript ?? ''));
      shown.push(part);
      continue;
    }
    const sound = bytesOfBase64(part.audio);
    if (sound === null) return problem('item.content', "Invalid 'item.content.audio': expected base64.");
    const heard = heard24k(sound, seeded);
    texts.push(typeof part.transcript === 'string' ? part.transcript : heard.text);
    soundTokens += heard.tokens;
    shown.push({ type: part.type, transcript: part.transcript ?? null });
  }
  const turn: Turn = { role, text: texts.join(' ') };
  const item: Item = { id: String(base.id), shown: { ...given, ...base, content: shown }, turn, soundTokens };
  return { kind: 'item', item };
}

function problem(param: string, message: string): ItemRead {
  return { kind: 'problem', param, message };
}

export interface Heard {
  readonly text: string;
  readonly tokens: number;
  readonly durationMs: number;
}

/** Sound as sessions have it: 24 kHz, 16 bits, one channel. */
export function heard24k(pcm: Uint8Array, seeded: Seeded): Heard {
  const durationMs = (pcm.length / BYTES_PER_SECOND) * 1000;
  const { text } = heardInPcm(pcm, durationMs, seeded);
  return { text, tokens: Math.ceil((durationMs / 1000) * HEARD_TOKENS_PER_SECOND), durationMs };
}

/** What a user said aloud. @param transcript null where it is not written down. */
export function spokenItem(id: string, heard: Heard, transcript: string | null): Item {
  const content = [{ type: 'input_audio', transcript }];
  const shown = { id, object: 'realtime.item', type: 'message', status: 'completed', role: 'user', content };
  return { id, shown, turn: { role: 'user', text: heard.text }, soundTokens: heard.tokens };
}
