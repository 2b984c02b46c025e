/** Documents: upload, list, look into, remove. Whoever uploaded one may remove it; all else is for admins. */
import type { Hono } from 'hono';
import { uploadRight } from '../auth/uploads.ts';
import { uploadPath } from '../ingest/path.ts';
import type { Source } from '../ingest/source.ts';
import type { Uploads } from '../settings/settings.ts';
import { listed } from '../settings/sheet.ts';
import type { Access, DocumentRow, Reader } from '../store/store.ts';
import { CATEGORY_CHARS_MAX, type DocumentList, documentsQuery } from './api.ts';
import { whoOf } from './chat-routes.ts';
import { listDocuments } from './collections.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { formOf } from './form.ts';
import { queryOf, type Read, refuse } from './reply.ts';

export function documentRoutes(app: Hono<Env>, parts: Parts): void {
  const { documents, queue } = parts;
  app.get('/api/documents', async (c) => {
    const query = queryOf(c, documentsQuery);
    if (query.kind === 'refused') return query.response;
    const { after = null, limit, search = '', category } = query.value;
    const wanted = { search: search === '' ? null : search, category: category === '' ? null : category };
    return c.json<DocumentList>(await listDocuments(documents, c.get('reader'), { after, limit, ...wanted }));
  });
  app.post('/api/documents', (c) => upload(c, parts));
  app.delete('/api/documents', async (c) =>
    c.get('reader').isAdmin ? c.json({ removed: await queue.removeAll() }) : notYours(c),
  );
  app.get('/api/documents/:id', (c) => withDocument(c, parts, (row) => c.json(row)));
  app.get('/api/documents/:id/chunks', (c) =>
    withDocument(c, parts, async ({ id }) => c.json({ chunks: await documents.chunks(id, c.get('reader')) })),
  );
  app.get('/api/documents/:id/text', (c) =>
    withDocument(c, parts, async ({ id }) => c.json({ text: await documents.text(id, c.get('reader')) })),
  );
  app.delete('/api/documents/:id', (c) =>
    withDocument(c, parts, async (row) => {
      if (!mayChange(row, c.get('reader'))) return notYours(c);
      await documents.remove(row.id);
      return c.body(null, 204);
    }),
  );
  app.post('/api/documents/:id/reindex', (c) => withDocument(c, parts, (row) => reindex(c, parts, row)));
  app.get('/api/jobs', (c) => c.json({ jobs: queue.jobs().filter((job) => mayChange(job, c.get('reader'))) }));
  app.get('/api/jobs/:id', (c) => {
    const job = queue.job(c.req.param('id'));
    if (job !== null && mayChange(job, c.get('reader'))) return c.json({ job });
    return refuse(c, 404, 'noJob', 'There is no such job; finished ones are forgotten after a while.');
  });
}

export function mayChange({ owner }: { readonly owner: string | null }, reader: Reader): boolean {
  return reader.isAdmin || (owner !== null && owner === reader.user);
}

async function withDocument(
  c: Ctx,
  { documents }: Parts,
  then: (row: DocumentRow) => Response | Promise<Response>,
): Promise<Response> {
  const row = await documents.document(c.req.param('id') ?? '', c.get('reader'));
  return row === null ? noDocument(c) : then(row);
}

export function noDocument(c: Ctx): Response {
  return refuse(c, 404, 'noDocument', 'There is no such document.');
}

async function upload(c: Ctx, parts: Parts): Promise<Response> {
  const { settings, rates } = parts;
  const reader = c.get('reader');
  const right = uploadRight(reader, settings);
  if (right.kind === 'none') return refuse(c, 403, 'noUploads', noUploads(settings.page.uploads));
  const waitMs = rates.uploads.take(whoOf(c));
  if (waitMs > 0) return refuse(c, 429, 'tooManyUploads', 'You uploaded a lot in a short time; wait a little.', waitMs);
  const sent = await fileOf(c, parts);
  if (sent.kind === 'refused') return sent.response;
  const { form, file } = sent.value;
  const path = uploadPath(reader.user, file.name);
  if (path === null) return refuse(c, 400, 'badName', 'The file has no name that could be kept; rename it.');
  const refusal = await notReplaceable(c, parts, path);
  if (refusal !== null) return refusal;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const source = sourceOf(path, bytes, {
    category: fieldOf(form, 'category'),
    access: right.kind === 'onlyFor' ? { users: [right.user], groups: [] } : accessOf(form, reader),
    owner: reader.user,
  });
  return queued(c, parts, { source, bytes: bytes.length, owner: reader.user });
}

