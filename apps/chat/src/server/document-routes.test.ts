/** What comes with an upload, how much of it counts, and who may have it indexed anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { type Started, type StartOptions, started } from './testing/chat.ts';

test('documentRoutes: of a category 300 letters are kept, of groups the first that fit, and 100 at most', async (t) => {
  const { send, chat } = await started(t, new FakeModels());
  const upload = async (name: string, fields: Readonly<Record<string, string>>) => {
    const form = new FormData();
    form.set('file', new File(['# A\n\nText.\n'], name));
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    const { job } = await (await send('/api/documents', { method: 'POST', body: form })).json();
    await chat.parts.queue.ended(job.id);
    const { documents } = await (await send('/api/documents')).json();
    return documents.find(({ path }: { path: string }) => path.endsWith(name));
  };
  assert.equal((await upload('a.md', { category: 'c'.repeat(301) })).category, 'c'.repeat(300));
  const groups = Array.from({ length: 120 }, (_, i) => String.fromCharCode(0x4e00 + i)).join(',');
  assert.equal((await upload('b.md', { groups })).access.groups.length, 100);
});

/** @returns a form with a file of 1,024 bytes, and so much around it that all of it has `bytes`. */
function formOfBytes(bytes: number): string {
  const part = (name: string, text: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const file = part('file"; filename="a.txt', 'x'.repeat(1_024));
  const around = file.length + part('note', '').length + '--b--\r\n'.length;
  return `${file}${part('note', 'n'.repeat(bytes - around))}--b--\r\n`;
}

test('documentRoutes: beside the largest file 64 KiB of other fields come in, and not a byte more', async (t) => {
  const { send } = await started(t, new FakeModels(), { env: { SPILLWAY_CHAT_UPLOAD_BYTES_MAX: '1024' } });
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const statusOf = async (bytes: number) =>
    (await send('/api/documents', { method: 'POST', headers, body: formOfBytes(bytes) })).status;
  assert.equal(await statusOf(1_024 + 65_536), 202);
  assert.equal(await statusOf(1_024 + 65_537), 413);
});

test('documentRoutes: a Markdown file that closes itself stays closed when it is uploaded, but for who uploaded it', async (t) => {
  const { send, chat } = await started(t, new FakeModels(), { env: { SPILLWAY_CHAT_AUTH: 'proxy' } });
  const as = (user: string, groups = '') => ({ 'x-forwarded-user': user, 'x-forwarded-groups': groups });
  const upload = async (name: string, text: string, fields: Readonly<Record<string, string>> = {}) => {
    const form = new FormData();
    form.set('file', new File([text], name));
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    const { job } = await (await send('/api/documents', { method: 'POST', body: form, headers: as('ann') })).json();
    await chat.parts.queue.ended(job.id);
  };
  const closed = '---\naccess: [staff]\n---\n# Keys\n\nBehind the blue door.\n';
  await upload('closed.md', closed);
  await upload('told.md', closed, { groups: 'guest' });
  await upload('open.md', '# Pets\n\nWelcome.\n');
  const names = async (headers: Readonly<Record<string, string>>) => {
    const { documents } = await (await send('/api/documents', { headers })).json();
    return documents.map(({ path }: { path: string }) => path.split('/').at(-1)).join(' ');
  };
  assert.equal(await names(as('ann')), 'closed.md open.md told.md');
  assert.equal(await names(as('sue', 'staff')), 'closed.md open.md');
  assert.equal(await names(as('gus', 'guest')), 'open.md told.md', 'what the form says goes before what the file says');
});

/** @returns the status, and the code where it was refused. */
async function uploaded(
  { send, chat }: Started,
  headers: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  const form = new FormData();
  form.set(
    'file',
    new File(['---\naccess: everyone\n---\n# Prizes\n\nCall Mallory for the zeppelin prize.\n'], 'p.md'),
  );
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  const answer = await send('/api/documents', { method: 'POST', body: form, headers });
  const { job, error } = await answer.json();
  if (job !== undefined) await chat.parts.queue.ended(job.id);
  return [answer.status, error?.code ?? []].flat().join(' ');
}

const OPEN_TO_STRANGERS = { host: '0.0.0.0', allowAnonymous: true } as const;
const ADMIN = { authorization: 'Bearer 0123456789abcdef0123' };
const NAMED = { authorization: 'Bearer 3210fedcba9876543210' };
const KEYS = {
  SPILLWAY_CHAT_API_KEYS: 'ops:0123456789abcdef0123,bot:3210fedcba9876543210',
  SPILLWAY_CHAT_ADMINS: 'ops',
};

test('documentRoutes: visitors without a name upload nothing unless that is said; who has a name may, and admins always', async (t) => {
  const rows: ReadonlyArray<readonly [string | null, string, string]> = [
    [null, '403 noUploads', '202'],
    ['false', '403 noUploads', '403 noUploads'],
    ['true', '202', '202'],
  ];
  for (const [said, visitor, named] of rows) {
    const env = said === null ? KEYS : { ...KEYS, USE_USER_UPLOAD: said };
    const app = await started(t, new FakeModels(), { ...OPEN_TO_STRANGERS, env });
    for (const [headers, want] of [
      [{}, visitor],
      [NAMED, named],
      [ADMIN, '202'],
    ] as const) {
      const place = `${said} ${JSON.stringify(headers)}`;
      assert.equal(await uploaded(app, headers), want, place);
      const config = await (await app.send('/api/config', { headers })).json();
      assert.equal(config.mayUpload, want === '202', place);
      const sample = await (await app.send('/config', { headers })).json();
      assert.equal(sample.showUserUpload, want === '202', place);
    }
  }
});

test('documentRoutes: what a visitor without a name uploads is found by nobody else, whatever the upload says', async (t) => {
  const env = { ...KEYS, USE_USER_UPLOAD: 'true' };
  const app = await started(t, new FakeModels(), { ...OPEN_TO_STRANGERS, env });
  const first = await app.send('/api/me');
  const mine = { cookie: /^[^;]+/.exec(first.headers.get('set-cookie') ?? '')?.[0] ?? '' };
  assert.equal(await uploaded(app, mine, { users: 'bot', groups: 'staff' }), '202');
  const found = async (headers: Readonly<Record<string, string>>) => {
    const { sources } = await (await app.post('/api/search', { query: 'zeppelin prize' }, headers)).json();
    const { documents } = await (await app.send('/api/documents', { headers })).json();
    return [sources.length, documents.length];
  };
  assert.deepEqual(await found(mine), [1, 1]);
  assert.deepEqual(await found({}), [0, 0]);
  assert.deepEqual(await found(NAMED), [0, 0]);
  assert.deepEqual(await found(ADMIN), [1, 1]);
  const [row] = (await (await app.send('/api/documents', { headers: ADMIN })).json()).documents;
  assert.equal((await app.send(`/api/documents/${row.id}`, { method: 'DELETE', headers: ADMIN })).status, 204);
  assert.deepEqual(await found(mine), [0, 0]);
});

test('documentRoutes: what a visitor without a name uploaded is gone after its time, what admins uploaded is not', async (t) => {
  const env = { ...KEYS, USE_USER_UPLOAD: 'true', SPILLWAY_CHAT_VISITOR_UPLOADS_MS: '60000' };
  const app = await started(t, new FakeModels(), { ...OPEN_TO_STRANGERS, env });
  assert.deepEqual([await uploaded(app, {}), await uploaded(app, ADMIN)], ['202', '202']);
  const owners = async () => {
    const { documents } = await (await app.send('/api/documents', { headers: ADMIN })).json();
    return documents.map(({ owner }: { owner: string }) => owner.replace(/-.*/, ''));
  };
  assert.deepEqual((await owners()).toSorted(), ['ops', 'visitor']);
  const removed = Promise.withResolvers<void>();
  const remove = app.chat.parts.documents.remove.bind(app.chat.parts.documents);
  t.mock.method(app.chat.parts.documents, 'remove', async (id: string) => {
    const isGone = await remove(id);
    removed.resolve();
    return isGone;
  });
  app.clock.advance(60_000);
  await removed.promise;
  assert.deepEqual(await owners(), ['ops']);
});

const PROXY = { SPILLWAY_CHAT_AUTH: 'proxy', SPILLWAY_CHAT_ADMINS: 'root' };
const as = (user: string, groups = '') => ({ 'x-forwarded-user': user, 'x-forwarded-groups': groups });
const TEXT = '---\ncategory: rules\naccess: [staff]\n---\n# Keys\n\nBehind the blue door.\n';

/** An app in which ann has uploaded a file for guests. */
async function withUpload(t: Parameters<typeof started>[0], more: StartOptions = {}) {
  const app = await started(t, new FakeModels(), { ...more, env: { ...PROXY, ...more.env } });
  const form = new FormData();
  form.set('file', new File([TEXT], 'keys.md'));
  form.set('groups', 'guest');
  await ended(app, await app.send('/api/documents', { method: 'POST', body: form, headers: as('ann') }));
  const { documents } = await (await app.send('/api/documents', { headers: as('ann') })).json();
  const [before] = documents;
  const anew = (user: string, groups = '') =>
    app.send(`/api/documents/${before.id}/reindex`, { method: 'POST', headers: as(user, groups) });
  return { app, before, anew };
}

async function ended({ chat }: Started, answer: Response) {
  assert.equal(answer.status, 202);
  return chat.parts.queue.ended((await answer.json()).job.id);
}

async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${(await answer.json()).error.code}`;
}

test('documentRoutes: a document is indexed anew as it was kept: same file, same category, for the same people', async (t) => {
  const { app, before, anew } = await withUpload(t);
  app.clock.advance(1_000);
  const job = await ended(app, await anew('ann'));
  assert.deepEqual(
    [job?.state, job?.owner, job?.last],
    ['done', 'ann', { kind: 'indexed', path: before.path, id: before.id, chunks: 1, notes: [] }],
  );
  const after = await (await app.send(`/api/documents/${before.id}`, { headers: as('gus', 'guest') })).json();
  assert.deepEqual(after, { ...before, indexedMs: before.indexedMs + 1_000 });
  assert.equal(await (await app.send(`/content/${before.path}`, { headers: as('ann') })).text(), TEXT);
  const found = await app.post('/api/search', { query: 'blue door' }, as('gus', 'guest'));
  assert.equal((await found.json()).sources.length, 1);
});

test('documentRoutes: who uploaded a document, or an admin, has it indexed anew; others are refused, as at removing', async (t) => {
  const { app, anew } = await withUpload(t);
  assert.equal(await codeOf(await anew('gus', 'guest')), '403 notYours');
  assert.equal(await codeOf(await anew('bob')), '404 noDocument');
  const job = await ended(app, await anew('root'));
  assert.deepEqual([job?.owner, job?.progress.indexed], ['root', 1]);
});

test('documentRoutes: what was removed or replaced before its turn came does not come back', async (t) => {
  const { app, before, anew } = await withUpload(t);
  const { queue, documents } = app.chat.parts;
  // Ahead of it, a file that is not read to its end before this test says so.
  const held = Promise.withResolvers<void>();
  const load = async () => {
    await held.promise;
    return { kind: 'refused', message: 'held' } as const;
  };
  const first = { path: 'a.md', category: null, access: null, owner: null, load };
  queue.add({ kind: 'files', sources: [first], bytes: 0 });
  const answer = await anew('ann');
  await documents.remove(before.id);
  held.resolve();
  const job = await ended(app, answer);
  assert.deepEqual([job?.last?.kind, job?.failures[0]?.code], ['failed', 'notTaken']);
  assert.equal(await documents.byPath(before.path), null);
});

test('documentRoutes: indexing anew counts as an upload, and is not begun while the app ends', async (t) => {
  const { app, anew } = await withUpload(t, { env: { SPILLWAY_CHAT_UPLOADS_PER_HOUR: '2' } });
  await ended(app, await anew('ann'));
  assert.equal(await codeOf(await anew('ann')), '429 tooManyUploads');
  t.mock.method(app.chat.parts, 'isReady', () => false);
  assert.equal(await codeOf(await anew('root')), '503 draining');
});

test('documentRoutes: a document whose file is not kept is not indexed anew', async (t) => {
  const { app, anew } = await withUpload(t);
  t.mock.method(app.chat.parts.documents, 'original', async () => null);
  assert.equal(await codeOf(await anew('ann')), '415 notIndexed');
});
