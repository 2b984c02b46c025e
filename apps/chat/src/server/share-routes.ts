/**
 * Sharing a conversation: a link that cannot be guessed, by which other users of the app read it as it was then. What it quotes is
 * shown to those alone who may see the document; others learn its title, and that something was quoted.
 */

import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { standing } from '../answer/thread.ts';
import type { AnswerEvent, SourceEvent } from '../events.ts';
import type { Reader, TurnRow } from '../store/store.ts';
import type { SharedSource, SharedTurn, SharedView, ShareView } from './api.ts';
import type { Env, Parts } from './context.ts';
import { eventsOf, noConversation, userOf } from './conversation-routes.ts';
import { refuse } from './reply.ts';

/** 192 bits of chance: 32 characters. */
const LINK_BYTES = 24;
const LINK = /^[\w-]{32}$/;

export function shareRoutes(app: Hono<Env>, { conversations, documents, clock }: Parts): void {
  const path = '/api/conversations/:id/share';
  app.get(path, async (c) => {
    const share = await conversations.sharing(c.req.param('id'), userOf(c));
    return c.json<ShareView | NotShared>(share === null ? NOT_SHARED : viewOf(share));
  });
  app.post(path, async (c) => {
    const fresh = { link: randomBytes(LINK_BYTES).toString('base64url'), sharedMs: Math.round(clock.nowMs()) };
    const share = await conversations.share(c.req.param('id'), userOf(c), fresh);
    return share === null ? noConversation(c) : c.json<ShareView>(viewOf(share));
  });
  app.delete(path, async (c) => {
    const isTaken = await conversations.unshare(c.req.param('id'), userOf(c));
    return isTaken ? c.body(null, 204) : refuse(c, 404, 'notShared', 'This conversation is not shared.');
  });
  app.get('/api/shared/:link', async (c) => {
    const link = c.req.param('link');
    const found = LINK.test(link) ? await conversations.shared(link) : null;
    if (found === null) return refuse(c, 404, 'noLink', GONE);
    const seen = new Seen(c.get('reader'), (id, reader) => documents.document(id, reader));
    const turns: SharedTurn[] = [];
    for (const turn of standing(found.turns)) turns.push(await turnView(turn, seen));
    return c.json<SharedView>({ title: found.row.title, sharedMs: found.sharedMs, turns });
  });
}

const GONE = 'Nothing is shared by this link: it was taken back, its conversation was removed, or it is incomplete.';

type NotShared = { readonly [name in keyof ShareView]: null };
const NOT_SHARED: NotShared = { link: null, url: null, sharedMs: null };

function viewOf({ link, sharedMs }: { readonly link: string; readonly sharedMs: number }): ShareView {
  return { link, url: `/shared/${link}`, sharedMs };
}

/** Which documents this reader may see, each looked up once. */
class Seen {
  readonly #known = new Map<string, Promise<boolean>>();
  readonly #reader: Reader;
  readonly #document: (id: string, reader: Reader) => Promise<unknown>;

  constructor(reader: Reader, document: (id: string, reader: Reader) => Promise<unknown>) {
    this.#reader = reader;
    this.#document = document;
  }

  maySee(id: string): Promise<boolean> {
    const known = this.#known.get(id) ?? this.#document(id, this.#reader).then((row) => row !== null);
    this.#known.set(id, known);
    return known;
  }
}

/** Steps, queries and the gateway's figures are the asker's. */
async function turnView({ id, question, answer, createdMs, details }: TurnRow, seen: Seen): Promise<SharedTurn> {
  const events: SharedTurn['events'][number][] = [];
  for (const event of eventsOf(details)) {
    if (event.type === 'sources') events.push({ ...event, sources: await sourcesFor(event.sources, seen) });
    else if (isShown(event)) events.push(event);
  }
  return { id, question, answer, createdMs, events };
}

function isShown(event: AnswerEvent): event is Extract<AnswerEvent, { type: 'citation' | 'check' | 'error' }> {
  return event.type === 'citation' || event.type === 'check' || event.type === 'error';
}

async function sourcesFor(sources: readonly SourceEvent[], seen: Seen): Promise<readonly SharedSource[]> {
  const shown: SharedSource[] = [];
  for (const source of sources) {
    const maySee = await seen.maySee(source.documentId);
    shown.push(maySee ? { ...source, isWithheld: false } : withheld(source));
  }
  return shown;
}

function withheld({ label, title }: SourceEvent): SharedSource {
  const nothing = { documentId: '', chunkId: '', path: '', headings: [], pageFrom: null, pageTo: null };
  return { label, title, ...nothing, start: 0, end: 0, text: '', isWithheld: true };
}
