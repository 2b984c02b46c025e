/** The official `openai` package through the gateway: files, uploads, vector stores, batches, assistants, containers on three owners. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { CALLER_KEYS, CLIENTS, type Front, front, idsOf } from './gateways.ts';

const EVERY_BYTE = Uint8Array.from({ length: 1024 }, (_, i) => (i * 7) % 256);
/** Chance sends so many to each of three owners. */
const MANY = 12;

/** @param clients take turns. */
async function filesOf(clients: readonly OpenAI[], count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const file = await toFile(EVERY_BYTE, `bytes-${i}.bin`);
    const client = clients[i % clients.length] ?? assert.fail('no client');
    ids.push((await client.files.create({ file, purpose: 'assistants' })).id);
  }
  return ids;
}

function assertSpread(of: Awaited<ReturnType<typeof front>>, path: RegExp): void {
  const seen = of.fleet.seen(path);
  assert.ok(
    Object.values(seen).every((count) => count > 0),
    `not every resource had some: ${JSON.stringify(seen)}`,
  );
}

for (const [name, make] of CLIENTS) {
  test(`${name}: files on three owners are listed page by page, each once, read byte for byte, and deleted`, async (t) => {
    const of = await front(t);
    const client = make(of);
    const made = await filesOf(
      CALLER_KEYS.map((key) => make(of, key)),
      MANY,
    );
    assertSpread(of, /files$/);
    assert.deepEqual((await idsOf(client.files.list())).sort(), made.toSorted());
    assert.deepEqual((await idsOf(client.files.list({ limit: 5 }))).sort(), made.toSorted(), 'in pages of five');
    assert.deepEqual((await idsOf(client.files.list({ limit: 1 }))).sort(), made.toSorted(), 'one by one');
    for (const id of made) {
      assert.equal((await client.files.retrieve(id)).id, id);
      const content = await client.files.content(id);
      assert.deepEqual(new Uint8Array(await content.arrayBuffer()), EVERY_BYTE);
      assert.deepEqual(await client.files.delete(id), { id, object: 'file', deleted: true });
      await assert.rejects(client.files.retrieve(id), NotFoundError);
    }
    assert.deepEqual(await idsOf(client.files.list()), []);
  });

  test(`${name}: an upload is put together where it was begun`, async (t) => {
    const client = make(await front(t));
    for (let i = 0; i < 4; i++) {
      const asked = { bytes: 1024, filename: 'u.bin', mime_type: 'text/plain', purpose: 'assistants' } as const;
      const upload = await client.uploads.create(asked);
      const second = await client.uploads.parts.create(upload.id, {
        data: await toFile(EVERY_BYTE.subarray(500), 'p'),
      });
      const first = await client.uploads.parts.create(upload.id, {
        data: await toFile(EVERY_BYTE.subarray(0, 500), 'p'),
      });
      const done = await client.uploads.complete(upload.id, { part_ids: [first.id, second.id] });
      const content = await client.files.content(done.file?.id ?? '');
      assert.deepEqual(new Uint8Array(await content.arrayBuffer()), EVERY_BYTE);
    }
  });

  test(`${name}: a batch goes from its file to its results on the resource that has the file`, async (t) => {
    const clock = new FakeClock();
    const of = await front(t, { clock });
    const client = make(of);
    const line = (i: number) => ({
      custom_id: `task-${i}`,
      method: 'POST',
      url: '/chat/completions',
      body: { model: 'chat', messages: [{ role: 'user', content: `What is ${i}?` }], max_tokens: 9 },
    });
    const text = [0, 1, 2].map((i) => JSON.stringify(line(i))).join('\n');
    const batches: OpenAI.Batch[] = [];
    for (let i = 0; i < 6; i++) {
      const own = make(of, CALLER_KEYS[i % CALLER_KEYS.length]);
      const file = await own.files.create({ file: await toFile(Buffer.from(text), 'in.jsonl'), purpose: 'batch' });
      const asked = { endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
      batches.push(await own.batches.create({ ...asked, input_file_id: file.id }));
    }
    assertSpread(of, /batches$/);
    clock.advance(60_000);
    assert.deepEqual((await idsOf(client.batches.list({ limit: 2 }))).sort(), batches.map(({ id }) => id).sort());
    for (const { id, input_file_id } of batches) {
      const done = await client.batches.retrieve(id);
      assert.deepEqual([done.status, done.input_file_id], ['completed', input_file_id]);
      const results = await (await client.files.content(done.output_file_id ?? '')).text();
      assert.deepEqual(
        results.match(/"custom_id":"task-\d"/g)?.sort(),
        [0, 1, 2].map((i) => `"custom_id":"task-${i}"`),
      );
    }
  });

  test(`${name}: a run answers the thread of its assistant`, async (t) => {
    const clock = new FakeClock();
    const { assistants, threads } = make(await front(t, { clock })).beta;
    for (let i = 0; i < 5; i++) {
      const assistant = await assistants.create({ model: 'chat', name: `n${i}` });
      const messages = [{ role: 'user' as const, content: 'Say something in 9 words.' }];
      const run = await threads.createAndRun({ assistant_id: assistant.id, thread: { messages } });
      clock.advance(20_000);
      const inThread = { thread_id: run.thread_id };
      const done = await threads.runs.retrieve(run.id, inThread);
      assert.deepEqual([done.status, done.assistant_id], ['completed', assistant.id]);
      const [answer] = (await threads.messages.list(run.thread_id)).data;
      assert.deepEqual([answer?.role, answer?.run_id], ['assistant', run.id]);
      const [step] = (await threads.runs.steps.list(run.id, inThread)).data;
      assert.equal(step?.run_id, run.id);
      await threads.delete(run.thread_id);
    }
    assert.equal((await idsOf(assistants.list({ limit: 2 }))).length, 5);
  });
}

const PASSAGES: readonly string[] = [
  'A bee colony keeps its winter cluster warm by shivering.',
  'A ship is steered by its rudder, and the helmsman reads the compass.',
];

test('openai: a vector store is built of files, searched, and used by a response', async (t) => {
  const clock = new FakeClock();
  const client = (await front(t, { clock })).v1();
  const found = await storeOf(client, clock);
  const page = await client.vectorStores.search(found.store, { query: 'How is a ship steered?' });
  assert.equal(page.data[0]?.file_id, found.files[1], 'the id that the client knows');
  const answer = await client.responses.create({
    model: 'chat',
    input: 'How is a ship steered?',
    tools: [{ type: 'file_search', vector_store_ids: [found.store] }],
  });
  assert.equal(answer.status, 'completed');
  assert.deepEqual(
    (await idsOf(client.vectorStores.files.list(found.store, { limit: 1 }))).sort(),
    found.files.toSorted(),
  );
});

/** Files of one store are kept together: those that chance put elsewhere are uploaded again. */
async function storeOf(client: OpenAI, clock: FakeClock): Promise<{ store: string; files: readonly string[] }> {
  const made = await client.vectorStores.create({ name: 'handbook' });
  const files: string[] = [];
  for (const [i, text] of PASSAGES.entries()) files.push(await placed(client, made.id, text, `passage-${i}.txt`));
  clock.advance(5_000);
  assert.equal((await client.vectorStores.retrieve(made.id)).file_counts.completed, PASSAGES.length);
  return { store: made.id, files };
}

async function placed(client: OpenAI, store: string, text: string, name: string): Promise<string> {
  for (let tries = 0; tries < 30; tries++) {
    const { id } = await client.files.create({ file: await toFile(Buffer.from(text), name), purpose: 'assistants' });
    try {
      await client.vectorStores.files.create(store, { file_id: id });
      return id;
    } catch (error) {
      assert.ok(error instanceof OpenAI.BadRequestError && error.code === 'StateOnTwoResources', String(error));
    }
  }
  return assert.fail('never on the resource of the store');
}

test('openai: containers keep files, evals their runs, fine-tunings their events', async (t) => {
  const clock = new FakeClock();
  const of = await front(t, { clock });
  for (let i = 0; i < 4; i++) await oneOfEach(of, clock);
});

async function oneOfEach(of: Front, clock: FakeClock): Promise<void> {
  const client = of.v1();
  const container = await client.containers.create({ name: 'box' });
  const file = await client.containers.files.create(container.id, { file: await toFile(EVERY_BYTE, 'sent.bin') });
  const content = await client.containers.files.content.retrieve(file.id, { container_id: container.id });
  assert.deepEqual(new Uint8Array(await content.arrayBuffer()), EVERY_BYTE);
  const training = await client.files.create({
    file: await toFile(Buffer.from('{"messages":[]}\n'), 't.jsonl'),
    purpose: 'fine-tune',
  });
  const job = await client.fineTuning.jobs.create({ model: 'gpt-4o-mini', training_file: training.id });
  clock.advance(60_000);
  assert.equal((await client.fineTuning.jobs.retrieve(job.id)).training_file, training.id);
  const events = await idsOf(client.fineTuning.jobs.listEvents(job.id, { limit: 2 }));
  assert.equal(new Set(events).size, events.length);
  const made = await client.evals.create({
    name: 'quality',
    data_source_config: { type: 'custom', item_schema: {} },
    testing_criteria: [{ type: 'string_check', name: 'same', input: 'a', reference: 'a', operation: 'eq' }],
  });
  const run = await client.evals.runs.create(made.id, {
    data_source: { type: 'jsonl', source: { type: 'file_content', content: [{ item: {} }] } },
  });
  assert.equal((await client.evals.runs.retrieve(run.id, { eval_id: made.id })).eval_id, made.id);
}

test('openai: a list is whole or refused: never without the files of a resource that cannot be asked', async (t) => {
  const of = await front(t);
  const client = of.v1();
  await filesOf([client], MANY);
  await of.fleet.admin('/admin/resources/openai2/stop');
  await assert.rejects(idsOf(client.files.list()), { status: 503 });
  assert.ok((await idsOf(client.models.list())).length > 0, 'models are what the others have');
});
