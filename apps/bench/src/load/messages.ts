/** What is asked: messages of a wanted size, made from words or taken from a recording. The same seed asks the same. */
import { seededUnit, type Unit } from '@spillway/clock';
import { type CountText, promptTokens } from '@spillway/protocol';
import type { LoadSpec } from '../spec.ts';
import { fillerOf } from './filler.ts';
import type { Recorded } from './replay.ts';

export interface Message {
  readonly role: string;
  readonly content: unknown;
}

export interface Prompt {
  readonly messages: readonly Message[];
  /** Estimated before it is sent. Tokens. */
  readonly tokens: number;
}

/** Makes the prompt of a call from its number. @param nowMs for the mark that keeps servers from answering out of a cache. */
export type PromptMaker = (index: number, nowMs: number) => Prompt;

type Wanted = Pick<LoadSpec, 'prompts' | 'answer' | 'preventServerCaching' | 'seed'>;

/** Different texts that are made before the run; calls take them in turns, so that making them costs no time under way. */
export const TEXTS_MAX = 64;
/** Tokens of a mark of time and its line; what is left of a prompt after it is filled. */
const MARK_TOKENS = 12;

/** @param recorded of a replay; empty for generated prompts. @throws RangeError where a prompt is too short for what must stand in it. */
export function promptMaker(wanted: Wanted, recorded: readonly Recorded[], count: CountText): PromptMaker {
  const { prompts } = wanted;
  return prompts.kind === 'generated' ? generated(wanted, prompts, count) : replayed(wanted, prompts, recorded, count);
}

type Generated = Extract<LoadSpec['prompts'], { kind: 'generated' }>;

function generated(wanted: Wanted, { contextTokens, cacheShare }: Generated, count: CountText): PromptMaker {
  const { seed, preventServerCaching } = wanted;
  const ask = taskOf(wanted.answer.tokensMax);
  const empty = tokensOf([user(''), user(ask)], count);
  const marks = preventServerCaching ? MARK_TOKENS : 0;
  const room = contextTokens - empty - marks;
  if (room < 1) {
    throw new RangeError(
      `a prompt of ${contextTokens} tokens is too short: the instruction alone takes ${empty + marks}; ask for at least ${empty + marks + 1}`,
    );
  }
  const shared = Math.round(room * cacheShare);
  const opening = fillerOf(shared, seededUnit(seed), count);
  const texts = Array.from({ length: cacheShare < 1 ? TEXTS_MAX : 1 }, (_, i) => {
    return fillerOf(room - shared, seededUnit(seed + 1 + i), count);
  });
  return (index, nowMs) => {
    const text = texts[index % texts.length] ?? '';
    // Behind what is to be cached, and before all that is not.
    const mark = preventServerCaching ? ` ${markOf(index, nowMs)}` : '';
    const content = `${opening}${mark}${text}`;
    return { messages: [user(content), user(ask)], tokens: contextTokens };
  };
}

type Replayed = Extract<LoadSpec['prompts'], { kind: 'replayed' }>;

function replayed(wanted: Wanted, { order }: Replayed, recorded: readonly Recorded[], count: CountText): PromptMaker {
  if (recorded.length === 0) throw new RangeError('a replay needs at least one list of messages');
  const tokens = recorded.map(({ messages }) => tokensOf(messages, count));
  return (index, nowMs) => {
    const at = order === 'file' ? index % recorded.length : drawn(wanted.seed, index, recorded.length);
    const messages = recorded[at]?.messages ?? [];
    return {
      messages: wanted.preventServerCaching ? marked(messages, markOf(index, nowMs)) : messages,
      tokens: (tokens[at] ?? 0) + (wanted.preventServerCaching ? MARK_TOKENS : 0),
    };
  };
}

function drawn(seed: number, index: number, length: number): number {
  const unit: Unit = seededUnit(seed + Math.imul(index + 1, 0x9e3779b1));
  return Math.floor(unit() * length);
}

/** In front of the first message that is plain text: a server's cache of prompts begins at the first token. */
function marked(messages: readonly Message[], mark: string): readonly Message[] {
  const first = messages.findIndex(({ content }) => typeof content === 'string');
  return messages.map((message, i) => (i === first ? { ...message, content: `${mark} ${message.content}` } : message));
}

/** Unlike any other call's, of the same length in tokens within a few. */
function markOf(index: number, nowMs: number): string {
  return `${Math.floor(nowMs)} ${index}`;
}

function taskOf(tokensMax: number | null): string {
  const task =
    'Leave the words above aside. Write a long essay about the seasons of a mountain valley and those who live there.';
  return tokensMax === null ? task : `${task} Make it at least ${tokensMax} tokens long.`;
}

function user(content: string): Message {
  return { role: 'user', content };
}

function tokensOf(messages: readonly Message[], count: CountText): number {
  return promptTokens(JSON.stringify(messages), count) ?? 0;
}
