/**
 * Assistants, threads and messages. Azure retired this API on 2026-08-26; what it answers since is not known, and clients that still
 * have it are served as before. Source: OpenAI API reference, Assistants v2; wire reference §1.3.
 */
import { isRecord } from '@spillway/protocol';
import type { Premises } from '../service.ts';
import {
  Collection,
  type CollectionSpec,
  type Fields,
  given,
  type NewThing,
  requiredText,
  textsProblem,
} from './collection.ts';
import { secondsAt } from './expiry.ts';
import { metadataOf } from './metadata.ts';
import { isRefusal, missing, notAmong, type Refusal, wrongField } from './refusals.ts';

/** Messages that a thread may begin with. Source: OpenAI API reference, messages of a thread. */
const FIRST_MESSAGES_MAX = 32;

export const ASSISTANT_DEFAULTS = {
  name: null,
  description: null,
  instructions: null,
  tools: [],
  tool_resources: {},
  temperature: 1,
  top_p: 1,
  response_format: 'auto',
} as const;

/** Source: OpenAI API reference, assistants. Characters; of a model's name ours. */
const CHARS_MAX = { model: 256, name: 256, description: 512, instructions: 256_000 };
/** Source: the same. */
const TOOLS_MAX = 128;

/** Of an assistant, and of a run that has settings of its own. */
export function assistantProblem(fields: Fields): Refusal | null {
  const { tools = null } = fields;
  const toolsFit = tools === null || (Array.isArray(tools) && tools.length <= TOOLS_MAX);
  return textsProblem(fields, CHARS_MAX) ?? (toolsFit ? null : wrongField('tools', `they are at most ${TOOLS_MAX}`));
}

const ASSISTANTS: CollectionSpec = {
  object: 'assistant',
  what: 'assistant',
  idOf: (ids) => ids.short('asst_'),
  changeable: ['model', 'metadata', ...Object.keys(ASSISTANT_DEFAULTS)],
  check: assistantProblem,
  read(fields) {
    const model = requiredText(fields, 'model');
    if (model === null) return missing('model');
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    return { fields: { ...given(fields, ASSISTANT_DEFAULTS), model, metadata: metadata ?? {} } };
  },
};

const MESSAGES: CollectionSpec = {
  object: 'thread.message',
  what: 'message',
  idOf: (ids) => ids.short('msg_'),
  read: (fields, call, thread) => readMessage(fields, thread, call.nowMs),
};

const ROLES = ['user', 'assistant'] as const;

function readMessage(fields: Fields, thread: string | null, nowMs: number): NewThing | Refusal {
  const { role, content } = fields;
  const known = ROLES.find((each) => each === role);
  if (known === undefined) return role === undefined ? missing('role') : notAmong('role', role, ROLES);
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (!Array.isArray(parts) || parts.length === 0) return missing('content');
  if (!parts.every(isPart)) return wrongField('content', 'it must be a text, or a list of parts');
  const metadata = metadataOf(fields.metadata);
  if (metadata !== null && isRefusal(metadata)) return metadata;
  const { attachments = [] } = fields;
  const shown = { role: known, content: parts.map(shownPart), metadata: metadata ?? {}, attachments };
  return messageOf(shown, thread, nowMs);
}

function isPart(part: unknown): part is Fields {
  return isRecord(part) && (part.type !== 'text' || typeof part.text === 'string');
}

function shownPart(part: Fields): Fields {
  return part.type === 'text' ? { type: 'text', text: { value: part.text, annotations: [] } } : part;
}

/** A message that is whole. */
export function messageOf(shown: Fields, thread: string | null, atMs: number): NewThing {
  const whole = { status: 'completed', completed_at: secondsAt(atMs), incomplete_at: null, incomplete_details: null };
  return { fields: { thread_id: thread, assistant_id: null, run_id: null, ...whole, ...shown } };
}

export interface Threads {
  readonly assistants: Collection;
  readonly threads: Collection;
  readonly messages: Collection;
}

export function threadsOf(premises: Premises): Threads {
  const assistants = new Collection(premises, ASSISTANTS);
  const threads = new Collection(premises, {
    object: 'thread',
    what: 'thread',
    idOf: (ids) => ids.short('thread_'),
    changeable: ['metadata', 'tool_resources'],
    read: readThread,
  });
  return { assistants, threads, messages: new Collection(premises, MESSAGES, threads) };
}

export function readThread(fields: Fields): NewThing | Refusal {
  const metadata = metadataOf(fields.metadata);
  if (metadata !== null && isRefusal(metadata)) return metadata;
  return { fields: { metadata: metadata ?? {}, tool_resources: fields.tool_resources ?? {} } };
}

/** The messages that a thread, or a run, comes with. */
export function readMessages(value: unknown, thread: string, nowMs: number): readonly NewThing[] | Refusal {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  if (list.length > FIRST_MESSAGES_MAX) return wrongField('messages', `they are at most ${FIRST_MESSAGES_MAX}`);
  const messages: NewThing[] = [];
  for (const each of list) {
    const message = readMessage(isRecord(each) ? each : {}, thread, nowMs);
    if (isRefusal(message)) return message;
    messages.push(message);
  }
  return messages;
}
