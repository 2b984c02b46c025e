/** The messages of a chat request: whether Azure takes them, and the prompt that they make. Sources: wire §3.2, §6.2; simulator reference S-76, S-77. */
import { isRecord } from '@spillway/protocol';
import { inWords } from '../json.ts';
import { heardInPart } from '../media/chat-audio.ts';
import { HASH_START, hashText, tokensOfChars } from '../text.ts';
import {
  ANSWER_FILTER_TRIGGER,
  CONTENT_FILTER_TRIGGER,
  invalidRequest,
  invalidValue,
  missingParameter,
  type Refusal,
} from '../wire/refusals.ts';
import type { Prompt, PromptVerdict, Turn } from './generation.ts';
import { checkToolTurns } from './tool-turns.ts';

/** Of each message the end enters the hash: enough to tell prompts apart, cheap for long ones. UTF-16 units. */
const HASHED_CHARS_MAX = 1024;

/**
 * Tokens that frame each message, and the answer: with them a message of 28 characters comes to the 14 tokens that gpt-4o
 * billed for it (simulator reference S-76).
 */
export const MESSAGE_TOKENS = 4;
const ANSWER_TOKENS = 3;

/** A picture in low detail; and one of unknown size in high detail, taken for 1024 × 1024: 85 + 4 × 170. Source: OpenAI's vision guide, gpt-4o. */
const PICTURE_LOW_TOKENS = 85;
const PICTURE_TOKENS = 765;
/** An approximation: 10 tokens for each second of WAV with 48,000 bytes a second, in Base64. Characters for each token. */
const AUDIO_CHARS_PER_TOKEN = 6400;
/** An approximation: what a few pages come to. */
const FILE_TOKENS = 1000;

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer'];

export interface Conversation {
  readonly turns: readonly Turn[];
  /** Of what is no text: pictures, sound, files, earlier tool calls. */
  readonly otherTokens: number;
}

export type MessagesRead = Conversation | { readonly refusal: Refusal };

export function readMessages(messages: unknown): MessagesRead {
  if (messages === undefined) return { refusal: missingParameter('messages') };
  if (!Array.isArray(messages) || messages.length === 0) {
    return { refusal: invalidValue('messages', 'expected a list with at least one message') };
  }
  const given: readonly unknown[] = messages;
  const turns: Turn[] = [];
  let otherTokens = 0;
  for (let i = 0; i < given.length; i++) {
    const message = given[i];
    if (!isRecord(message) || typeof message.role !== 'string') {
      return { refusal: invalidValue('messages', 'expected objects with a `role`') };
    }
    const refusal = checkMessage(message, message.role, i);
    if (refusal !== null) return { refusal };
    turns.push({ role: roleOf(message.role), text: textOf(message.content) });
    otherTokens += tokensOfParts(message.content) + tokensOfCalls(message.tool_calls);
  }
  const refusal = checkToolTurns(given);
  return refusal === null ? { turns, otherTokens } : { refusal };
}

