/** The official `openai` package as a judge of the simulator: responses with state, conversations, stored chat completions. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Simulator, startSimulator } from '@spillway/simulator';
import OpenAI from 'openai';
import { CLIENTS, simulated } from './simulated.ts';

const INPUT = 'Say something in 30 words.';

/** A response that is not there any more, or never was on this resource. */
const NOT_FOUND = { status: 404, type: 'invalid_request_error' };

function inputTokens({ usage }: OpenAI.Responses.Response): number {
  return usage?.input_tokens ?? 0;
}

/** What was answered, as the next request sends it back. */
function sentBack(output: readonly OpenAI.Responses.ResponseOutputItem[]): OpenAI.Responses.ResponseInputItem[] {
  return JSON.parse(JSON.stringify(output));
}

for (const [name, make] of CLIENTS) {
  test(`${name}: a chain of three; each goes on with all that was said before`, async (t) => {
    const { responses } = make(await simulated(t));
    const first = await responses.create({ model: 'chat', input: INPUT });
    const second = await responses.create({ model: 'chat', input: 'And more.', previous_response_id: first.id });
    const third = await responses.create({ model: 'chat', input: 'And more.', previous_response_id: second.id });
    assert.equal(third.previous_response_id, second.id);
    assert.ok(inputTokens(second) > inputTokens(first) + 20);
    assert.ok(inputTokens(third) > inputTokens(second) + 20);
    const items = await responses.inputItems.list(third.id, { order: 'asc' });
    assert.deepEqual(
      items.data.map((item) => (item.type === 'message' ? item.role : item.type)),
      ['user', 'assistant', 'user', 'assistant', 'user'],
    );
  });

  test(`${name}: a response is read again as it was answered, and is unknown once it was deleted`, async (t) => {
    const { responses } = make(await simulated(t));
    const created = await responses.create({ model: 'chat', input: INPUT, metadata: { team: 'water' } });
    const { data, response } = await responses.retrieve(created.id).withResponse();
    assert.deepEqual(data, created);
    assert.match(response.headers.get('apim-request-id') ?? '', /^[0-9a-f-]{36}$/);
    await responses.delete(created.id);
    await assert.rejects(responses.retrieve(created.id), {
      ...NOT_FOUND,
      message: `404 Response with id '${created.id}' not found.`,
    });
    await assert.rejects(responses.delete(created.id), NOT_FOUND);
    await assert.rejects(responses.inputItems.list(created.id), NOT_FOUND);
    const next = responses.create({ model: 'chat', input: 'More.', previous_response_id: created.id });
    await assert.rejects(next, { status: 400, code: 'previous_response_not_found' });
  });

  test(`${name}: a streamed response is kept too; one that is not to be stored is not`, async (t) => {
    const { responses } = make(await simulated(t));
    const streamed = await responses.stream({ model: 'chat', input: INPUT }).finalResponse();
    assert.equal((await responses.retrieve(streamed.id)).output_text, streamed.output_text);
    const passing = await responses.create({ model: 'chat', input: INPUT, store: false });
    await assert.rejects(responses.retrieve(passing.id), NOT_FOUND);
    await assert.rejects(responses.cancel(streamed.id), {
      status: 400,
      message: '400 Cannot cancel a synchronous response.',
    });
  });

  test(`${name}: what was asked comes in pages, forwards and backwards`, async (t) => {
    const { responses } = make(await simulated(t));
    const input = Array.from({ length: 7 }, (_, i) => ({ role: 'user', content: `Part ${i}.` }) as const);
    const { id } = await responses.create({ model: 'chat', input });
    const texts: string[] = [];
    for await (const item of responses.inputItems.list(id, { limit: 3, order: 'asc' })) {
      const [part] = item.type === 'message' ? item.content : [];
      if (part?.type === 'input_text') texts.push(part.text);
    }
    assert.deepEqual(
      texts,
      input.map(({ content }) => content),
    );
    const newest = await responses.inputItems.list(id, { limit: 2 });
    assert.equal(newest.has_more, true);
    assert.notEqual(newest.data[0]?.id, newest.data[1]?.id);
  });

  test(`${name}: a reference stands for an item that is kept`, async (t) => {
    const { responses } = make(await simulated(t));
    const first = await responses.create({ model: 'chat', input: INPUT });
    const id = first.output[0]?.id ?? '';
    const reference = { type: 'item_reference', id } as const;
    const again = await responses.create({ model: 'chat', input: [reference, { role: 'user', content: 'Shorter.' }] });
    assert.ok(inputTokens(again) > 30);
    const absent = { type: 'item_reference', id: 'msg_abc' } as const;
    await assert.rejects(responses.create({ model: 'chat', input: [absent] }), NOT_FOUND);
  });

  test(`${name}: sealed thoughts can be sent back to the resource that thought them`, async (t) => {
    const { responses } = make(await simulated(t));
    const asked = { model: 'thinker', store: false, include: ['reasoning.encrypted_content'] } as const;
    const question: OpenAI.Responses.ResponseInput = [{ role: 'user', content: INPUT }];
    const first = await responses.create({ ...asked, include: [...asked.include], input: question });
    const [thoughts] = first.output;
    assert.ok(thoughts?.type === 'reasoning');
    assert.match(thoughts.encrypted_content ?? '', /^gAAAAAB/);
    const input = [...question, ...sentBack(first.output), { role: 'user', content: 'Shorter.' } as const];
    const second = await responses.create({ ...asked, include: [...asked.include], input });
    assert.equal(second.status, 'completed');
    const bare = { ...thoughts, encrypted_content: null };
    await assert.rejects(responses.create({ ...asked, include: [], input: [...question, bare] }), NOT_FOUND);
  });
}

