/** The official `openai` package as a judge of the simulator: files, uploads, vector stores, and the families of stored objects. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { startSimulator } from '@spillway/simulator';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { CLIENTS, simulated } from './simulated.ts';

/** Every byte there is, so that nothing that reads them as text comes through. */
const EVERY_BYTE = Uint8Array.from({ length: 1024 }, (_, i) => (i * 7) % 256);

async function idsOf(items: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of items) ids.push(id);
  return ids;
}

for (const [name, make] of CLIENTS) {
  test(`${name}: a file comes back byte for byte, is listed, and is gone once deleted`, async (t) => {
    const { files } = make(await simulated(t));
    const file = await files.create({ file: await toFile(EVERY_BYTE, 'bytes-ü.bin'), purpose: 'assistants' });
    assert.match(file.id, /^assistant-\w{24}$/);
    assert.deepEqual([file.bytes, file.filename, file.status], [1024, 'bytes-ü.bin', 'processed']);
    const batch = await files.create({ file: await toFile(EVERY_BYTE, 'b.jsonl'), purpose: 'batch' });
    assert.match(batch.id, /^file-[\da-f]{32}$/);
    const content = await files.content(file.id);
    assert.deepEqual(new Uint8Array(await content.arrayBuffer()), EVERY_BYTE);
    assert.deepEqual(await idsOf(files.list()), [batch.id, file.id]);
    assert.deepEqual(await idsOf(files.list({ purpose: 'batch' })), [batch.id]);
    assert.deepEqual(await idsOf(files.list({ limit: 1, order: 'asc' })), [file.id, batch.id]);
    assert.equal((await files.retrieve(file.id)).filename, 'bytes-ü.bin');
    assert.deepEqual(await files.delete(file.id), { id: file.id, object: 'file', deleted: true });
    for (const gone of [files.retrieve(file.id), files.content(file.id), files.delete(file.id)]) {
      await assert.rejects(gone, (error) => {
        assert.ok(error instanceof NotFoundError);
        assert.match(error.message, new RegExp(`No such File object: ${file.id}`));
        assert.equal(error.type, 'invalid_request_error');
        return true;
      });
    }
  });

  test(`${name}: a file may be told when to expire`, async (t) => {
    const { files } = make(await simulated(t));
    const after = (seconds: number) => ({ anchor: 'created_at', seconds }) as const;
    const asked = { file: await toFile(EVERY_BYTE, 'a.bin'), purpose: 'user_data' } as const;
    const file = await files.create({ ...asked, expires_after: after(1_209_600) });
    assert.equal(file.expires_at, file.created_at + 1_209_600);
    await assert.rejects(files.create({ ...asked, expires_after: after(60) }), /14 to 30 days/);
  });

  test(`${name}: an upload is put together in the order named`, async (t) => {
    const { uploads, files } = make(await simulated(t));
    const upload = await uploads.create({
      bytes: 1024,
      filename: 'u.bin',
      mime_type: 'text/plain',
      purpose: 'assistants',
    });
    assert.equal(upload.status, 'pending');
    const second = await uploads.parts.create(upload.id, { data: await toFile(EVERY_BYTE.subarray(500), 'p') });
    const first = await uploads.parts.create(upload.id, { data: await toFile(EVERY_BYTE.subarray(0, 500), 'p') });
    assert.equal(first.upload_id, upload.id);
    await assert.rejects(uploads.complete(upload.id, { part_ids: [first.id] }), /500 bytes, but 1024 were announced/);
    const done = await uploads.complete(upload.id, { part_ids: [first.id, second.id] });
    assert.equal(done.status, 'completed');
    const content = await files.content(done.file?.id ?? '');
    assert.deepEqual(new Uint8Array(await content.arrayBuffer()), EVERY_BYTE);
    await assert.rejects(uploads.cancel(upload.id), /is completed/);
    const other = await uploads.create({ bytes: 1, filename: 'u.bin', mime_type: 'text/plain', purpose: 'assistants' });
    assert.equal((await uploads.cancel(other.id)).status, 'cancelled');
  });
}

const PASSAGES = {
  'bees.txt': 'A bee colony keeps its winter cluster warm by shivering. Honey is the fuel of that.',
  'ships.txt': 'A ship is steered by its rudder. The helmsman reads the compass and turns the wheel.',
  'bread.md': '# Bread\n\nSourdough rises slowly, since wild yeast works more slowly than yeast from a shop.',
};

/** A simulator whose clock is held by hand, and its client. */
async function held(t: TestContext): Promise<{ readonly client: OpenAI; readonly clock: FakeClock }> {
  const clock = new FakeClock();
  const latency = { firstTokenMs: 200, perTokenMs: 10 };
  const deployments = [{ name: 'chat', model: 'gpt-4o', capacity: 1000 }];
  const simulator = await startSimulator({ port: 0, clock, resources: [{ name: 'openai1', latency, deployments }] });
  t.after(() => simulator.close());
  const { url = '', key: apiKey = '' } = simulator.resources[0] ?? {};
  return { clock, client: new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey, maxRetries: 0 }) };
}

async function passagesIn(client: OpenAI): Promise<string[]> {
  const ids: string[] = [];
  for (const [name, text] of Object.entries(PASSAGES)) {
    const file = await client.files.create({ file: await toFile(Buffer.from(text), name), purpose: 'assistants' });
    ids.push(file.id);
  }
  return ids;
}

