/** The server on a real socket, with models by script and time by hand. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { hashOf } from '../auth/password.ts';
import type { AnswerEvent } from '../events.ts';
import { UsageError } from '../main.ts';
import { ModelFailure } from '../models/models.ts';
import { type Started, started } from './testing/chat.ts';

const DOCUMENTS = {
  'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night.\n',
  "staff/O'Hara näme.md": '---\naccess: [staff]\n---\n# Keys\n\nThe spare key hangs behind the blue door.\n',
  'attack.html': '<h1>Hi</h1><p>Text of a page.</p><script>alert(1)</script>',
};
const ANSWER = ['A dog costs 12 euros per night [S1].'];

async function eventsOf(answer: Response): Promise<readonly AnswerEvent[]> {
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function ask({ post }: Started, question = 'What does a dog cost?', more: object = {}, headers = {}) {
  return eventsOf(await post('/api/chat', { question, ...more }, headers));
}

async function codeOf(answer: Response): Promise<string> {
  const { error } = await answer.json();
  assert.ok(error.message.length > 10);
  return `${answer.status} ${error.code}`;
}

/** As no browser can be made to: the path as it is written, the head with another host. */
function raw(base: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

test('chatApp: an answer is streamed as events, kept with its conversation, and can be read again behind any event', async (t) => {
  const app = await started(t, new FakeModels(ANSWER), { documents: DOCUMENTS });
  const events = await ask(app);
  const [begun] = events;
  assert.equal(begun?.type, 'begun');
  const { turnId, conversationId, question } = begun?.type === 'begun' ? begun : assert.fail();
  assert.equal(question, 'What does a dog cost?', 'for a page that did not ask it');
  for (const after of [0, 3, events.length]) {
    const again = await app.send(`/api/chat/${turnId}/stream?after=${after}`);
    const text = await again.text();
    const lines = text === '' ? [] : text.trim().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      events.slice(after),
    );
  }
  const view = await (await app.send(`/api/conversations/${conversationId}`)).json();
  assert.equal(view.conversation.title, 'What does a dog cost?');
  assert.equal(view.answering, null);
  assert.equal(view.turns[0].answer, 'A dog costs 12 euros per night.');
  assert.ok(view.turns[0].events.some(({ type }: AnswerEvent) => type === 'sources'));
  assert.ok(view.turns[0].events.every(({ type }: AnswerEvent) => type !== 'delta'));
  app.clock.advance(300_000);
  assert.equal(await codeOf(await app.send(`/api/chat/${turnId}/stream`)), '404 noAnswer');
});

test('chatApp: an answer goes on while its reader is away, and is stopped by who asks for that', async (t) => {
  const models = new FakeModels(['One ', 'two ', 'three']);
  const second = Promise.withResolvers<void>();
  let pieces = 0;
  models.beforePiece = async (signal) => {
    if (++pieces < 3) return;
    await Promise.race([second.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
  };
  const app = await started(t, models);
  const leave = new AbortController();
  const body = JSON.stringify({ question: 'Count' });
  const headers = { 'content-type': 'application/json' };
  const answer = await app.send('/api/chat', { method: 'POST', headers, body, signal: leave.signal });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('two')) text += (await reader?.read())?.value ?? assert.fail('ended early');
  const turnId = /"turnId":"([^"]+)"/.exec(text)?.[1] ?? '';
  leave.abort();
  await reader?.cancel().catch(() => {});
  const again = app.send(`/api/chat/${turnId}/stream?after=0`);
  assert.equal((await app.post(`/api/chat/${turnId}/stop`, {})).status, 204);
  const events = await eventsOf(await again);
  assert.equal(events.map((event) => (event.type === 'delta' ? event.text : '')).join(''), 'One two ');
  assert.equal(events.at(-1)?.type, 'done');
  assert.deepEqual(
    events.filter(({ type }) => type === 'error'),
    [],
  );
});

