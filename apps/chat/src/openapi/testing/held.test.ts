/** Real requests through a real app: each answer, and each event of a stream, is as the document says, with no field that it keeps to itself. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeModels, type Script } from '../../answer/testing/fake-models.ts';
import { hashOf } from '../../auth/password.ts';
import { ModelFailure } from '../../models/models.ts';
import { type Started, type StartOptions, started } from '../../server/testing/chat.ts';
import { DIALECTS } from '../../settings/settings.ts';
import { OPERATIONS, openApi } from '../document.ts';
import { at, Held } from './held.ts';

const DOCUMENTS = { 'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night.\n' };
const ANSWER = ['A dog costs 12 euros per night [S1]. ', 'Cats cost 900 euros [S1] [S9].\n<<And a cat?>>'];
const QUESTION = 'What does a dog cost?';
const SAID = { messages: [{ role: 'user', content: QUESTION }] };
const down = () => new ModelFailure('gatewayDown', 'The model cannot be reached at the moment.', { detail: 'x' });

async function held(t: Parameters<typeof started>[0], scripts: readonly Script[] = [ANSWER], more: StartOptions = {}) {
  const app = await started(t, new FakeModels(...scripts), { documents: DOCUMENTS, ...more });
  return { app, held: new Held(app, openApi('test')) };
}

/** Of events that were read: what their types are. */
function typesOf(events: unknown): readonly unknown[] {
  return Array.isArray(events) ? [...new Set(events.map((event) => at(event).type))] : assert.fail('no events');
}

/** Each operation, by its path, was asked; statuses and types that are told for it and were not seen. */
function unseen({ seen, document }: Held, operations: typeof OPERATIONS): readonly string[] {
  return operations.flatMap(({ method, path }) =>
    Object.entries(at(document, 'paths', path, method, 'responses')).flatMap(([status, response]) => {
      if (!/^[23]/.test(status)) return [];
      const { content = { '': null } } = at(response);
      const wheres = Object.keys(at(content)).map((type) => `${method} ${path} ${status} ${type}`.trim());
      return wheres.filter((where) => !seen.has(where));
    }),
  );
}

async function conversation(api: Held): Promise<void> {
  const events = await api.ask({ method: 'post', path: '/api/chat', body: { question: QUESTION } });
  const begun = Array.isArray(events) ? at(events[0]) : assert.fail();
  const [turnId, id] = [String(begun.turnId), String(begun.conversationId)];
  for (const type of [
    'phase',
    'step',
    'sources',
    'delta',
    'citation',
    'followups',
    'gateway',
    'usage',
    'check',
    'done',
  ])
    assert.ok(typesOf(events).includes(type), type);
  await api.ask({ path: '/api/chat/{turnId}/stream', values: [turnId], query: '?after=3' });
  const asked = { top: 2, documents: ['d1'], includeCategory: 'pets' };
  const again = { question: 'And a cat?', conversationId: id, replaces: turnId, overrides: asked };
  await api.ask({ method: 'post', path: '/api/chat', body: again });
  await api.ask({ method: 'post', path: '/api/feedback', body: { turnId, liked: false, comment: 'no' }, status: 204 });
  const one = { path: '/api/conversations/{id}', values: [id] };
  await api.ask(one);
  await api.ask({ ...one, method: 'patch', body: { title: 'Dogs', isPinned: true }, status: 204 });
  await api.ask({ path: '/api/conversations', query: '?search=dog&limit=5' });
  for (const format of ['markdown', 'json'])
    await api.ask({ ...one, path: `${one.path}/export`, query: `?format=${format}` });
  const share = { ...one, path: `${one.path}/share` };
  await api.ask(share);
  const shared = at(await api.ask({ ...share, method: 'post' }));
  await api.ask(share);
  await api.ask({ path: '/api/shared/{link}', values: [String(shared.link)] });
  await api.ask({ ...share, method: 'delete', status: 204 });
  await api.ask({ ...share, method: 'delete', status: 404 });
  await api.ask({ ...one, method: 'delete', status: 204 });
  await api.ask({ path: '/api/conversations' });
  await api.ask({ method: 'delete', path: '/api/conversations' });
}

