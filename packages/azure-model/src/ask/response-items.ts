/** The input of a request to the Responses API: a text, or items in their order. Source: OpenAI's API reference, `input`; wire §1.6. */
import { isRecord } from '@spillway/protocol';
import { tokensOfChars } from '../text.ts';
import { invalidRequest, invalidValue, missingParameter, type Refusal } from '../wire/refusals.ts';
import type { Turn } from './generation.ts';
import { type MessagesRead, roleOf, textOf, tokensOfParts } from './messages.ts';

const ROLES = ['assistant', 'system', 'developer', 'user'];
/** Ids that an error repeats. UTF-16 units. */
const SHOWN_CHARS_MAX = 100;

export function readInput(input: unknown): MessagesRead {
  if (input === undefined || input === null) return { refusal: missingParameter('input') };
  if (typeof input === 'string') return { turns: [{ role: 'user', text: input }], otherTokens: 0 };
  if (!Array.isArray(input) || input.length === 0) {
    return { refusal: invalidValue('input', 'expected a text or a list with at least one item') };
  }
  const reading = new InputReading();
  for (let i = 0; i < input.length; i++) {
    const refusal = reading.item(input[i], `input[${i}]`);
    if (refusal !== null) return { refusal };
  }
  const refusal = reading.unanswered();
  return refusal === null ? { turns: reading.turns, otherTokens: reading.otherTokens } : { refusal };
}

class InputReading {
  readonly turns: Turn[] = [];
  otherTokens = 0;
  /** Calls so far; false: without a result yet. */
  readonly #calls = new Map<string, boolean>();

  item(item: unknown, at: string): Refusal | null {
    if (!isRecord(item)) return invalidValue(at, 'expected an object');
    switch (item.type ?? 'message') {
      case 'message':
        return this.#message(item, at);
      case 'function_call':
        return this.#call(item, at);
      case 'function_call_output':
        return this.#result(item, at);
      case 'item_reference':
        return notKept(item.id, at);
      default:
        // Thoughts, and calls of the service's own tools: nothing here reads them.
        return null;
    }
  }

  #message({ role, content }: Record<string, unknown>, at: string): Refusal | null {
    if (typeof role !== 'string') return missingParameter(`${at}.role`);
    if (!ROLES.includes(role)) return unsupported(role, ROLES, `${at}.role`);
    if (content === undefined || content === null) return missingParameter(`${at}.content`);
    const wrong = wrongPart(content, `${at}.content`);
    if (wrong !== null) return wrong;
    this.turns.push({ role: roleOf(role), text: textOf(content) });
    this.otherTokens += tokensOfParts(content);
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
    if (!PART_TYPES.includes(String(part.type))) return unsupported(String(part.type), PART_TYPES, `${at}[${i}].type`);
  }
  return null;
}

function unsupported(value: string, supported: readonly string[], param: string): Refusal {
  const names = supported.map((each) => `'${each}'`);
  const message = `Invalid value: '${shown(value)}'. Supported values are: ${names.slice(0, -1).join(', ')}, and ${names.at(-1)}.`;
  return invalidRequest(message, param, 'invalid_value');
}

/** As of an item that a client sent with `store: false`. */
function notKept(id: unknown, at: string): Refusal {
  if (typeof id !== 'string') return missingParameter(`${at}.id`);
  return { ...inputRefused(`Item with id '${shown(id)}' not found.`), status: 404 };
}

function inputRefused(message: string): Refusal {
  return invalidRequest(message, 'input', null);
}

function shown(text: string): string {
  return text.slice(0, SHOWN_CHARS_MAX);
}
