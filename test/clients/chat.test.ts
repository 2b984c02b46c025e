/** Programs that know other servers, in front of the chat app, which asks through the real gateway: nothing here is played but the model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenAI } from 'openai';
import { type ChatWorld, chatWorld } from '../e2e/chat-app.ts';

const DOCUMENTS = { 'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night.\n' };
const QUESTION = 'How much does a dog cost per night?';
const TEXT = /^A dog costs 12 euros per night \[pets\.md\]\./;
const messages = [{ role: 'user' as const, content: QUESTION }];

test('chat app: the official SDK asks it for the model documents, whole and streamed', async (t) => {
  const { url } = await chatWorld(t, { documents: DOCUMENTS });
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none-is-asked-for', maxRetries: 0 });
  const whole = await client.chat.completions.create({ model: 'documents', messages });
  assert.match(whole.choices[0]?.message.content ?? '', TEXT);
  assert.ok((whole.usage?.total_tokens ?? 0) > 0);
  const stream = await client.chat.completions.create({ model: 'documents', messages, stream: true });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  assert.match(text, TEXT);
});

/** biome-ignore lint/suspicious/noExplicitAny: shapes of four wires, looked into by tests alone. */
type Line = any;

interface Dialect {
  readonly name: string;
  /** As the front end of that sample sends it. */
  readonly request: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** `stream` in the body, or a path of its own. */
  readonly streamPath: '/chat' | '/chat/stream';
  readonly type: RegExp;
  readonly whole: (answer: Line) => string;
  readonly delta: (line: Line) => string | undefined;
}

const python = {
  overrides: {
    top: 3,
    temperature: 0.3,
    retrieval_mode: 'hybrid',
    semantic_ranker: true,
    suggest_followup_questions: true,
  },
};

const DIALECTS: readonly Dialect[] = [
  {
    name: 'js',
    request: {
      messages,
      context: {
        approach: 'rrr',
        retrieval_mode: 'hybrid',
        semantic_ranker: true,
        top: 3,
        suggest_followup_questions: false,
      },
    },
    streamPath: '/chat',
    type: /^application\/x-ndjson/,
    whole: (answer) => answer.choices[0].message.content,
    delta: (line) => line.choices[0].delta.content,
  },
  {
    name: 'protocol',
    request: { messages, context: { overrides: { top: 3 } }, sessionState: { session: 7 } },
    streamPath: '/chat/stream',
    type: /^application\/jsonl/,
    whole: (answer) => answer.message.content,
    delta: (line) => line.delta?.content,
  },
  {
    name: 'python',
    request: { messages, context: python, session_state: null },
    streamPath: '/chat/stream',
    type: /^application\/json-lines/,
    whole: (answer) => answer.message.content,
    delta: (line) => line.delta?.content,
  },
  {
    name: 'responses',
    request: { messages, context: python, session_state: null },
    headers: { 'x-chat-dialect': 'responses' },
    streamPath: '/chat/stream',
    type: /^application\/json-lines/,
    whole: (answer) => answer.output_text,
    delta: (line) => (line.type === 'response.output_text.delta' ? line.delta : undefined),
  },
];

async function linesOf(
  { post }: ChatWorld,
  { request, headers = {}, streamPath, type }: Dialect,
): Promise<readonly Line[]> {
  const answer = await post(streamPath, { ...request, stream: true }, headers);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', type);
  return (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

for (const dialect of DIALECTS) {
  test(`chat app: a front end of the dialect ${dialect.name} is answered, whole and streamed, with its sources first`, async (t) => {
    const world = await chatWorld(t, { documents: DOCUMENTS });
    const answer = await world.post('/chat', dialect.request, dialect.headers);
    assert.match(dialect.whole(await answer.json()), TEXT);
    const lines = await linesOf(world, dialect);
    assert.match(lines.map((line) => dialect.delta(line) ?? '').join(''), TEXT);
    assert.match(JSON.stringify(lines[0]), /pets\.md: .*garden flat/);
  });
}
