/** The input of a request to the Responses API: a text, or items in their order. Source: OpenAI's API reference, `input`; wire §1.6. */
import { isRecord } from '@spillway/protocol';
import { inWords } from '../json.ts';
import { tokensOfChars } from '../text.ts';
import {
  encryptedContentInvalid,
  fileNotFound,
  inputRefused,
  invalidRequest,
  invalidValue,
  itemNotFound,
  missingParameter,
  type Refusal,
} from '../wire/refusals.ts';
import type { Turn } from './generation.ts';
import { type Held, NOTHING_HELD } from './held.ts';
import { type Conversation, roleOf, textOf, tokensOfParts } from './messages.ts';

const ROLES = ['assistant', 'system', 'developer', 'user'];
/** Ids and values that an error repeats. UTF-16 units. */
const SHOWN_CHARS_MAX = 100;

export interface InputRead extends Conversation {
  /** The request's own, each reference replaced by what it stands for. */
  readonly items: readonly unknown[];
}

/** @param before items of the conversation so far. */
export function readInput(
  input: unknown,
  before: readonly unknown[] = [],
  held: Held = NOTHING_HELD,
): InputRead | { readonly refusal: Refusal } {
  const items = itemsOf(input, before.length > 0);
  if ('refusal' in items) return items;
  const reading = new InputReading(held);
  for (const item of before) reading.known(item);
  for (let i = 0; i < items.items.length; i++) {
    const refusal = reading.item(items.items[i], `input[${i}]`);
    if (refusal !== null) return { refusal };
  }
  const refusal = reading.unanswered();
  return refusal === null
    ? { turns: reading.turns, otherTokens: reading.otherTokens, items: reading.items }
    : { refusal };
}

/** @param continued whoever goes on with a conversation need not say more. */
function itemsOf(
  input: unknown,
  continued: boolean,
): { readonly items: readonly unknown[] } | { readonly refusal: Refusal } {
  if (input === undefined || input === null) {
    return continued ? { items: [] } : { refusal: missingParameter('input') };
  }
  if (typeof input === 'string') return { items: [{ role: 'user', content: input }] };
  if (Array.isArray(input) && (input.length > 0 || continued)) return { items: input };
  return { refusal: invalidValue('input', 'expected a text or a list with at least one item') };
}

class InputReading {
  readonly turns: Turn[] = [];
  readonly items: unknown[] = [];
  otherTokens = 0;
  readonly #held: Held;
  /** Calls so far; false: without a result yet. */
  readonly #calls = new Map<string, boolean>();
  /** Of the conversation so far. */
  readonly #known = new Set<string>();

  constructor(held: Held) {
    this.#held = held;
  }

  /** An item that was looked at when it came. */
  known(item: unknown): void {
    if (!isRecord(item)) return;
    if (typeof item.id === 'string') this.#known.add(item.id);
    this.#read(item, '');
  }

  item(item: unknown, at: string): Refusal | null {
    if (!isRecord(item)) return invalidValue(at, 'expected an object');
    if (item.type !== 'item_reference') {
      this.items.push(item);
      return this.#read(item, at);
    }
    if (typeof item.id !== 'string') return missingParameter(`${at}.id`);
    if (this.#known.has(item.id)) return null;
    const found = this.#held.item(item.id);
    if (found === null) return itemNotFound(shown(item.id));
    this.known(found);
    this.items.push(found);
    return null;
  }

  #read(item: Record<string, unknown>, at: string): Refusal | null {
    switch (item.type ?? 'message') {
      case 'message':
        return this.#message(item, at);
      case 'function_call':
        return this.#call(item, at);
      case 'function_call_output':
        return this.#result(item, at);
      case 'reasoning':
        return this.#thoughts(item);
      case 'compaction':
        return this.#sealed(item.encrypted_content, at);
      default:
        // Calls of the service's own tools: nothing here reads them.
        return null;
    }
  }