test('chatApp: a failure is an event with a plain sentence, the sources stay, and the log knows more', async (t) => {
  const down = new ModelFailure('gatewayDown', 'The model cannot be reached at the moment.', {
    detail: 'ECONNREFUSED',
  });
  const app = await started(t, new FakeModels([down]), { documents: DOCUMENTS });
  const events = await ask(app);
  const [error] = events.filter(({ type }) => type === 'error');
  assert.deepEqual(error?.type === 'error' && [error.kind, error.message], ['gatewayDown', down.message]);
  const [sources] = events.filter(({ type }) => type === 'sources');
  assert.equal(sources?.type === 'sources' && sources.sources[0]?.path, 'pets.md');
  assert.ok(app.logged.some((line) => line.includes('ECONNREFUSED')));
  assert.ok(!app.logged.some((line) => line.includes('dog')), 'no question in the log');
});

test('chatApp: conversations are renamed, pinned, searched, exported, rated and removed', async (t) => {
  const app = await started(t, new FakeModels(ANSWER), { documents: DOCUMENTS });
  const [begun] = await ask(app);
  const { turnId, conversationId } = begun?.type === 'begun' ? begun : assert.fail();
  const path = `/api/conversations/${conversationId}`;
  const patch = { method: 'PATCH', headers: { 'content-type': 'application/json' } };
  assert.equal((await app.send(path, { ...patch, body: '{"title":"Pets","isPinned":true}' })).status, 204);
  assert.equal(await codeOf(await app.send(path, { ...patch, body: '{"title":""}' })), '400 badRequest');
  const { conversations } = await (await app.send('/api/conversations?search=PETS')).json();
  assert.deepEqual(
    conversations.map((row: { title: string; isPinned: boolean }) => [row.title, row.isPinned]),
    [['Pets', true]],
  );
  const markdown = await (await app.send(`${path}/export`)).text();
  assert.match(
    markdown,
    /^# Pets\n\n> What does a dog cost\?\n\nA dog costs 12 euros per night \[S1\]\.\n\n- \[S1\] Pets \(pets\.md\)\n$/,
  );
  assert.equal((await app.post('/api/feedback', { turnId, liked: false, comment: 'short' })).status, 204);
  assert.equal(await codeOf(await app.post('/api/feedback', { turnId: 'x', liked: true })), '404 noTurn');
  const removed = await app.send(path, { method: 'DELETE' });
  assert.equal(removed.status, 204, app.logged.join());
  assert.equal(await codeOf(await app.send(path)), '404 noConversation');
  assert.equal(await codeOf(await app.post('/api/chat', { question: 'And?', conversationId })), '404 noConversation');
});