/** A second to the first token, a tenth of one for each further one. */
const SLOW = { firstTokenMs: 1000, perTokenMs: 100, spread: 0, gapSpread: 0 };
const DEPLOYMENTS = [
  { name: 'chat', model: 'gpt-4o', capacity: 1000 },
  { name: 'thinker', model: 'gpt-5-mini', capacity: 1000 },
] as const;

/** Two resources alike. */
async function two(t: TestContext, latency: typeof SLOW | undefined = undefined, clock = new FakeClock()) {
  const alike = { deployments: DEPLOYMENTS, latency: latency ?? { firstTokenMs: 0, perTokenMs: 0 } };
  const resources = ['openai1', 'openai2'].map((name) => ({ name, ...alike }));
  const simulator = await startSimulator({ port: 0, clock, resources });
  t.after(() => simulator.close());
  return { clock, one: clientOf(simulator, 0), other: clientOf(simulator, 1) };
}

function clientOf({ resources }: Simulator, n: number): OpenAI {
  return new OpenAI({ baseURL: `${resources[n]?.url}/openai/v1/`, apiKey: resources[n]?.key ?? '', maxRetries: 0 });
}

test('what one resource keeps is unknown on the others, each with its own error', async (t) => {
  const { one, other } = await two(t);
  const { id, output } = await one.responses.create({ model: 'chat', input: INPUT });
  await assert.rejects(other.responses.retrieve(id), NOT_FOUND);
  await assert.rejects(other.responses.create({ model: 'chat', input: 'More.', previous_response_id: id }), {
    status: 400,
    code: 'previous_response_not_found',
    param: 'previous_response_id',
    message: `400 Previous response with id '${id}' not found.`,
  });
  const reference = { type: 'item_reference', id: output[0]?.id ?? '' } as const;
  await assert.rejects(other.responses.create({ model: 'chat', input: [reference] }), NOT_FOUND);
  const conversation = await one.conversations.create({});
  await assert.rejects(other.conversations.retrieve(conversation.id), NOT_FOUND);
  const within = other.responses.create({ model: 'chat', input: INPUT, conversation: conversation.id });
  await assert.rejects(within, NOT_FOUND);
});

