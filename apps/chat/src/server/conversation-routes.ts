/** Conversations of the one who asks: list, read, rename, pin, remove, take along. */
import type { Hono } from 'hono';
import { z } from 'zod';
import type { AnswerEvent } from '../events.ts';
import type { TurnRow } from '../store/store.ts';
import {
  type ConversationView,
  conversationChange,
  exportQuery,
  feedbackRequest,
  listQuery,
  type TurnView,
} from './api.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { markdownOf } from './export.ts';
import { bodyOf, queryOf, refuse } from './reply.ts';

export function conversationRoutes(app: Hono<Env>, parts: Parts): void {
  const { conversations } = parts;
  app.get('/api/conversations', async (c) => {
    const query = queryOf(c, listQuery);
    if (query.kind === 'refused') return query.response;
    const { search, limit } = query.value;
    const wanted = search === undefined || search === '' ? null : search;
    return c.json({ conversations: await conversations.list(userOf(c), { search: wanted, limit }) });
  });
  app.delete('/api/conversations', async (c) => c.json({ removed: await conversations.removeAll(userOf(c)) }));
  app.get('/api/conversations/:id', async (c) => {
    const view = await viewOf(c.req.param('id'), userOf(c), parts);
    return view === null ? noConversation(c) : c.json<ConversationView>(view);
  });
  app.patch('/api/conversations/:id', (c) => change(c, parts));
  app.delete('/api/conversations/:id', async (c) =>
    (await conversations.remove(c.req.param('id'), userOf(c))) ? c.body(null, 204) : noConversation(c),
  );
  app.get('/api/conversations/:id/export', (c) => exported(c, parts));
  app.post('/api/feedback', (c) => feedback(c, parts));
}

async function change(c: Ctx, { conversations }: Parts): Promise<Response> {
  const read = await bodyOf(c, conversationChange);
  if (read.kind === 'refused') return read.response;
  const { title, isPinned } = read.value;
  const to = { ...(title === undefined ? {} : { title }), ...(isPinned === undefined ? {} : { isPinned }) };
  return (await conversations.change(c.req.param('id') ?? '', userOf(c), to)) ? c.body(null, 204) : noConversation(c);
}

async function feedback(c: Ctx, { conversations }: Parts): Promise<Response> {
  const read = await bodyOf(c, feedbackRequest);
  if (read.kind === 'refused') return read.response;
  const { turnId, liked, comment } = read.value;
  const given = liked === null ? null : { liked, comment: comment ?? null };
  const isThere = await conversations.feedback(turnId, userOf(c), given);
  return isThere ? c.body(null, 204) : refuse(c, 404, 'noTurn', 'There is no such answer.');
}

async function exported(c: Ctx, parts: Parts): Promise<Response> {
  const query = queryOf(c, exportQuery);
  if (query.kind === 'refused') return query.response;
  const view = await viewOf(c.req.param('id') ?? '', userOf(c), parts);
  if (view === null) return noConversation(c);
  const isMarkdown = query.value.format === 'markdown';
  const headers = {
    'content-disposition': `attachment; filename="conversation.${isMarkdown ? 'md' : 'json'}"`,
    'content-type': isMarkdown ? 'text/markdown; charset=utf-8' : 'application/json',
    'x-content-type-options': 'nosniff',
  };
  return c.body(isMarkdown ? markdownOf(view) : `${JSON.stringify(view, null, 2)}\n`, 200, headers);
}

/** null: there is none of that user. */
export async function viewOf(
  id: string,
  user: string | null,
  { conversations, answers }: Parts,
): Promise<ConversationView | null> {
  const found = await conversations.read(id, user);
  if (found === null) return null;
  return { conversation: found.row, turns: found.turns.map(turnView), answering: answers.answering(id, user) };
}

function turnView({ details, ...turn }: TurnRow): TurnView {
  return { ...turn, events: eventsOf(details) };
}

const anEvent = z.custom<AnswerEvent>((value) => typeof value === 'object' && value !== null && 'type' in value);
const events = z.array(anEvent);

/** Written by us; one that is damaged tells nothing. */
export function eventsOf(details: string): readonly AnswerEvent[] {
  try {
    return events.safeParse(JSON.parse(details)).data ?? [];
  } catch {
    return [];
  }
}

export function userOf(c: Ctx): string | null {
  return c.get('reader').user;
}

export function noConversation(c: Ctx): Response {
  return refuse(c, 404, 'noConversation', 'There is no such conversation.');
}