function fileOf(name: string, text: string, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  form.set('file', new File([text], name));
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  return form;
}

async function documents(api: Held, app: Started): Promise<void> {
  const body = fileOf('sauna.md', '# Sauna\n\nOpen until ten.\n', { category: 'house', groups: 'guest' });
  const answer = at(await api.ask({ method: 'post', path: '/api/documents', body, status: 202 }));
  const jobId = String(at(answer.job).id);
  const ended = await app.chat.parts.queue.ended(jobId);
  const id = ended?.last?.kind === 'indexed' ? ended.last.id : assert.fail();
  await api.ask({ path: '/api/jobs/{id}', values: [jobId] });
  await api.ask({ path: '/api/documents', query: '?limit=10' });
  const one = { path: '/api/documents/{id}', values: [id] };
  await api.ask(one);
  await api.ask({ ...one, path: `${one.path}/chunks` });
  await api.ask({ ...one, path: `${one.path}/text` });
  const all = { path: '/api/documents' } as const;
  await api.ask({ ...all, query: '?limit=1&search=s&category=' });
  await api.ask({ ...all, method: 'patch', body: { documents: [id], category: null } });
  await api.ask({ ...all, method: 'patch', body: { documents: ['none'], category: 'a' }, status: 404 });
  await api.ask({ ...all, method: 'patch', body: { documents: [id], category: 'saunas' } });
  await api.ask({ path: '/api/collections' });
  const collection = { path: '/api/collections/{name}', values: ['saunas'] } as const;
  await api.ask({ ...collection, method: 'patch', body: { name: 'house' } });
  await api.ask({ ...collection, method: 'delete', status: 404 });
  const gone = fileOf('gone.md', '# Gone', { category: 'saunas' });
  const going = at(await api.ask({ method: 'post', path: '/api/documents', body: gone, status: 202 }));
  await app.chat.parts.queue.ended(String(at(going.job).id));
  await api.ask({ ...collection, method: 'delete' });
  const anew = at(await api.ask({ ...one, method: 'post', path: `${one.path}/reindex`, status: 202 }));
  await app.chat.parts.queue.ended(String(at(anew.job).id));
  const bad = fileOf('bad.pdf', 'no PDF');
  const failing = at(await api.ask({ method: 'post', path: '/api/documents', body: bad, status: 202 }));
  await app.chat.parts.queue.ended(String(at(failing.job).id));
  await api.ask({ path: '/api/jobs' });
  await api.ask({ path: '/content/{path}', values: ['pets.md'] });
  await api.ask({ path: '/content/{path}', values: ['none.md'], status: 404 });
  await api.ask({ ...one, method: 'delete', status: 204 });
  await api.ask({ ...one, status: 404 });
}

test('openApi: what /api answers is what it says: conversations, documents, people, each event of an answer', async (t) => {
  const { app, held: api } = await held(t);
  await conversation(api);
  await documents(api, app);
  await api.ask({ method: 'post', path: '/api/search', body: { query: 'dog' } });
  await api.ask({ method: 'post', path: '/api/search', body: { query: '' }, status: 400 });
  for (const path of ['/api/config', '/api/me', '/api/me/data', '/api/me/export']) await api.ask({ path });
  await api.ask({ method: 'post', path: '/api/sign-out', status: 204 });
  await api.ask({ method: 'delete', path: '/api/documents' });
  const isHere = (path: string) => /^\/api\/(?!evaluations)|^\/content/.test(path);
  const own = OPERATIONS.filter(({ path }) => isHere(path));
  // A stop wants an answer under way, a sign-in a password, the rest other kinds of files.
  assert.deepEqual(unseen(api, own), [
    'post /api/chat/{turnId}/stop 204',
    'get /content/{path} 200 application/octet-stream',
    'get /content/{path} 200 application/pdf',
    'get /content/{path} 200 image/*',
    'post /api/sign-in 200 application/json',
  ]);
});