test('chatApp: documents are uploaded, looked into, cited as they were, and removed; scripts in them are text', async (t) => {
  const app = await started(t, new FakeModels(ANSWER), { documents: DOCUMENTS });
  const form = new FormData();
  form.set('file', new File(['# Sauna\n\nThe sauna is open until ten.\n'], '../../sauna.md'));
  form.set('category', 'house');
  const { job } = await (await app.send('/api/documents', { method: 'POST', body: form })).json();
  assert.equal((await app.chat.parts.queue.ended(job.id))?.state, 'done');
  const { documents } = await (await app.send('/api/documents')).json();
  const sauna = documents.find(({ title }: { title: string }) => title === 'Sauna');
  assert.deepEqual([sauna.path, sauna.category, sauna.owner], ['uploads/local/sauna.md', 'house', 'local']);
  const { chunks } = await (await app.send(`/api/documents/${sauna.id}/chunks`)).json();
  assert.match(chunks[0].text, /open until ten/);
  const page = await app.send('/content/attack.html');
  assert.equal(page.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.match(page.headers.get('content-security-policy') ?? '', /sandbox/);
  assert.match(await page.text(), /<script>/);
  const odd = await app.send(`/content/${['staff', "O'Hara näme.md"].map(encodeURIComponent).join('/')}`);
  assert.match(odd.headers.get('content-disposition') ?? '', /filename\*=UTF-8''O%27Hara%20n%C3%A4me\.md$/);
  for (const path of [
    '/content/%2e%2e/%2e%2e/etc/passwd',
    '/content/..%2f..%2fetc/passwd',
    '/content//etc/passwd',
    '/content/%',
    '/content/none.md',
  ]) {
    assert.equal(await raw(app.chat.url, path), 404, path);
  }
  assert.equal((await app.send(`/api/documents/${sauna.id}`, { method: 'DELETE' })).status, 204);
  assert.equal(await codeOf(await app.send(`/content/${sauna.path}`)), '404 noDocument');
});

test('chatApp: an upload beyond the limit is refused, whatever it says of its size', async (t) => {
  const app = await started(t, new FakeModels(), {
    env: { SPILLWAY_CHAT_UPLOAD_BYTES_MAX: '1024', SPILLWAY_CHAT_UPLOADS_PER_HOUR: '2' },
  });
  const upload = (bytes: number) => {
    const form = new FormData();
    form.set('file', new File(['x'.repeat(bytes)], 'a.txt'));
    return app.send('/api/documents', { method: 'POST', body: form });
  };
  assert.equal(await codeOf(await upload(200_000)), '413 tooLarge');
  assert.equal(await codeOf(await upload(1_025)), '413 tooLarge');
  assert.equal((await upload(1_000)).status, 202);
  assert.equal(await codeOf(await upload(10)), '429 tooManyUploads');
});

test('chatApp: each user has a number of questions a minute, and is told when there are more', async (t) => {
  const app = await started(t, new FakeModels(['x']), { env: { SPILLWAY_CHAT_QUESTIONS_PER_MINUTE: '2' } });
  await ask(app);
  await ask(app);
  const refused = await app.post('/api/chat', { question: 'More?' });
  assert.equal(refused.headers.get('retry-after'), '30');
  assert.equal(await codeOf(refused), '429 tooManyQuestions');
  app.clock.advance(30_000);
  await ask(app);
});

test('chatApp: a body that is none, or too large, is refused with what is wrong', async (t) => {
  const app = await started(t, new FakeModels(['x']));
  const raw = (body: string) =>
    app.send('/api/chat', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(await codeOf(await raw('{')), '400 notJson');
  assert.equal(await codeOf(await raw('{"question":" "}')), '400 badRequest');
  assert.equal(await codeOf(await raw('{"question":"a","model":"gpt"}')), '400 badRequest');
  assert.equal(await codeOf(await raw(`{"question":"${'a'.repeat(8_001)}"}`)), '400 badRequest');
  assert.equal(await codeOf(await raw(`{"question":"${'a'.repeat(1_100_000)}"}`)), '413 tooLarge');
});

test('chatApp: what a user may not see is neither found nor cited nor opened', async (t) => {
  const env = {
    SPILLWAY_CHAT_AUTH: 'proxy',
    SPILLWAY_CHAT_PROXY_USER_HEADER: 'x-user',
    SPILLWAY_CHAT_PROXY_GROUPS_HEADER: 'x-groups',
    SPILLWAY_CHAT_ADMINS: 'root',
  };
  const app = await started(t, new FakeModels(['x']), { env, documents: DOCUMENTS });
  const as = (user: string, groups = '') => ({ 'x-user': user, 'x-groups': groups });
  const pathsFor = async (headers: Readonly<Record<string, string>>) => {
    const { sources } = await (await app.post('/api/search', { query: 'spare key blue door' }, headers)).json();
    return sources.map(({ path }: { path: string }) => path);
  };
  const secret = `/content/${encodeURIComponent("staff/O'Hara näme.md")}`;
  assert.deepEqual(await pathsFor(as('sue', 'staff')), ["staff/O'Hara näme.md"]);
  assert.deepEqual(await pathsFor(as('gus', 'guest')), []);
  assert.equal((await app.send(secret, { headers: as('sue', 'staff') })).status, 200);
  assert.equal(await codeOf(await app.send(secret, { headers: as('gus') })), '404 noDocument');
  assert.equal(
    await codeOf(await app.send('/api/documents', { method: 'DELETE', headers: as('gus') })),
    '403 notYours',
  );
  assert.equal(await codeOf(await app.send('/metrics', { headers: as('gus') })), '403 notAllowed');
  assert.equal(await codeOf(await app.send('/api/conversations')), '401 notSignedIn');
  const [begun] = await ask(app, 'Hi there', {}, as('sue'));
  const id = begun?.type === 'begun' ? begun.conversationId : '';
  assert.equal(await codeOf(await app.send(`/api/conversations/${id}`, { headers: as('gus') })), '404 noConversation');
  assert.equal(await codeOf(await app.send(`/api/conversations/${id}`, { headers: as('root') })), '404 noConversation');
});

test('chatApp: a password opens a session, tries are counted, and signing out ends it', async (t) => {
  const users = `ann:${await hashOf('correct horse')}:host+guest`;
  const app = await started(t, new FakeModels(), {
    env: { SPILLWAY_CHAT_AUTH: 'password', SPILLWAY_CHAT_USERS: users },
  });
  assert.equal((await (await app.send('/api/config')).json()).auth, 'password');
  assert.equal(await codeOf(await app.send('/api/me')), '401 notSignedIn');
  assert.equal(await codeOf(await app.post('/api/sign-in', { user: 'ann', password: 'wrong' })), '401 wrongPassword');
  assert.equal(
    await codeOf(await app.post('/api/sign-in', { user: 'bob', password: 'correct horse' })),
    '401 wrongPassword',
  );
  const signedIn = await app.post('/api/sign-in', { user: 'ann', password: 'correct horse' });
  const said = await signedIn.clone().json();
  const cookie = /^[^;]+/.exec(signedIn.headers.get('set-cookie') ?? '')?.[0] ?? '';
  const me = await (await app.send('/api/me', { headers: { cookie } })).json();
  assert.deepEqual(me, { user: 'ann', groups: ['host', 'guest'], isAdmin: false, auth: 'password' });
  assert.deepEqual(said, me);
  assert.equal(await codeOf(await app.send('/metrics', { headers: { cookie } })), '403 notAllowed');
  const tries = await Promise.all(
    Array.from({ length: 20 }, () => app.post('/api/sign-in', { user: 'ann', password: 'x' })),
  );
  assert.ok(tries.some(({ status }) => status === 429));
  const out = await app.post('/api/sign-out', {}, { cookie });
  assert.match(out.headers.get('set-cookie') ?? '', /Max-Age=0/);
});

test('chatApp: an admin who signs in is told so at once, and sees the figures', async (t) => {
  const hash = await hashOf('correct horse');
  const users = { SPILLWAY_CHAT_USERS: `ann:${hash}:host,root:${hash}`, SPILLWAY_CHAT_ADMINS: 'root,group:host' };
  const app = await started(t, new FakeModels(), { env: { SPILLWAY_CHAT_AUTH: 'password', ...users } });
  for (const user of ['ann', 'root']) {
    const signedIn = await app.post('/api/sign-in', { user, password: 'correct horse' });
    const headers = { cookie: /^[^;]+/.exec(signedIn.headers.get('set-cookie') ?? '')?.[0] ?? '' };
    const said = await signedIn.json();
    assert.equal(said.isAdmin, true, user);
    assert.deepEqual(said, await (await app.send('/api/me', { headers })).json());
    assert.match(await (await app.send('/metrics', { headers })).text(), /^spillway_chat_questions_total 0$/m);
  }
});

test('chatApp: pages of other sites are kept out, and a name that only points here', async (t) => {
  const app = await started(t, new FakeModels(['x']));
  const origin = 'https://evil.example';
  assert.equal(await codeOf(await app.post('/api/chat', { question: 'Hi' }, { origin })), '403 foreignOrigin');
  assert.equal((await app.post('/api/chat', { question: 'Hi' }, { origin: app.chat.url })).status, 200);
  assert.equal(await raw(app.chat.url, '/api/conversations', { host: 'evil.example' }), 403);
  const open = await started(t, new FakeModels(['x']), { env: { ALLOWED_ORIGINS: origin } });
  const allowed = await open.post('/chat', { messages: [{ role: 'user', content: 'Hi' }] }, { origin });
  assert.equal(allowed.headers.get('access-control-allow-origin'), origin);
  assert.equal(allowed.status, 200);
  const withCookie = await open.post('/chat', {}, { origin, cookie: 'spillway_chat=x' });
  assert.equal(await codeOf(withCookie), '403 foreignOrigin');
});

test('startChat: does not listen for strangers without sign-in, and says the ways out', async (t) => {
  await assert.rejects(started(t, new FakeModels(), { host: '0.0.0.0' }), (error: unknown) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /SPILLWAY_CHAT_AUTH.*--allow-anonymous/s);
    return true;
  });
  const open = await started(t, new FakeModels(), { host: '0.0.0.0', allowAnonymous: true });
  const me = await (await open.send('/api/me')).json();
  assert.match(me.user, /^visitor-/);
  assert.equal(me.isAdmin, false);
});