test('sealed thoughts are read by no other resource, and not where they were changed', async (t) => {
  const { one, other } = await two(t);
  const include: OpenAI.Responses.ResponseIncludable[] = ['reasoning.encrypted_content'];
  const asked = { model: 'thinker', store: false, include };
  const { output } = await one.responses.create({ ...asked, input: INPUT });
  const [thoughts] = output;
  assert.ok(thoughts?.type === 'reasoning');
  const sealed = thoughts.encrypted_content ?? '';
  const refusal = {
    status: 400,
    code: 'invalid_encrypted_content',
    message: `400 The encrypted content gAAA...${sealed.slice(-4)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
  };
  await assert.rejects(other.responses.create({ ...asked, input: [thoughts] }), refusal);
  const middle = sealed.length >> 1;
  const changed = `${sealed.slice(0, middle)}${sealed[middle] === 'A' ? 'B' : 'A'}${sealed.slice(middle + 1)}`;
  const input = [{ ...thoughts, encrypted_content: changed }];
  await assert.rejects(one.responses.create({ ...asked, input }), refusal);
});

test('an answer in the background is queued, made, and ready in its time', async (t) => {
  const { clock, one } = await two(t, SLOW);
  const queued = await one.responses.create({ model: 'chat', input: INPUT, background: true });
  assert.deepEqual([queued.status, queued.output, queued.background], ['queued', [], true]);
  clock.advance(700);
  assert.equal((await one.responses.retrieve(queued.id)).status, 'in_progress');
  await assert.rejects(one.responses.delete(queued.id), { status: 400 });
  clock.advance(60_000);
  const ready = await one.responses.retrieve(queued.id);
  assert.equal(ready.status, 'completed');
  assert.ok(ready.output_text.split(' ').length >= 30);
  assert.equal(ready.created_at, queued.created_at);
  await assert.rejects(one.responses.cancel(queued.id), { message: '400 Cannot cancel a completed response.' });
  const next = await one.responses.create({
    model: 'chat',
    input: 'More.',
    previous_response_id: ready.id,
    background: true,
  });
  assert.equal(next.previous_response_id, ready.id);
});

test('an answer in the background that nobody wants any more is cancelled, once and for all', async (t) => {
  const { clock, one } = await two(t, SLOW);
  const { id } = await one.responses.create({ model: 'chat', input: INPUT, background: true });
  clock.advance(1500);
  const cancelled = await one.responses.cancel(id);
  assert.deepEqual([cancelled.status, cancelled.output], ['cancelled', []]);
  clock.advance(60_000);
  assert.equal((await one.responses.retrieve(id)).status, 'cancelled');
  assert.equal((await one.responses.cancel(id)).status, 'cancelled');
  await one.responses.delete(id);
  await assert.rejects(one.responses.cancel(id), NOT_FOUND);
  const unkept = one.responses.create({ model: 'chat', input: INPUT, background: true, store: false });
  await assert.rejects(unkept, { status: 400, param: 'background', code: 'unsupported_parameter' });
});

test('whoever lost the stream of an answer in the background goes on where it was', async (t) => {
  const { one } = await two(t);
  const numbers: number[] = [];
  let id = '';
  const stream = await one.responses.create({ model: 'chat', input: INPUT, background: true, stream: true });
  for await (const event of stream) {
    numbers.push(event.sequence_number);
    if (event.type === 'response.created') id = event.response.id;
    if (numbers.length === 1) assert.equal(event.type, 'response.created');
    if (numbers.length === 2) assert.equal(event.type, 'response.queued');
  }
  assert.deepEqual(numbers, [...numbers.keys()]);
  const again: OpenAI.Responses.ResponseStreamEvent[] = [];
  for await (const event of await one.responses.retrieve(id, { stream: true, starting_after: 4 })) again.push(event);
  assert.deepEqual(
    again.map((event) => event.sequence_number),
    numbers.slice(5),
  );
  const last = again.at(-1);
  assert.ok(last?.type === 'response.completed');
  assert.equal(last.response.id, id);
  const foreground = await one.responses.create({ model: 'chat', input: INPUT });
  await assert.rejects(one.responses.retrieve(foreground.id, { stream: true }), { status: 400, param: 'stream' });
});

test('a conversation grows with each response, and is the beginning of the next prompt', async (t) => {
  const { one } = await two(t);
  const greeting = { role: 'user', content: 'The valley has three dams.' } as const;
  const { id, metadata } = await one.conversations.create({ items: [greeting], metadata: { team: 'water' } });
  assert.deepEqual(metadata, { team: 'water' });
  const first = await one.responses.create({ model: 'chat', input: INPUT, conversation: id });
  assert.deepEqual(first.conversation, { id });
  const second = await one.responses.create({ model: 'chat', input: 'Shorter.', conversation: { id } });
  assert.ok(inputTokens(second) > inputTokens(first) + 30);
  const kept: OpenAI.Conversations.ConversationItem[] = [];
  for await (const item of one.conversations.items.list(id, { limit: 2, order: 'asc' })) kept.push(item);
  assert.deepEqual(
    kept.map((item) => (item.type === 'message' ? item.role : item.type)),
    ['user', 'user', 'assistant', 'user', 'assistant'],
  );
  const [item] = kept;
  assert.equal((await one.conversations.items.retrieve(item?.id ?? '', { conversation_id: id })).type, 'message');
  const both = { model: 'chat', input: INPUT, conversation: id, previous_response_id: second.id };
  await assert.rejects(one.responses.create(both), { status: 400, code: 'mutually_exclusive_parameters' });
});

test('a conversation is changed, emptied and deleted', async (t) => {
  const { conversations } = (await two(t)).one;
  const { id } = await conversations.create();
  const added = await conversations.items.create(id, { items: [{ role: 'user', content: 'One.' }] });
  const itemId = added.data[0]?.id ?? '';
  assert.match(itemId, /^msg_/);
  assert.deepEqual((await conversations.update(id, { metadata: { a: 'b' } })).metadata, { a: 'b' });
  assert.equal((await conversations.items.delete(itemId, { conversation_id: id })).id, id);
  await assert.rejects(conversations.items.retrieve(itemId, { conversation_id: id }), NOT_FOUND);
  const many = Array.from({ length: 21 }, () => ({ role: 'user', content: 'One.' }) as const);
  await assert.rejects(conversations.items.create(id, { items: many }), { status: 400, param: 'items' });
  assert.deepEqual(await conversations.delete(id), { id, object: 'conversation.deleted', deleted: true });
  await assert.rejects(conversations.retrieve(id), NOT_FOUND);
});

test('input is counted as the answer will count it, and a conversation is made short', async (t) => {
  const { responses } = (await two(t)).one;
  const asked = { model: 'chat', input: INPUT } as const;
  const first = await responses.create(asked);
  assert.equal((await responses.inputTokens.count(asked)).input_tokens, inputTokens(first));
  const short = await responses.compact({ model: 'chat', previous_response_id: first.id });
  assert.equal(short.object, 'response.compaction');
  assert.deepEqual(
    short.output.map((item) => item.type),
    ['message', 'compaction'],
  );
  const next = await responses.create({
    ...asked,
    input: [...sentBack(short.output), { role: 'user', content: 'More.' }],
  });
  assert.ok(inputTokens(next) > inputTokens(first));
});

test('a chat completion that was to be stored is listed, read, changed and deleted', async (t) => {
  const { completions } = (await two(t)).one.chat;
  const messages = [{ role: 'user', content: INPUT }] as const;
  const created = await completions.create({
    model: 'chat',
    messages: [...messages],
    store: true,
    metadata: { a: 'b' },
  });
  await completions.create({ model: 'chat', messages: [...messages] });
  const stored = await completions.retrieve(created.id);
  assert.deepEqual(stored.choices, created.choices);
  assert.deepEqual(Reflect.get(await completions.update(created.id, { metadata: { c: 'd' } }), 'metadata'), { c: 'd' });
  assert.deepEqual(
    (await completions.list()).data.map(({ id }) => id),
    [created.id],
  );
  const [message] = (await completions.messages.list(created.id)).data;
  assert.equal(message?.content, INPUT);
  await completions.delete(created.id);
  await assert.rejects(completions.retrieve(created.id), NOT_FOUND);
});

test('a file search cites what a vector store of this resource holds, and knows no other store', async (t) => {
  const { clock, one, other } = await two(t);
  const text = 'The northern spillway is closed from May to July, when the salmon pass.';
  const file = await one.files.create({ purpose: 'assistants', file: new File([text], 'spillways.md') });
  const store = await one.vectorStores.create({ file_ids: [file.id] });
  clock.advance(60_000);
  const tools: OpenAI.Responses.FileSearchTool[] = [{ type: 'file_search', vector_store_ids: [store.id] }];
  const asked = { model: 'chat', input: 'When is the northern spillway closed?', tools };
  const include: OpenAI.Responses.ResponseIncludable[] = ['file_search_call.results'];
  const response = await one.responses.create({ ...asked, include });
  const [search, message] = response.output;
  assert.ok(search?.type === 'file_search_call' && message?.type === 'message');
  assert.equal(search.results?.[0]?.filename, 'spillways.md');
  const [part] = message.content;
  assert.match(response.output_text, /May to July/);
  assert.deepEqual(part?.type === 'output_text' ? part.annotations.map(({ type }) => type) : [], ['file_citation']);
  const streamed = await one.responses.stream(asked).finalResponse();
  assert.equal(streamed.output_text, response.output_text);
  await assert.rejects(other.responses.create(asked), NOT_FOUND);
  const content: OpenAI.Responses.ResponseInputFile[] = [{ type: 'input_file', file_id: file.id }];
  const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content }];
  assert.equal((await one.responses.create({ model: 'chat', input })).status, 'completed');
  await assert.rejects(other.responses.create({ model: 'chat', input }), NOT_FOUND);
});