test('openApi: what /api/evaluations answers is what it says: a run begun, stopped, kept, compared, removed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-held-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'questions.yaml');
  const gold = '{ file: pets.md, passage: "A dog costs 12 euros per night." }';
  writeFileSync(file, `plain:\n  - { id: dog, question: What does a dog cost?, gold: [${gold}] }\n`);
  const { app, held: api } = await held(t, [ANSWER], { env: { SPILLWAY_CHAT_EVALUATION_QUESTIONS: file } });
  const { evaluations } = app.chat.parts;
  const all = { path: '/api/evaluations' } as const;
  for (const mode of ['answers', 'answers', 'search']) {
    await api.ask({ ...all, method: 'post', body: { mode }, status: 202 });
    await evaluations.idle();
  }
  const { runs } = at(await api.ask(all));
  const ids = Array.isArray(runs) ? runs.map((run) => String(at(run).id)) : assert.fail();
  const [search = '', second = '', first = ''] = [
    ...ids.filter((id) => id.includes('search')),
    ...ids.filter((id) => id.includes('answers')),
  ];
  const one = { path: '/api/evaluations/{id}' } as const;
  await api.ask({ ...one, values: [second] });
  await api.ask({ ...one, values: ['none'], status: 404 });
  const diff = { path: '/api/evaluations/{id}/diff/{other}' } as const;
  await api.ask({ ...diff, values: [second, first] });
  await api.ask({ ...diff, values: [second, search], status: 409 });
  await api.ask({ ...one, method: 'delete', values: [first], status: 204 });
  t.mock.method(app.chat.parts.answerer, 'answer', () => new Promise(() => {}));
  const begun = at(at(await api.ask({ ...all, method: 'post', body: {}, status: 202 })).running);
  await api.ask({ ...all, method: 'post', body: {}, status: 409 });
  await api.ask(all);
  await api.ask({ ...one, method: 'post', path: `${one.path}/stop`, values: [String(begun.id)], status: 204 });
  await evaluations.idle();
  rmSync(file);
  await api.ask({ ...all, method: 'post', body: {}, status: 409 });
  const own = OPERATIONS.filter(({ group }) => group === 'evaluation');
  assert.deepEqual(unseen(api, own), []);
});

test('openApi: a stop, a sign-in and its refusals are told as they are', async (t) => {
  const env = { SPILLWAY_CHAT_AUTH: 'password', SPILLWAY_CHAT_USERS: `ann:${await hashOf('correct horse')}` };
  const { app, held: api } = await held(t, [ANSWER], { env });
  const signIn = { method: 'post', path: '/api/sign-in' } as const;
  await api.ask({ ...signIn, body: { user: 'ann', password: 'correct horse' } });
  await api.ask({ ...signIn, body: { user: 'ann', password: 'wrong' }, status: 401 });
  await api.ask({ path: '/api/me', status: 401 });
  const answers = app.chat.parts.answers;
  t.mock.method(answers, 'stop', () => true);
  const said = await app.post('/api/sign-in', { user: 'ann', password: 'correct horse' });
  const cookie = /^[^;]+/.exec(said.headers.get('set-cookie') ?? '')?.[0] ?? '';
  const stop = { method: 'post', path: '/api/chat/{turnId}/stop', values: ['t'], headers: { cookie } } as const;
  await api.ask({ ...stop, status: 204 });
});

test('openApi: failures are events as it says, a wait among them', async (t) => {
  const throttled = new ModelFailure('throttled', 'Out of quota.', { retryAfterMs: 1_000, detail: 'x' });
  const { app, held: api } = await held(t, [[throttled], [down()]]);
  const after = app.clock.after.bind(app.clock);
  t.mock.method(app.clock, 'after', (delayMs: number, run: () => void) => {
    if (delayMs === 1_000) queueMicrotask(() => app.clock.advance(delayMs));
    return after(delayMs, run);
  });
  const types = typesOf(await api.ask({ method: 'post', path: '/api/chat', body: { question: QUESTION } }));
  assert.ok(types.includes('waiting') && types.includes('error'), types.join());
});

