/** Asking, going on reading, stopping; and searching without a model. */
import { randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import type { EventLog } from '../answer/event-log.ts';
import { threadOf } from '../answer/thread.ts';
import { isVisitor } from '../auth/visitor.ts';
import type { ConversationRow, Reader } from '../store/store.ts';
import { type ChatRequest, chatRequest, type SearchView, searchRequest, streamQuery } from './api.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { bodyOf, linesOf, queryOf, refuse, streamed } from './reply.ts';
import { tellingTo } from './telling.ts';

const NDJSON = 'application/x-ndjson; charset=utf-8';
const TITLE_CHARS_MAX = 80;
/** Of one conversation, edited ones among them: all of it is read with each question. */
export const TURNS_MAX = 500;

export function chatRoutes(app: Hono<Env>, parts: Parts): void {
  app.post('/api/chat', (c) => chat(c, parts));
  app.get('/api/chat/:turnId/stream', (c) => {
    const query = queryOf(c, streamQuery);
    if (query.kind === 'refused') return query.response;
    return reading(c, parts, c.req.param('turnId'), query.value.after);
  });
  app.post('/api/chat/:turnId/stop', (c) =>
    parts.answers.stop(c.req.param('turnId'), c.get('reader').user) ? c.body(null, 204) : gone(c),
  );
  app.post('/api/search', (c) => search(c, parts));
}

async function chat(c: Ctx, parts: Parts): Promise<Response> {
  const read = await bodyOf(c, chatRequest);
  if (read.kind === 'refused') return read.response;
  const refusal = tooMany(c, parts);
  if (refusal !== null) return refusal;
  const { conversationId, replaces } = read.value;
  const reader = c.get('reader');
  const found = conversationId == null ? null : await parts.conversations.read(conversationId, reader.user);
  if (conversationId != null && found === null) {
    return refuse(c, 404, 'noConversation', 'There is no such conversation; ask without conversationId to begin one.');
  }
  if (found !== null && found.turns.length >= TURNS_MAX) {
    return refuse(c, 409, 'conversationFull', `This conversation has ${TURNS_MAX} questions; begin a new one.`);
  }
  const turnId = randomUUID();
  const conversation = found?.row ?? newConversation(read.value.question, reader, Math.round(parts.clock.nowMs()));
  const history = threadOf(found?.turns ?? [], replaces ?? null);
  const job: Job = { turnId, conversation, request: read.value, history, reader };
  const of = { user: reader.user, conversationId: conversation.id };
  const isStarted = parts.answers.start(turnId, of, (log, signal) => made(job, found === null, log, signal, parts));
  if (!isStarted) return busy(c);
  return reading(c, parts, turnId, 0);
}

/** null: this user may ask now. */
export function tooMany(c: Ctx, { rates }: Parts): Response | null {
  const waitMs = rates.questions.take(whoOf(c));
  if (waitMs === 0) return null;
  const seconds = Math.ceil(waitMs / 1_000);
  return refuse(c, 429, 'tooManyQuestions', `You asked a lot in a short time; try again in ${seconds} s.`, waitMs);
}

/** null: one more answer may be made. */
export function noRoom(c: Ctx, { answers }: Parts): Response | null {
  return answers.hasRoom ? null : busy(c);
}

/** A guess: answers take seconds, and there are many of them. */
const BUSY_RETRY_MS = 2_000;

function busy(c: Ctx): Response {
  return refuse(c, 503, 'busy', 'Too many answers are being written; try again in a moment.', BUSY_RETRY_MS);
}

/** Who has no name counts by address. */
export function whoOf(c: Ctx): string {
  const { user } = c.get('reader');
  return user === null || isVisitor(user) ? `address ${c.get('client')}` : `user ${user}`;
}

interface Job {
  readonly turnId: string;
  readonly conversation: ConversationRow;
  readonly request: ChatRequest;
  readonly history: ReturnType<typeof threadOf>;
  readonly reader: Reader;
}

function newConversation(question: string, { user }: Reader, nowMs: number): ConversationRow {
  const line = question.replace(/\s+/g, ' ');
  const title = line.length <= TITLE_CHARS_MAX ? line : `${line.slice(0, TITLE_CHARS_MAX - 1)}…`;
  return { id: randomUUID(), user, title, isPinned: false, createdMs: nowMs, changedMs: nowMs };
}

/** The answer, from its first event to the turn that is kept. */
async function made(job: Job, isNew: boolean, log: EventLog, signal: AbortSignal, parts: Parts): Promise<void> {
  const { turnId, conversation, request, history, reader } = job;
  const tell = tellingTo(log, parts);
  tell({ type: 'begun', turnId, conversationId: conversation.id, question: request.question });
  try {
    if (isNew) await parts.conversations.create(conversation);
    const { question, mode, overrides } = request;
    const asked = { question, history, mode, overrides, reader, conversationId: conversation.id };
    const answer = await parts.answerer.answer(asked, tell, signal);
    const details = JSON.stringify(log.events.filter(({ type }) => type !== 'delta'));
    const row = {
      id: turnId,
      conversation: conversation.id,
      replaces: request.replaces ?? null,
      question,
      answer,
      details,
    };
    await parts.conversations.addTurn(
      { ...row, feedback: null, createdMs: Math.round(parts.clock.nowMs()) },
      reader.user,
    );
  } catch (error) {
    parts.log('error', 'An answer could not be kept.', { reason: String(error) });
    const message = 'The answer could not be kept in the history; the log of the app says why.';
    tell({ type: 'error', kind: 'internal', message, retryAfterMs: null });
  }
  tell({ type: 'done', turnId, conversationId: conversation.id });
}

function reading(c: Ctx, { answers }: Parts, turnId: string, after: number): Response {
  const events = answers.read(turnId, c.get('reader').user, after, c.req.raw.signal);
  return events === null ? gone(c) : streamed(linesOf(events), NDJSON);
}

function gone(c: Ctx): Response {
  return refuse(c, 404, 'noAnswer', 'There is no such answer, or it is no longer kept; its conversation holds it.');
}

async function search(c: Ctx, parts: Parts): Promise<Response> {
  const read = await bodyOf(c, searchRequest);
  if (read.kind === 'refused') return read.response;
  const refusal = tooMany(c, parts);
  if (refusal !== null) return refusal;
  const { query, overrides } = read.value;
  const wanted = { queries: [query], reader: c.get('reader'), overrides };
  const { mode, told } = await parts.retriever.retrieve(wanted, c.req.raw.signal);
  return c.json<SearchView>({ mode, sources: told });
}