test('vector stores: index their files and find the passage that answers', async (t) => {
  const { client, clock } = await held(t);
  const { vectorStores } = client;
  const [bees = '', ships = '', bread = ''] = await passagesIn(client);
  const store = await vectorStores.create({ name: 'handbook', file_ids: [bees, ships], metadata: { team: 'blue' } });
  assert.match(store.id, /^vs_\w{24}$/);
  assert.deepEqual([store.status, store.file_counts.in_progress], ['in_progress', 2]);
  const found = async (body: OpenAI.VectorStores.VectorStoreSearchParams) => {
    const page = await vectorStores.search(store.id, body);
    return page.data.map(({ filename }) => filename);
  };
  assert.deepEqual(await found({ query: 'How is a ship steered?' }), [], 'nothing is ready yet');
  clock.advance(1000);
  const ready = await vectorStores.retrieve(store.id);
  assert.deepEqual([ready.status, ready.file_counts.completed], ['completed', 2]);
  assert.equal(ready.usage_bytes, PASSAGES['bees.txt'].length + PASSAGES['ships.txt'].length);
  const added = await vectorStores.files.create(store.id, {
    file_id: bread,
    attributes: { topic: 'kitchen', year: 2025 },
  });
  assert.equal(added.status, 'in_progress');
  clock.advance(1000);
  const page = await vectorStores.search(store.id, { query: 'How is a ship steered?' });
  const [best] = page.data;
  assert.ok(best !== undefined);
  assert.deepEqual([best.filename, best.file_id, best.content[0]?.text], ['ships.txt', ships, PASSAGES['ships.txt']]);
  assert.ok(best.score > 0.3 && best.score < 1, String(best.score));
  assert.deepEqual(await found({ query: ['yeast', 'compass'] }), ['bread.md', 'ships.txt']);
  const kitchen = { type: 'eq', key: 'topic', value: 'kitchen' } as const;
  assert.deepEqual(await found({ query: ['yeast', 'compass'], filters: kitchen }), ['bread.md']);
  assert.deepEqual(await found({ query: ['yeast', 'compass'], max_num_results: 1 }), ['bread.md']);
  assert.deepEqual(await found({ query: 'yeast', ranking_options: { score_threshold: 0.99 } }), []);
});

test('vector stores: files are listed, changed, read and taken out; unknown ones are refused', async (t) => {
  const { client, clock } = await held(t);
  const { vectorStores } = client;
  const ids = await passagesIn(client);
  const [bees = ''] = ids;
  const store = await vectorStores.create({ expires_after: { anchor: 'last_active_at', days: 1 } });
  const batch = await vectorStores.fileBatches.create(store.id, { file_ids: ids });
  assert.deepEqual([batch.status, batch.file_counts.total], ['in_progress', 3]);
  clock.advance(1000);
  const done = await vectorStores.fileBatches.retrieve(batch.id, { vector_store_id: store.id });
  assert.deepEqual([done.status, done.file_counts.completed], ['completed', 3]);
  assert.deepEqual(await idsOf(vectorStores.files.list(store.id, { limit: 2, order: 'asc' })), ids);
  const listed = vectorStores.fileBatches.listFiles(batch.id, { vector_store_id: store.id, filter: 'completed' });
  assert.equal((await idsOf(listed)).length, 3);
  const inStore = { vector_store_id: store.id };
  const changed = await vectorStores.files.update(bees, { ...inStore, attributes: { topic: 'garden' } });
  assert.deepEqual(changed.attributes, { topic: 'garden' });
  const content = await vectorStores.files.content(bees, inStore);
  assert.equal(content.data[0]?.text, PASSAGES['bees.txt']);
  assert.equal((await vectorStores.files.delete(bees, inStore)).object, 'vector_store.file.deleted');
  await assert.rejects(vectorStores.files.retrieve(bees, inStore), NotFoundError);
  await assert.rejects(
    vectorStores.files.create(store.id, { file_id: 'file-none' }),
    /Files \[file-none\] were not found/,
  );
  await assert.rejects(vectorStores.retrieve('vs_none'), /No vector store found with id 'vs_none'/);
  clock.advance(2 * 24 * 3_600_000);
  assert.equal((await vectorStores.retrieve(store.id)).status, 'expired');
  assert.deepEqual(await vectorStores.delete(store.id), {
    id: store.id,
    object: 'vector_store.deleted',
    deleted: true,
  });
});

test('files: a resource knows nothing of what another one keeps', async (t) => {
  const simulator = await startSimulator({ port: 0, resources: [{ name: 'openai1' }, { name: 'openai2' }] });
  t.after(() => simulator.close());
  const [one, two] = simulator.resources.map(
    ({ url, key }) => new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey: key, maxRetries: 0 }),
  );
  assert.ok(one !== undefined && two !== undefined);
  const file = await one.files.create({ file: await toFile(EVERY_BYTE, 'a.bin'), purpose: 'batch' });
  assert.equal((await one.files.retrieve(file.id)).id, file.id);
  await assert.rejects(two.files.retrieve(file.id), /No such File object/);
  await assert.rejects(
    two.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' }),
    /No such File object/,
  );
});
