/** The routes of the JS sample's indexer. There is one index, whatever name it is called by; all of it is for admins. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { documentPath } from '../ingest/path.ts';
import type { Ctx, Env, Parts } from '../server/context.ts';
import { fileOf, noDocument, sourceOf } from '../server/document-routes.ts';
import { refuse } from '../server/reply.ts';

const options = z.looseObject({ category: z.string().min(1).max(200).optional(), wait: z.boolean().optional() });

export function indexRoutes(app: Hono<Env>, parts: Parts): void {
  const { documents, queue } = parts;
  app.use('/indexes/*', async (c, next) => (c.get('reader').isAdmin ? next() : notAdmin(c)));
  app.post('/indexes', (c) => (c.get('reader').isAdmin ? c.body(null, 204) : notAdmin(c)));
  app.delete('/indexes/:name', async (c) => {
    await queue.removeAll();
    return c.body(null, 204);
  });
  app.post('/indexes/:name/files', async (c) => {
    const sent = await fileOf(c, parts);
    if (sent.kind === 'refused') return sent.response;
    const { form, file } = sent.value;
    const path = documentPath(file.name);
    const given = optionsOf(form.get('options'));
    if (path === null || given === null)
      return refuse(c, 400, 'badRequest', "The file's name or its 'options' cannot be used.");
    const bytes = new Uint8Array(await file.arrayBuffer());
    const source = sourceOf(path, bytes, { category: given.category ?? null, access: null, owner: null });
    const taken = queue.add({ kind: 'files', sources: [source], bytes: bytes.length });
    if (taken.kind === 'refused') return refuse(c, 503, 'queueFull', `The file is not taken: ${taken.reason}.`);
    if (given.wait !== true) return c.body(null, 202);
    const job = await queue.ended(taken.id);
    if (job?.progress.failed === 0) return c.body(null, 204);
    return refuse(c, 415, 'notIndexed', job?.failures[0]?.reason ?? 'The file was not indexed.');
  });
  app.delete('/indexes/:name/files/:filename', async (c) => {
    const row = await documents.byPath(c.req.param('filename'));
    if (row === null) return noDocument(c);
    await documents.remove(row.id);
    return c.body(null, 204);
  });
}

function optionsOf(text: unknown): z.infer<typeof options> | null {
  if (typeof text !== 'string' || text === '') return {};
  try {
    return options.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function notAdmin(c: Ctx): Response {
  return refuse(c, 403, 'notAllowed', 'The index is for admins (SPILLWAY_CHAT_ADMINS).');
}
