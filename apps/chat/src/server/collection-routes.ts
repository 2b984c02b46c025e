/** Collections: what there is of each, documents moved from one to another, a whole one named anew or removed. */
import type { Hono } from 'hono';
import type { DocumentRow } from '../store/store.ts';
import { type CollectionList, collectionChange, documentsMove } from './api.ts';
import { collectionsOf, pagesOf } from './collections.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { mayChange, noDocument, notYours } from './document-routes.ts';
import { bodyOf, refuse } from './reply.ts';

export function collectionRoutes(app: Hono<Env>, parts: Parts): void {
  const { documents } = parts;
  app.get('/api/collections', async (c) => c.json<CollectionList>(await collectionsOf(documents, c.get('reader'))));
  app.patch('/api/collections/:name', (c) => forAdmins(c, () => rename(c, parts)));
  app.delete('/api/collections/:name', (c) => forAdmins(c, () => remove(c, parts)));
  app.patch('/api/documents', (c) => move(c, parts));
}

function forAdmins(c: Ctx, then: () => Promise<Response>): Response | Promise<Response> {
  return c.get('reader').isAdmin ? then() : notYours(c);
}

async function rename(c: Ctx, { documents }: Parts): Promise<Response> {
  const read = await bodyOf(c, collectionChange);
  if (read.kind === 'refused') return read.response;
  let moved = 0;
  for await (const ids of idsOf(c, documents)) moved += await documents.categorise(ids, read.value.name);
  return moved === 0 ? noCollection(c) : c.json({ moved });
}

async function remove(c: Ctx, { documents }: Parts): Promise<Response> {
  let removed = 0;
  for await (const ids of idsOf(c, documents)) {
    for (const id of ids) if (await documents.remove(id)) removed += 1;
  }
  return removed === 0 ? noCollection(c) : c.json({ removed });
}

async function* idsOf(c: Ctx, documents: Parts['documents']): AsyncGenerator<readonly string[]> {
  const pages = pagesOf(documents, c.get('reader'), c.req.param('name') ?? '');
  for await (const page of pages) if (page.length > 0) yield page.map(({ id }) => id);
}

function noCollection(c: Ctx): Response {
  return refuse(c, 404, 'noCollection', 'There is no such collection, or nothing of it had to be changed.');
}

/** All of them, or none: somebody else's among them refuses the others, too. */
async function move(c: Ctx, { documents }: Parts): Promise<Response> {
  const read = await bodyOf(c, documentsMove);
  if (read.kind === 'refused') return read.response;
  const reader = c.get('reader');
  const rows: (DocumentRow | null)[] = [];
  for (const id of read.value.documents) rows.push(await documents.document(id, reader));
  const there = rows.filter((row) => row !== null);
  if (there.length < rows.length) return noDocument(c);
  if (!there.every((row) => mayChange(row, reader))) return notYours(c);
  const ids = there.map(({ id }) => id);
  return c.json({ moved: await documents.categorise(ids, read.value.category) });
}
