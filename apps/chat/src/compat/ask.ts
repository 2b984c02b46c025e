/** A question of a front end that keeps its own history: answered as the page's are, and kept by nobody here. */
import { Readable } from 'node:stream';
import type { PastTurn } from '@spillway/rag';
import { EventLog } from '../answer/event-log.ts';
import type { AnswerEvent } from '../events.ts';
import { type Overrides, QUESTION_CHARS_MAX } from '../server/api.ts';
import type { Parts } from '../server/context.ts';
import { tellingTo } from '../server/telling.ts';
import type { Reader } from '../store/store.ts';

export interface Said {
  readonly role: string;
  readonly content: string;
}

export interface CompatAsk {
  readonly question: string;
  readonly history: readonly PastTurn[];
  readonly mode: 'chat' | 'ask';
  readonly overrides: Overrides;
  readonly reader: Reader;
}

/** Turns that are looked at; older ones would not fit into a prompt anyway. */
const TURNS_MAX = 100;

/** The last message of a user is the question, what is before it the history; null: nobody asks. */
export function conversationOf(messages: readonly Said[]): Pick<CompatAsk, 'question' | 'history'> | null {
  const at = messages.findLastIndex(({ role }) => role === 'user');
  const question = messages[at]?.content.trim() ?? '';
  if (question === '' || question.length > QUESTION_CHARS_MAX) return null;
  const history: PastTurn[] = [];
  for (const { role, content } of messages.slice(Math.max(0, at - 2 * TURNS_MAX), at)) {
    const last = history.at(-1);
    if (role === 'user') history.push({ question: content, answer: '' });
    else if (role === 'assistant' && last !== undefined) history[history.length - 1] = { ...last, answer: content };
  }
  return { question, history };
}

/** Its events as they come; who stops reading stops the answer. */
export async function* answered(ask: CompatAsk, parts: Parts, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
  const log = new EventLog();
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const tell = tellingTo(log, parts);
  const leave = parts.answers.enter(() => stop.abort());
  const ended = parts.answerer.answer(ask, tell, both).finally(() => {
    leave();
    tell({ type: 'done', turnId: '', conversationId: '' });
  });
  try {
    yield* log.read(0, both);
  } finally {
    stop.abort();
    await ended;
  }
}

export function all(events: AsyncIterable<AnswerEvent>): Promise<readonly AnswerEvent[]> {
  return Readable.from(events).toArray();
}