function checkMessage(message: Record<string, unknown>, role: string, at: number): Refusal | null {
  if (!ROLES.includes(role)) {
    return invalidRequest(
      `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
      `messages[${at}].role`,
      'invalid_value',
    );
  }
  const { content } = message;
  if (typeof content === 'string') return null;
  if (Array.isArray(content)) return checkParts(content, at);
  if (content === null || content === undefined) return checkAbsent(message, role, at);
  return invalidRequest(
    `Invalid type for 'messages[${at}].content': expected one of a string or array of objects, but got ${article(content)} instead.`,
    `messages[${at}].content`,
    'invalid_type',
  );
}

/** Only an assistant that called a tool may have said nothing. */
function checkAbsent(message: Record<string, unknown>, role: string, at: number): Refusal | null {
  if (role === 'assistant') {
    const called = Array.isArray(message.tool_calls) || isRecord(message.function_call) || isRecord(message.audio);
    if (called || typeof message.refusal === 'string') return null;
  }
  if (message.content === undefined) return missingParameter(`messages[${at}].content`);
  return invalidRequest(
    "Invalid value for 'content': expected a string, got null.",
    `messages.[${at}].content`,
    'invalid_value',
  );
}

const PART_TYPES = ['text', 'image_url', 'input_audio', 'refusal', 'audio', 'file'];

function checkParts(parts: readonly unknown[], at: number): Refusal | null {
  const wrong = parts.findIndex((part) => !isRecord(part) || !PART_TYPES.includes(inWords(part.type)));
  if (wrong < 0) return null;
  const part = parts[wrong];
  const param = `messages[${at}].content[${wrong}].type`;
  if (!isRecord(part) || part.type === undefined) return missingParameter(param);
  return invalidRequest(
    `Invalid value: '${inWords(part.type).slice(0, 100)}'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'.`,
    param,
    'invalid_value',
  );
}

function article(value: unknown): string {
  return isRecord(value) ? 'an object' : `a ${typeof value}`;
}

export interface PromptExtras {
  /** What is no text. */
  readonly otherTokens?: number;
  /** That frame each message; default 4. */
  readonly messageTokens?: number;
}

export function promptOf(turns: readonly Turn[], extras: PromptExtras = {}): Prompt {
  const { otherTokens = 0, messageTokens = MESSAGE_TOKENS } = extras;
  let tokens = ANSWER_TOKENS + otherTokens;
  let hash = HASH_START;
  let verdict: PromptVerdict = 'safe';
  const chars: number[] = [];
  for (const { text } of turns) {
    tokens += messageTokens + tokensOfChars(text.length);
    hash = hashText(text, hash ^ text.length, Math.max(0, text.length - HASHED_CHARS_MAX));
    chars.push(text.length);
    if (text.includes(CONTENT_FILTER_TRIGGER)) verdict = 'blocked';
    else if (verdict === 'safe' && text.includes(ANSWER_FILTER_TRIGGER)) verdict = 'answerBlocked';
  }
  return { tokens, chars, hash, verdict };
}

export function roleOf(role: string): Turn['role'] {
  if (role === 'assistant' || role === 'tool') return role;
  if (role === 'function') return 'tool';
  return role === 'system' || role === 'developer' ? 'system' : 'user';
}

/** Of a list of parts the texts alone, each on a line of its own: `Sources:` is looked for where a line begins. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const parts: readonly unknown[] = content;
  return parts.flatMap((part) => (isRecord(part) ? wordsOf(part) : [])).join('\n');
}

/** As written, or as heard. */
function wordsOf(part: Record<string, unknown>): readonly string[] {
  if (typeof part.text === 'string') return [part.text];
  const heard = part.type === 'input_audio' ? heardInPart(part) : '';
  return heard === '' ? [] : [heard];
}

/** What the parts that are no text come to. */
export function tokensOfParts(content: unknown): number {
  if (!Array.isArray(content)) return 0;
  const parts: readonly unknown[] = content;
  return parts.reduce((sum: number, part) => sum + (isRecord(part) ? tokensOfPart(part) : 0), 0);
}

/** The kinds of chat completions (`image_url`) and of Responses (`input_image`). */
function tokensOfPart(part: Record<string, unknown>): number {
  switch (part.type) {
    case 'image_url':
    case 'input_image': {
      const detail = isRecord(part.image_url) ? part.image_url.detail : part.detail;
      return detail === 'low' ? PICTURE_LOW_TOKENS : PICTURE_TOKENS;
    }
    case 'input_audio': {
      const data = isRecord(part.input_audio) ? part.input_audio.data : null;
      return typeof data === 'string' ? Math.ceil(data.length / AUDIO_CHARS_PER_TOKEN) : 0;
    }
    case 'file':
    case 'input_file':
      return FILE_TOKENS;
    default:
      return 0;
  }
}

function tokensOfCalls(calls: unknown): number {
  return Array.isArray(calls) ? tokensOfChars(JSON.stringify(calls).length) : 0;
}