test('chatApp: health, readiness, figures and the shape of the API are told', async (t) => {
  const app = await started(t, new FakeModels(ANSWER), { documents: DOCUMENTS });
  await ask(app);
  assert.deepEqual(await (await app.send('/healthz')).json(), { status: 'ok' });
  assert.equal((await (await app.send('/readyz')).json()).documents, 3);
  const metrics = await (await app.send('/metrics')).text();
  assert.match(metrics, /^spillway_chat_questions_total 1$/m);
  assert.match(metrics, /^spillway_chat_prompt_tokens_total 10$/m);
  assert.match(metrics, /^spillway_chat_failures_total\{kind="throttled"\} 0$/m);
  const { paths } = await (await app.send('/openapi')).json();
  assert.equal(paths['/api/chat'].post.requestBody.required, true);
});

/** An app whose model says one word and then waits for `goOn`, and the question it was asked. */
async function withHeldAnswer(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const goOn = Promise.withResolvers<void>();
  const models = new FakeModels(['One ', 'two']);
  let pieces = 0;
  models.beforePiece = async (signal) => {
    if (++pieces === 2) await Promise.race([goOn.promise, once(signal, 'abort')]);
  };
  const app = await started(t, models, { env });
  const answer = await app.post('/api/chat', { question: 'Count' });
  return { app, answer, goOn: () => goOn.resolve() };
}

