/** What the app keeps of whoever asks: told in figures, and given out as one file. */
import type { Hono } from 'hono';
import type { DocumentRow, Reader } from '../store/store.ts';
import type { OwnData } from './api.ts';
import { seenBy } from './collections.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { viewOf } from './conversation-routes.ts';
import { streamed } from './reply.ts';

/** Conversations in one file; the newest, and those that are pinned. */
export const EXPORTED_MAX = 10_000;
const AT_ONCE = 500;

export function ownRoutes(app: Hono<Env>, parts: Parts): void {
  app.get('/api/me/data', async (c) => c.json<OwnData>(await dataOf(c.get('reader'), parts)));
  app.get('/api/me/export', (c) => {
    const headers = { 'content-disposition': 'attachment; filename="spillway-chat.json"' };
    return streamed(exported(c, parts), 'application/json', headers);
  });
}

async function dataOf(reader: Reader, { documents, conversations }: Parts): Promise<OwnData> {
  let [count, bytes] = [0, 0];
  for await (const row of ownOf(reader, documents)) {
    count += 1;
    bytes += row.bytes;
  }
  return { ...(await conversations.counts(reader.user)), documents: count, documentBytes: bytes };
}

/** Whoever has no name owns nothing: what has no owner is the operator's. */
async function* ownOf(reader: Reader, documents: Parts['documents']): AsyncGenerator<DocumentRow> {
  if (reader.user === null) return;
  for await (const row of seenBy(reader, documents)) if (row.owner === reader.user) yield row;
}

/** One conversation after the other: none of it is in memory together. */
async function* exported(c: Ctx, parts: Parts): AsyncGenerator<string> {
  const reader = c.get('reader');
  const ids = await idsOf(reader, parts);
  yield `{"user":${JSON.stringify(reader.user)},"exportedMs":${Math.round(parts.clock.nowMs())},"conversations":[`;
  let isFirst = true;
  for (const id of ids.slice(0, EXPORTED_MAX)) {
    // Removed meanwhile: it is not there any more.
    const view = await viewOf(id, reader.user, parts);
    if (view === null) continue;
    yield `${isFirst ? '' : ','}\n${JSON.stringify(view)}`;
    isFirst = false;
  }
  yield `],"isWhole":${ids.length <= EXPORTED_MAX},"documents":[`;
  isFirst = true;
  for await (const row of ownOf(reader, parts.documents)) {
    yield `${isFirst ? '' : ','}\n${JSON.stringify(row)}`;
    isFirst = false;
  }
  yield ']}\n';
}

/** One more than is given out, if there are so many. */
async function idsOf({ user }: Reader, { conversations }: Parts): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length <= EXPORTED_MAX) {
    const rows = await conversations.list(user, { search: null, limit: AT_ONCE, skip: ids.length });
    ids.push(...rows.map(({ id }) => id));
    if (rows.length < AT_ONCE) break;
  }
  return [...new Set(ids)];
}
