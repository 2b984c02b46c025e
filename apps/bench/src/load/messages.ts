/** What is asked: messages of a wanted size, made from words or taken from a recording. The same seed asks the same. */
import { seededUnit, type Unit } from '@spillway/clock';
import { type CountText, promptTokens } from '@spillway/protocol';
import type { LoadSpec, PromptSize } from '../spec.ts';
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
  /** Of its answer, where that is not as in all calls. Tokens. */
  readonly answerTokensMax?: number | null;
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

function generated(wanted: Wanted, { contextTokens, sizes, cacheShare }: Generated, count: CountText): PromptMaker {
  const { seed, preventServerCaching } = wanted;
  const given = sizes ?? [{ contextTokens, answerTokensMax: null }];
  const rounds = cacheShare < 1 ? Math.max(1, Math.floor(TEXTS_MAX / given.length)) : 1;
  const length = rounds * given.length;
  // The same in all calls of one size, and of other sizes it begins alike: made once for each.
  const openings = new Map<number, string>();
  const openingOf = (tokens: number): string => {
    const opening = openings.get(tokens) ?? fillerOf(tokens, seededUnit(seed), count);
    openings.set(tokens, opening);
    return opening;
  };
  const texts = Array.from({ length }, (_, i) => {
    const size = given[i % given.length] ?? { contextTokens, answerTokensMax: null };
    const { ask, room } = roomOf(size, wanted, count);
    const shared = Math.round(room * cacheShare);
    const rest = fillerOf(room - shared, seededUnit(seed + 1 + i), count);
    return { ...size, opening: openingOf(shared), rest, ask };
  });
  return (index, nowMs) => {
    const { opening, rest, ask, contextTokens: tokens, answerTokensMax } = texts[index % texts.length] ?? NO_TEXT;
    // Behind what is to be cached, and before all that is not.
    const mark = preventServerCaching ? ` ${markOf(index, nowMs)}` : '';
    return { messages: [user(`${opening}${mark}${rest}`), user(ask)], tokens, answerTokensMax };
  };
}

const NO_TEXT = { opening: '', rest: '', ask: '', contextTokens: 0, answerTokensMax: null };

/** The instruction that a prompt ends with, and the tokens that it leaves. */
function roomOf(
  { contextTokens, answerTokensMax }: PromptSize,
  { preventServerCaching, answer }: Wanted,
  count: CountText,
): { readonly ask: string; readonly room: number } {
  const ask = taskOf(answerTokensMax ?? answer.tokensMax);
  const least = tokensOf([user(''), user(ask)], count) + (preventServerCaching ? MARK_TOKENS : 0);
  const room = contextTokens - least;
  if (room >= 1) return { ask, room };
  throw new RangeError(
    `a prompt of ${contextTokens} tokens is too short: the instruction alone takes ${least}; ask for at least ${least + 1}`,
  );
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