test('openApi: the dialects of the samples are as it says, whole, streamed and failed', async (t) => {
  for (const script of [ANSWER, [down()]]) {
    const { held: api } = await held(t, [script]);
    const isDown = script !== ANSWER;
    for (const dialect of DIALECTS) {
      const post = { method: 'post', headers: { 'x-chat-dialect': dialect }, body: SAID } as const;
      await api.ask({ ...post, path: '/ask', status: isDown ? 503 : 200 });
      await api.ask({ ...post, path: '/chat', status: isDown ? 503 : 200 });
      await api.ask({ ...post, path: '/chat', body: { ...SAID, stream: true } });
      await api.ask({ ...post, path: '/chat/stream' });
      await api.ask({ ...post, path: '/ask', body: { messages: [{ role: 'assistant', content: 'x' }] }, status: 400 });
      await api.ask({ ...post, path: '/ask', body: {}, status: 400 });
    }
    for (const path of ['/config', '/auth_setup']) await api.ask({ path });
    assert.deepEqual(
      unseen(
        api,
        OPERATIONS.filter(({ path }) => /^\/(?:chat|ask|config|auth_setup)/.test(path)),
      ),
      isDown ? ['post /chat 200 application/json', 'post /ask 200 application/json'] : [],
    );
  }
});

test("openApi: OpenAI's API, MCP, the indexer's routes and health are as it says", async (t) => {
  const { app, held: api } = await held(t, [ANSWER, ANSWER, [down()]]);
  const body = { ...SAID, model: 'documents' };
  const completions = { method: 'post', path: '/v1/chat/completions' } as const;
  await api.ask({ ...completions, body });
  await api.ask({ ...completions, body: { ...body, stream: true } });
  await api.ask({ ...completions, body, status: 503 });
  await api.ask({ ...completions, body: { ...body, stream: true } });
  await api.ask({ ...completions, body: { ...body, model: 'gpt' }, status: 404 });
  await api.ask({ ...completions, body: {}, status: 400 });
  await api.ask({ path: '/v1/models' });
  const mcp = { method: 'post', path: '/mcp', headers: { accept: 'application/json, text/event-stream' } } as const;
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
  const search = { ...message, params: { name: 'search_documents', arguments: { query: 'dog' } } };
  await api.ask({ ...mcp, body: search });
  await api.ask({ ...mcp, body: { ...message, method: 'tools/list' } });
  await api.ask({ ...mcp, body: { ...message, method: 'nothing' } });
  await api.ask({ ...mcp, body: { jsonrpc: '2.0', method: 'notifications/initialized' }, status: 202 });
  await api.ask({ ...mcp, body: { id: 1 }, status: 400 });
  await api.ask({ ...mcp, headers: { accept: 'text/html' }, body: search, status: 406 });
  for (const method of ['get', 'delete'] as const) await api.ask({ method, path: '/mcp', status: 405 });
  await api.ask({ method: 'post', path: '/indexes', status: 204 });
  const files = { method: 'post', path: '/indexes/{name}/files', values: ['a'] } as const;
  await api.ask({ ...files, body: fileOf('a.md', 'A.', { options: '{"wait":true}' }), status: 204 });
  await api.ask({ ...files, body: fileOf('b.md', 'B.'), status: 202 });
  await api.ask({ ...files, body: fileOf('c.pdf', 'C.', { options: '{"wait":true}' }), status: 415 });
  await api.ask({ method: 'delete', path: '/indexes/{name}/files/{filename}', values: ['a', 'a.md'], status: 204 });
  await api.ask({ method: 'delete', path: '/indexes/{name}', values: ['a'], status: 204 });
  for (const path of ['/healthz', '/livez', '/readyz', '/metrics', '/openapi', '/openapi.json'])
    await api.ask({ path });
  await api.ask({ path: '/openapi', headers: { accept: 'text/html' } });
  t.mock.method(app.chat.parts.documents, 'facts', () => Promise.reject(new Error('down')));
  await api.ask({ path: '/readyz', status: 503 });
  const others = OPERATIONS.filter(({ group }) => group === 'programs' || group === 'running');
  assert.deepEqual(unseen(api, others), []);
});
