/** Programs that know other servers, against ours: the samples' front ends, OpenAI's SDK, an MCP client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { OpenAI } from 'openai';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { ModelFailure } from '../models/models.ts';
import { started } from '../server/testing/chat.ts';

const DOCUMENTS = {
  'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night.\n',
  'keys.md': '---\naccess: [staff]\n---\n# Keys\n\nThe spare key hangs behind the blue door.\n',
};
const ANSWER = ['A dog costs 12 euros per night [S1].'];
const TEXT = 'A dog costs 12 euros per night [pets.md].';
const ASK = { messages: [{ role: 'user', content: 'What does a dog cost?' }] };

test('sampleRoutes: the request tells the dialect, or a header, or a setting', async (t) => {
  const app = await started(t, new FakeModels(ANSWER), { documents: DOCUMENTS });
  const flat = { ...ASK, context: { approach: 'rrr', retrieval_mode: 'text', top: 3, temperature: 0.7 } };
  const nested = { ...ASK, context: { overrides: { top: 3, retrieval_mode: 'text' } }, session_state: null };
  const js = await (await app.post('/chat', flat)).json();
  assert.equal(js.choices[0].message.content, TEXT);
  const python = await (await app.post('/chat', nested)).json();
  assert.equal(python.message.content, TEXT);
  const responses = await (await app.post('/chat', nested, { 'x-chat-dialect': 'responses' })).json();
  assert.equal(responses.output_text, TEXT);
  const protocol = await (await app.post('/chat', { ...ASK, sessionState: 'x' })).json();
  assert.equal(protocol.sessionState, 'x');
  const stream = await app.post('/chat/stream', nested);
  assert.equal(stream.headers.get('content-type'), 'application/json-lines');
  assert.match(await stream.text(), /"content":"A dog costs 12 euros per night"/);
});

test('sampleRoutes: front ends are told what they ask at their start', async (t) => {
  const app = await started(t, new FakeModels(ANSWER), { documents: DOCUMENTS });
  assert.equal((await (await app.send('/config')).json()).streamingEnabled, true);
  assert.equal((await (await app.send('/auth_setup')).json()).useLogin, false);
});

test('sampleRoutes: a refusal keeps its status, and says when to come back', async (t) => {
  const busy = new ModelFailure('throttled', 'Busy.', { retryAfterMs: 70_000 });
  const app = await started(t, new FakeModels([busy]), { documents: DOCUMENTS });
  const answer = await app.post('/chat', ASK);
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '70']);
  assert.deepEqual(await answer.json(), { error: 'Busy. Try again in 70 seconds.' });
});

test('openAiRoutes: the citations are those of the answer, not all that was found', async (t) => {
  for (const [said, citations] of [
    [ANSWER, ['pets.md']],
    [['The documents do not say it.'], []],
  ] as const) {
    const app = await started(t, new FakeModels([...said]), { documents: DOCUMENTS });
    const answer = await app.post('/v1/chat/completions', { ...ASK, model: 'documents' });
    assert.deepEqual((await answer.json()).citations, citations);
  }
});

test('openAiRoutes: the official SDK asks the documents as a model, streamed and whole', async (t) => {
  const models = new FakeModels(ANSWER);
  const app = await started(t, models, { documents: DOCUMENTS });
  const client = new OpenAI({ baseURL: `${app.chat.url}/v1`, apiKey: 'none-is-asked-for', maxRetries: 0 });
  const messages = [
    { role: 'system' as const, content: 'Be kind.' },
    { role: 'user' as const, content: 'What does a dog cost?' },
  ];
  const whole = await client.chat.completions.create({ model: 'documents', messages });
  assert.equal(whole.choices[0]?.message.content, TEXT);
  assert.deepEqual(whole.usage, { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model: 'documents', messages, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  assert.equal(text, TEXT);
  assert.match(models.asked[0]?.messages[0]?.content ?? '', /passages[\s\S]+Be kind\.$/);
  assert.deepEqual(
    (await client.models.list()).data.map(({ id }) => id),
    ['documents'],
  );
  await assert.rejects(client.chat.completions.create({ model: 'gpt-4o', messages }), /ask for documents/);
});

/** A long document comes in parts of 20,000 characters, each telling where the next one begins. */
async function readInParts(read: (given: Record<string, unknown>) => Promise<string>): Promise<void> {
  const path = 'long.md';
  const first = await read({ path });
  assert.match(first, /goes on at character 20000 of 20[0-9]{3}\)/);
  assert.equal((first.match(/word/g) ?? []).length, 4_000);
  assert.equal(((await read({ path, from: 20_000 })).match(/word/g) ?? []).length, 100);
  assert.doesNotMatch(await read({ path, from: 500 }), /goes on/);
}

test('mcpRoutes: an agent searches and reads, and sees only what its key may', async (t) => {
  const env = {
    SPILLWAY_CHAT_AUTH: 'proxy',
    SPILLWAY_CHAT_API_KEYS: 'agent:0123456789abcdef,boss:fedcba9876543210:staff',
  };
  const app = await started(t, new FakeModels(), {
    env,
    documents: { ...DOCUMENTS, 'long.md': 'word '.repeat(4_100) },
  });
  const connected = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    const client = new Client({ name: 'test', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(`${app.chat.url}/mcp`), { requestInit: { headers } });
    await client.connect(transport);
    t.after(() => client.close());
    return client;
  };
  const agent = await connected('0123456789abcdef');
  const { tools } = await agent.listTools();
  assert.deepEqual(
    tools.map(({ name }) => name),
    ['search_documents', 'read_document'],
  );
  const call = async (client: Client, name: string, given: Record<string, unknown>) => {
    return JSON.stringify((await client.callTool({ name, arguments: given })).content);
  };
  assert.match(await call(agent, 'search_documents', { query: 'dog' }), /\[pets\.md\] Pets.*12 euros/);
  assert.match(await call(agent, 'read_document', { path: 'pets.md' }), /garden flat/);
  assert.match(await call(agent, 'read_document', { path: 'keys.md' }), /no such document/);
  await readInParts((given) => call(agent, 'read_document', given));
  assert.match(await call(agent, 'read_document', { path: 'p'.repeat(1_000) }), /no such document/);
  assert.match(await call(agent, 'read_document', { path: 'p'.repeat(1_001) }), /too_big|at most 1000|<=1000/i);
  assert.doesNotMatch(await call(agent, 'search_documents', { query: 'spare key' }), /blue door/);
  assert.match(await call(await connected('fedcba9876543210'), 'read_document', { path: 'keys.md' }), /blue door/);
});

test('mcpRoutes: many calls in one request are not taken: they would count as one question', async (t) => {
  const { post } = await started(t, new FakeModels(), { documents: DOCUMENTS });
  const accept = { accept: 'application/json, text/event-stream' };
  const call = { method: 'tools/call', params: { name: 'search_documents', arguments: { query: 'dog' } } };
  const one = (id: number) => ({ jsonrpc: '2.0', id, ...call });
  assert.equal((await post('/mcp', one(1), accept)).status, 200);
  assert.equal((await post('/mcp', [one(1), one(2)], accept)).status, 400);
});
