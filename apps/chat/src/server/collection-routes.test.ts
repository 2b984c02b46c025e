import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { type Started, started } from './testing/chat.ts';

const PROXY = { SPILLWAY_CHAT_AUTH: 'proxy', SPILLWAY_CHAT_ADMINS: 'root' };
const as = (user: string) => ({ 'x-forwarded-user': user });

/** The operator's a.md; ann's b.md and c.md in rules; bob's d.md, for himself alone, in rules too. */
async function app(t: Parameters<typeof started>[0]) {
  const all = await started(t, new FakeModels(), { env: PROXY, documents: { 'a.md': '# A\n\nText.\n' } });
  for (const [user, name, fields] of [
    ['ann', 'b.md', { category: 'rules' }],
    ['ann', 'c.md', { category: 'rules' }],
    ['bob', 'd.md', { category: 'rules', users: 'bob' }],
  ] as const) {
    const form = new FormData();
    form.set('file', new File(['# A\n\nText.\n'], name));
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    const { job } = await (await all.send('/api/documents', { method: 'POST', body: form, headers: as(user) })).json();
    await all.chat.parts.queue.ended(job.id);
  }
  const ask = async (user: string, method: string, path: string, body?: unknown) => {
    const headers = { ...as(user), 'content-type': 'application/json' };
    const answer = await all.send(path, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const told = await answer.json();
    return [answer.status, told.error?.code ?? told];
  };
  return { ...all, ask };
}

async function listed({ send }: Started, user = 'root'): Promise<string> {
  const { documents } = await (await send('/api/documents', { headers: as(user) })).json();
  return documents
    .map(({ path, category }: { path: string; category: string | null }) => `${path.slice(-4)}:${category}`)
    .sort()
    .join(' ');
}

async function idOf({ send }: Started, name: string): Promise<string> {
  const { documents } = await (await send('/api/documents', { headers: as('root') })).json();
  return documents.find(({ path }: { path: string }) => path.endsWith(name)).id;
}

test('collectionRoutes: figures are of what somebody may see', async (t) => {
  const { ask } = await app(t);
  const namesAndCounts = async (user: string) => {
    const [, { collections }] = await ask(user, 'GET', '/api/collections');
    return collections.map(({ name, documents }: { name: string; documents: number }) => [name, documents]);
  };
  assert.deepEqual(await namesAndCounts('ann'), [
    ['rules', 2],
    [null, 1],
  ]);
  assert.deepEqual(await namesAndCounts('bob'), [
    ['rules', 3],
    [null, 1],
  ]);
});

test('collectionRoutes: a document is moved by who uploaded it, or an admin; all that are named, or none', async (t) => {
  const all = await app(t);
  const { ask } = all;
  const [a, b, c, d] = await Promise.all(['a.md', 'b.md', 'c.md', 'd.md'].map((name) => idOf(all, name)));
  const move = (user: string, documents: readonly unknown[], category: string | null) =>
    ask(user, 'PATCH', '/api/documents', { documents, category });
  assert.deepEqual(await move('ann', [b, c], ' house '), [200, { moved: 2 }]);
  assert.deepEqual(await move('ann', [b, a], 'house'), [403, 'notYours']);
  assert.deepEqual(await move('ann', [b, d], 'house'), [404, 'noDocument'], 'what somebody may not see is not there');
  assert.deepEqual(await move('ann', [b], '  '), [400, 'badRequest']);
  assert.deepEqual(await move('root', [c, d], null), [200, { moved: 2 }]);
  assert.equal(await listed(all), 'a.md:null b.md:house c.md:null d.md:null');
});

test('collectionRoutes: a collection is named anew, joined with another and removed by admins alone', async (t) => {
  const all = await app(t);
  const { ask } = all;
  const one = (name: string) => `/api/collections/${encodeURIComponent(name)}`;
  assert.deepEqual(await ask('ann', 'PATCH', one('rules'), { name: 'mine' }), [403, 'notYours']);
  assert.deepEqual(await ask('ann', 'DELETE', one('rules')), [403, 'notYours']);
  assert.deepEqual(await ask('root', 'PATCH', one('none'), { name: 'x' }), [404, 'noCollection']);
  assert.deepEqual(await ask('root', 'PATCH', one('rules'), { name: "o'hara's / 100%" }), [200, { moved: 3 }]);
  assert.equal(
    await listed(all),
    ["a.md:null b.md:o'hara's / 100%", "c.md:o'hara's / 100% d.md:o'hara's / 100%"].join(' '),
  );
  assert.deepEqual(await ask('root', 'DELETE', one("o'hara's / 100%")), [200, { removed: 3 }]);
  assert.deepEqual(await ask('root', 'DELETE', one("o'hara's / 100%")), [404, 'noCollection']);
  assert.equal(await listed(all), 'a.md:null');
});

test('collectionRoutes: a moved document is indexed anew where it is now, and one of a folder stays of its folder', async (t) => {
  const all = await app(t);
  const { documents, queue } = all.chat.parts;
  const id = await idOf(all, 'a.md');
  await documents.claim('a folder', [id]);
  const post = await all.send(`/api/documents/${id}/reindex`, { method: 'POST', headers: as('root') });
  const { job } = await post.json();
  const moved = await all.ask('root', 'PATCH', '/api/documents', { documents: [id], category: 'moved' });
  assert.deepEqual(moved, [200, { moved: 1 }]);
  assert.equal((await queue.ended(job.id))?.progress.indexed, 1);
  assert.match(await listed(all), /^a\.md:moved/);
  const there = await documents.inFolder('a folder', { after: null, limit: 10 });
  assert.deepEqual(
    there.map((row) => row.id),
    [id],
  );
});