test('chatApp: drains: not ready, no new work, what is under way ends and is read to its end', async (t) => {
  const { app, answer, goOn } = await withHeldAnswer(t);
  const drained = app.chat.drain();
  assert.equal((await app.send('/readyz')).status, 503);
  assert.equal((await app.send('/livez')).status, 200);
  const work = {
    '/api/chat': { question: 'More' },
    '/api/search': { query: 'x' },
    '/ask': ASKED,
    '/v1/chat/completions': {},
  };
  for (const [path, body] of Object.entries({ ...work, '/chat/stream': ASKED, '/mcp': {}, '/indexes/a/files': {} })) {
    const refused = await app.post(path, body);
    assert.equal(refused.headers.get('retry-after'), '5', path);
    assert.equal(await codeOf(refused), '503 draining', path);
  }
  goOn();
  const events = await eventsOf(answer);
  assert.equal(events.map((event) => (event.type === 'delta' ? event.text : '')).join(''), 'One two');
  assert.equal(events.at(-1)?.type, 'done');
  await drained;
  await assert.rejects(app.send('/livez'), 'the port is closed');
});

const ASKED = { messages: [{ role: 'user', content: 'Hi' }] };

test('chatApp: an upload that was taken is indexed before the app ends', async (t) => {
  const app = await started(t, new FakeModels());
  const form = new FormData();
  form.set('file', new File(['# A\n\nText.\n'], 'a.md'));
  const { job } = await (await app.send('/api/documents', { method: 'POST', body: form })).json();
  await app.chat.drain();
  assert.equal(app.chat.parts.queue.job(job.id)?.progress.indexed, 1);
});

test('chatApp: an answer that takes longer than the drain may is stopped, and what there is of it is read', async (t) => {
  const { app, answer } = await withHeldAnswer(t, { SPILLWAY_CHAT_DRAIN_MS: '1000' });
  const drained = app.chat.drain();
  await app.send('/readyz');
  assert.equal(app.chat.parts.answers.running, 1);
  app.clock.advance(999);
  assert.equal(app.chat.parts.answers.running, 1);
  app.clock.advance(1);
  assert.equal((await eventsOf(answer)).at(-1)?.type, 'done');
  await drained;
});

test('chatApp: answers of the samples and of OpenAI count among those at once, and are waited for', async (t) => {
  const { app, answer, goOn } = await withHeldAnswer(t, { SPILLWAY_CHAT_ANSWERS_MAX: '1' });
  const bodies = { '/ask': ASKED, '/v1/chat/completions': { ...ASKED, model: 'documents' } };
  for (const [path, body] of Object.entries(bodies)) assert.equal(await codeOf(await app.post(path, body)), '503 busy');
  goOn();
  await answer.text();
  const whole = await app.post('/ask', ASKED);
  assert.equal(whole.status, 200);
  assert.equal(app.chat.parts.answers.running, 0);
});