  #message({ role, content }: Record<string, unknown>, at: string): Refusal | null {
    if (typeof role !== 'string') return missingParameter(`${at}.role`);
    if (!ROLES.includes(role)) return unsupported(role, ROLES, `${at}.role`);
    if (content === undefined || content === null) return missingParameter(`${at}.content`);
    const wrong = wrongPart(content, `${at}.content`) ?? this.#absentFile(content);
    if (wrong !== null) return wrong;
    this.turns.push({ role: roleOf(role), text: textOf(content) });
    this.otherTokens += tokensOfParts(content);
    return null;
  }

  #absentFile(content: unknown): Refusal | null {
    if (!Array.isArray(content)) return null;
    const parts: readonly unknown[] = content;
    for (const part of parts) {
      const id = isRecord(part) ? part.file_id : null;
      if (typeof id === 'string' && !this.#held.has('file', id)) return fileNotFound(shown(id));
    }
    return null;
  }

  #call({ call_id, name, arguments: given }: Record<string, unknown>, at: string): Refusal | null {
    if (typeof call_id !== 'string') return missingParameter(`${at}.call_id`);
    if (typeof name !== 'string') return missingParameter(`${at}.name`);
    if (typeof given !== 'string') return missingParameter(`${at}.arguments`);
    this.#calls.set(call_id, false);
    this.turns.push({ role: 'assistant', text: '' });
    this.otherTokens += tokensOfChars(name.length + given.length);
    return null;
  }

  #result({ call_id, output }: Record<string, unknown>, at: string): Refusal | null {
    if (typeof call_id !== 'string') return missingParameter(`${at}.call_id`);
    if (output === undefined) return missingParameter(`${at}.output`);
    if (!this.#calls.has(call_id)) {
      return inputRefused(`No tool call found for function call output with call_id ${shown(call_id)}.`);
    }
    this.#calls.set(call_id, true);
    this.turns.push({ role: 'tool', text: textOf(output) });
    this.otherTokens += tokensOfParts(output);
    return null;
  }

  /** Thoughts come back sealed, or by an id that this resource keeps (vercel/ai #7543); their contents count for nothing. */
  #thoughts({ id, encrypted_content: sealed }: Record<string, unknown>): Refusal | null {
    if (typeof sealed === 'string') return this.#held.opened(sealed) === null ? encryptedContentInvalid(sealed) : null;
    if (typeof id !== 'string' || this.#known.has(id) || this.#held.item(id) !== null) return null;
    return itemNotFound(shown(id));
  }

  /** What a conversation was compacted to. */
  #sealed(sealed: unknown, at: string): Refusal | null {
    if (typeof sealed !== 'string') return missingParameter(`${at}.encrypted_content`);
    const turns = this.#held.opened(sealed);
    if (turns === null) return encryptedContentInvalid(sealed);
    this.turns.push(...turns);
    return null;
  }

  /** Every call wants its result. */
  unanswered(): Refusal | null {
    for (const [id, answered] of this.#calls) {
      if (!answered) return inputRefused(`No tool output found for function call ${shown(id)}.`);
    }
    return null;
  }
}

const PART_TYPES = ['input_text', 'input_image', 'output_text', 'refusal', 'input_file', 'input_audio', 'summary_text'];

function wrongPart(content: unknown, at: string): Refusal | null {
  if (typeof content === 'string') return null;
  if (!Array.isArray(content)) return invalidValue(at, 'expected a text or a list of parts');
  for (let i = 0; i < content.length; i++) {
    const part: unknown = content[i];
    if (!isRecord(part)) return invalidValue(`${at}[${i}]`, 'expected an object');
    if (part.type === undefined) return missingParameter(`${at}[${i}].type`);
    const type = inWords(part.type);
    if (!PART_TYPES.includes(type)) return unsupported(type, PART_TYPES, `${at}[${i}].type`);
  }
  return null;
}

function unsupported(value: string, supported: readonly string[], param: string): Refusal {
  const names = supported.map((each) => `'${each}'`);
  const message = `Invalid value: '${shown(value)}'. Supported values are: ${names.slice(0, -1).join(', ')}, and ${names.at(-1)}.`;
  return invalidRequest(message, param, 'invalid_value');
}

function shown(text: string): string {
  return text.slice(0, SHOWN_CHARS_MAX);
}
