/** Conversations that are shared by a link: as they were then, quoting to each reader what that reader may see. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import type { SharedView } from './api.ts';
import { type Started, started } from './testing/chat.ts';

const DOCUMENTS = {
  'pets.md': '# Pets\n\nA dog costs 12 euros per night. The spare fee is due on arrival.\n',
  'staff/keys.md': '---\naccess: [staff]\n---\n# Where keys are\n\nThe spare key hangs behind the blue door.\n',
};
const PROXY = {
  SPILLWAY_CHAT_AUTH: 'proxy',
  SPILLWAY_CHAT_PROXY_USER_HEADER: 'x-user',
  SPILLWAY_CHAT_PROXY_GROUPS_HEADER: 'x-groups',
};
const SUE = { 'x-user': 'sue', 'x-groups': 'staff' };
const GUS = { 'x-user': 'gus' };

async function stage(t: TestContext) {
  const models = new FakeModels(['See both [S1][S2].']);
  const app = await started(t, models, { env: PROXY, documents: DOCUMENTS });
  const id = await asked(app, { question: 'Where is the spare key of a dog?' });
  const share = (method: string, headers = SUE) => app.send(`/api/conversations/${id}/share`, { method, headers });
  const read = (link: string, headers: Record<string, string> = GUS) => app.send(`/api/shared/${link}`, { headers });
  return { app, id, share, read };
}

/** @returns the conversation's id. */
async function asked({ post }: Started, body: object): Promise<string> {
  const text = await (await post('/api/chat', { mode: 'ask', ...body }, SUE)).text();
  return /"conversationId":"([^"]+)"/.exec(text)?.[1] ?? assert.fail(text);
}

async function viewOf(answer: Response): Promise<SharedView> {
  assert.equal(answer.status, 200);
  return answer.json();
}

async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${(await answer.json()).error.code}`;
}

test('shareRoutes: a link is made once, reads what was said until then, and ends when it is taken back', async (t) => {
  const { app, id, share, read } = await stage(t);
  assert.deepEqual(await (await share('GET')).json(), { link: null, url: null, sharedMs: null });
  assert.equal(await codeOf(await share('DELETE')), '404 notShared');
  const { link, url, sharedMs } = await (await share('POST')).json();
  assert.match(link, /^[\w-]{32}$/);
  assert.equal(url, `/shared/${link}`);
  app.clock.advance(1_000);
  await asked(app, { question: 'Something private?', conversationId: id });
  const before = await viewOf(await read(link));
  assert.deepEqual([before.title, before.sharedMs], ['Where is the spare key of a dog?', sharedMs]);
  assert.deepEqual(
    before.turns.map(({ question, answer }) => [question, answer]),
    [['Where is the spare key of a dog?', 'See both.']],
  );
  const again = await (await share('POST')).json();
  assert.equal(again.link, link);
  assert.deepEqual(await (await share('GET')).json(), again);
  assert.equal((await viewOf(await read(link))).turns.length, 2);
  assert.equal((await share('DELETE')).status, 204);
  assert.equal(await codeOf(await read(link)), '404 noLink');
  const other = await (await share('POST')).json();
  assert.notEqual(other.link, link);
  assert.equal((await app.send(`/api/conversations/${id}`, { method: 'DELETE', headers: SUE })).status, 204);
  assert.equal(await codeOf(await read(other.link)), '404 noLink');
});

test('shareRoutes: passages are shown to who may see their document; others learn titles, and no more', async (t) => {
  const { app, share, read } = await stage(t);
  const { link } = await (await share('POST')).json();
  const sourcesFor = async (headers: Record<string, string>) => {
    const answer = await read(link, headers);
    const text = await answer.clone().text();
    const { turns } = await viewOf(answer);
    const sources = turns.flatMap(({ events }) =>
      events.flatMap((each) => (each.type === 'sources' ? each.sources : [])),
    );
    return { text, sources };
  };
  const sue = await sourcesFor(SUE);
  assert.deepEqual(sue.sources.map(({ title, isWithheld }) => [title, isWithheld]).toSorted(), [
    ['Pets', false],
    ['Where keys are', false],
  ]);
  assert.match(sue.text, /behind the blue door/);
  const gus = await sourcesFor(GUS);
  assert.doesNotMatch(gus.text, /blue door|staff\//);
  const hidden = gus.sources.find(({ isWithheld }) => isWithheld);
  assert.deepEqual([hidden?.title, hidden?.text, hidden?.path, hidden?.documentId], ['Where keys are', '', '', '']);
  assert.match(gus.sources.find(({ isWithheld }) => !isWithheld)?.text ?? '', /12 euros/);
  for (const kind of ['step', 'gateway', 'usage', 'begun'])
    assert.doesNotMatch(gus.text, new RegExp(`"type":"${kind}"`));
  for (const row of await app.chat.parts.documents.list(
    { user: null, groups: [], isAdmin: true },
    { after: null, limit: 9 },
  ))
    await app.chat.parts.documents.remove(row.id);
  assert.doesNotMatch((await sourcesFor(SUE)).text, /blue door|12 euros/, 'what is removed is not quoted on');
});

test('shareRoutes: a turn that was edited is not read, the one in its place is', async (t) => {
  const { app, id, share, read } = await stage(t);
  const view = await (await app.send(`/api/conversations/${id}`, { headers: SUE })).json();
  await asked(app, { question: 'Better?', conversationId: id, replaces: view.turns[0].id });
  const { link } = await (await share('POST')).json();
  assert.deepEqual(
    (await viewOf(await read(link))).turns.map(({ question }) => question),
    ['Better?'],
  );
});

test('shareRoutes: only the owner shares, only users of the app read, and a guess leads nowhere', async (t) => {
  const { app, share, read } = await stage(t);
  assert.equal(await codeOf(await share('POST', { 'x-user': 'gus', 'x-groups': 'staff' })), '404 noConversation');
  const { link } = await (await share('POST')).json();
  assert.equal(await codeOf(await share('DELETE', { 'x-user': 'gus', 'x-groups': 'staff' })), '404 notShared');
  assert.equal(await codeOf(await read(link, {})), '401 notSignedIn');
  for (const guess of ['x', link.slice(1), `${link}A`, link.toLowerCase(), '..%2f', '%00'.repeat(8)]) {
    assert.equal(await codeOf(await read(guess)), '404 noLink', guess);
  }
  assert.equal((await read(link)).headers.get('cache-control'), 'no-store');
  assert.equal((await app.send(`/shared/${link}`)).status !== 401, true, 'the page asks for itself who is there');
});

test('shareRoutes: in an app for everybody any visitor reads it', async (t) => {
  const app = await started(t, new FakeModels(['Yes.']), { host: '0.0.0.0', allowAnonymous: true });
  const answer = await app.post('/api/chat', { question: 'Well?' });
  const cookie = /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
  const id = /"conversationId":"([^"]+)"/.exec(await answer.text())?.[1] ?? '';
  const { link } = await (await app.post(`/api/conversations/${id}/share`, {}, { cookie })).json();
  assert.equal((await viewOf(await app.send(`/api/shared/${link}`))).turns[0]?.answer, 'Yes.');
});