function noUploads(uploads: Uploads): string {
  return uploads === 'none'
    ? 'Uploads are switched off (USE_USER_UPLOAD).'
    : 'Visitors without a name may not upload. Whoever runs the app lets each do so for themselves with USE_USER_UPLOAD=true.';
}

/** Anew from the file that is kept, with the category and for the people it had, whatever the file itself says. */
async function reindex(c: Ctx, parts: Parts, row: DocumentRow): Promise<Response> {
  const { documents, rates } = parts;
  const reader = c.get('reader');
  if (!mayChange(row, reader)) return notYours(c);
  const waitMs = rates.uploads.take(whoOf(c));
  if (waitMs > 0) return refuse(c, 429, 'tooManyUploads', 'You uploaded a lot in a short time; wait a little.', waitMs);
  const bytes = await documents.original(row.id, reader);
  if (bytes === null) return refuse(c, 415, 'notIndexed', 'The file itself is not kept here; upload it again.');
  const source = { ...sourceOf(row.path, bytes, row), again: row.hash };
  return queued(c, parts, { source, bytes: bytes.length, owner: reader.user });
}

/** Of a form, with the fields beside it. */
export async function fileOf(c: Ctx, parts: Parts): Promise<Read<{ readonly form: FormData; readonly file: File }>> {
  const form = await formOf(c);
  const file = form?.get('file');
  if (form === null || !(file instanceof File))
    return { kind: 'refused', response: refuse(c, 400, 'noFile', "Send multipart/form-data with a 'file'.") };
  if (file.size > parts.settings.limits.uploadBytesMax) return { kind: 'refused', response: tooLarge(c, parts) };
  return { kind: 'ok', value: { form, file } };
}

/** A file that is in memory already. */
export function sourceOf(path: string, bytes: Uint8Array, of: Pick<Source, 'category' | 'access' | 'owner'>): Source {
  return {
    path,
    category: of.category,
    access: of.access,
    owner: of.owner,
    load: () => Promise.resolve({ kind: 'bytes', bytes }),
  };
}

interface Asked {
  readonly source: Source;
  readonly bytes: number;
  /** Of the job, not of the document. */
  readonly owner: string | null;
}

function queued(c: Ctx, { queue }: Parts, { source, bytes, owner }: Asked): Response {
  const taken = queue.add({ kind: 'files', sources: [source], bytes }, owner);
  if (taken.kind === 'taken') return c.json({ job: queue.job(taken.id) }, 202);
  return refuse(c, 503, 'queueFull', `The file is not taken: ${taken.reason}.`, QUEUE_RETRY_MS);
}

/** A guess: most files are read within seconds. */
const QUEUE_RETRY_MS = 5_000;

/** A file of the same name is replaced only by who put it there. */
async function notReplaceable(c: Ctx, { documents }: Parts, path: string): Promise<Response | null> {
  const there = await documents.byPath(path);
  if (there === null || mayChange(there, c.get('reader'))) return null;
  return refuse(c, 409, 'nameTaken', 'A document of this name is there already, of somebody else; rename the file.');
}

function fieldOf(form: FormData, name: string): string | null {
  const value = form.get(name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, CATEGORY_CHARS_MAX) : null;
}

const LISTED_MAX = 100;

/** Whoever uploads a document and closes it to others still sees it. null: the form does not say; a Markdown file itself may. */
function accessOf(form: FormData, { user }: Reader): Access | null {
  const namesIn = (name: string) => listed(fieldOf(form, name) ?? '', ',').slice(0, LISTED_MAX);
  const [users, groups] = [namesIn('users'), namesIn('groups')];
  if (users.length === 0 && groups.length === 0) return null;
  return { users: user === null ? users : [...new Set([...users, user])], groups };
}

export function tooLarge(c: Ctx, { settings }: Parts): Response {
  const megabytes = (settings.limits.uploadBytesMax / 1024 / 1024).toFixed(1);
  return refuse(c, 413, 'tooLarge', `A file may have at most ${megabytes} MB; split it.`);
}

export function notYours(c: Ctx): Response {
  return refuse(c, 403, 'notYours', 'Only who uploaded a document, or an admin (SPILLWAY_CHAT_ADMINS), may do this.');
}
