/** The official `openai` package as a judge of the simulator: assistants, evals, containers, fine-tuning, videos; time held by hand. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { startSimulator } from '@spillway/simulator';
import OpenAI, { AzureOpenAI, NotFoundError, toFile } from 'openai';

interface Bench {
  readonly azure: OpenAI;
  readonly v1: OpenAI;
  readonly clock: FakeClock;
}

const DEPLOYMENTS = [
  { name: 'chat', model: 'gpt-4o', capacity: 1000 },
  { name: 'tiny', model: 'gpt-4o', capacity: 1, requestsPerMinute: 1 },
];

async function bench(t: TestContext): Promise<Bench> {
  const clock = new FakeClock();
  const latency = { firstTokenMs: 200, perTokenMs: 10 };
  const resources = [{ name: 'openai1', latency, deployments: DEPLOYMENTS }];
  const simulator = await startSimulator({ port: 0, clock, resources });
  t.after(() => simulator.close());
  const { url: endpoint = '', key: apiKey = '' } = simulator.resources[0] ?? {};
  const azure = new AzureOpenAI({ apiKey, endpoint, apiVersion: '2025-03-01-preview', maxRetries: 0 });
  return { clock, azure, v1: new OpenAI({ apiKey, baseURL: `${endpoint}/openai/v1/`, maxRetries: 0 }) };
}

async function idsOf(items: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of items) ids.push(id);
  return ids;
}

for (const name of ['azure', 'v1'] as const) {
  test(`assistants (${name}): a run answers the thread, when its time has come`, async (t) => {
    const world = await bench(t);
    const { assistants, threads } = world[name].beta;
    const assistant = await assistants.create({ model: 'chat', name: 'Ann', instructions: 'Be brief.' });
    assert.match(assistant.id, /^asst_\w{24}$/);
    assert.equal((await assistants.update(assistant.id, { name: 'Bob' })).name, 'Bob');
    const thread = await threads.create({ messages: [{ role: 'user', content: 'Say something in 20 words.' }] });
    const run = await threads.runs.create(thread.id, { assistant_id: assistant.id });
    assert.deepEqual([run.status, run.model, run.instructions], ['in_progress', 'chat', 'Be brief.']);
    assert.equal((await idsOf(threads.messages.list(thread.id))).length, 1);
    world.clock.advance(10_000);
    const inThread = { thread_id: thread.id };
    const done = await threads.runs.retrieve(run.id, inThread);
    assert.equal(done.status, 'completed');
    assert.ok((done.usage?.completion_tokens ?? 0) >= 20);
    const [answer] = (await threads.messages.list(thread.id)).data;
    assert.deepEqual([answer?.role, answer?.run_id], ['assistant', run.id]);
    const [content] = answer?.content ?? [];
    assert.ok(content?.type === 'text' && content.text.value.length > 20);
    const [step] = (await threads.runs.steps.list(run.id, inThread)).data;
    assert.equal(
      (await threads.runs.steps.retrieve(step?.id ?? '', { ...inThread, run_id: run.id })).type,
      'message_creation',
    );
    assert.deepEqual(await threads.delete(thread.id), { id: thread.id, object: 'thread.deleted', deleted: true });
    await assert.rejects(threads.messages.list(thread.id), /No thread found with id/);
    await assert.rejects(assistants.retrieve('asst_none'), NotFoundError);
  });
}

test('assistants: a run is refused by the quota as a request is, cancelled while it runs, and streamed', async (t) => {
  const { v1, clock } = await bench(t);
  const { assistants, threads } = v1.beta;
  const tiny = await assistants.create({ model: 'tiny' });
  const messages = [{ role: 'user', content: 'Hello' }] as const;
  const one = () => threads.createAndRun({ assistant_id: tiny.id, thread: { messages: [...messages] } });
  const first = await one();
  const second = await one();
  assert.equal(second.last_error?.code, 'rate_limit_exceeded');
  const cancelled = await threads.runs.cancel(first.id, { thread_id: first.thread_id });
  assert.equal(cancelled.status, 'cancelled');
  clock.advance(60_000);
  assert.equal((await threads.messages.list(first.thread_id)).data.length, 1, 'its answer never comes');
  const assistant = await assistants.create({ model: 'chat' });
  const thread = await threads.create({ messages: [...messages] });
  const stream = threads.runs.stream(thread.id, { assistant_id: assistant.id });
  const moving = setImmediate(function again() {
    clock.advance(100);
    timer = setImmediate(again);
  });
  let timer = moving;
  const [message] = await stream.finalMessages();
  clearImmediate(timer);
  const [content] = message?.content ?? [];
  assert.ok(content?.type === 'text' && content.text.value.length > 5);
  assert.equal((await stream.finalRun()).status, 'completed');
});

test('families: lists go on page by page, in both directions', async (t) => {
  const { v1 } = await bench(t);
  const made: string[] = [];
  for (let i = 0; i < 7; i++) made.push((await v1.beta.assistants.create({ model: 'chat', name: `n${i}` })).id);
  assert.deepEqual(await idsOf(v1.beta.assistants.list({ limit: 3 })), made.toReversed());
  assert.deepEqual(await idsOf(v1.beta.assistants.list({ limit: 3, order: 'asc' })), made);
  const before = await v1.beta.assistants.list({ order: 'asc', before: made[3] ?? '', limit: 2 });
  assert.deepEqual([before.data.map(({ id }) => id), before.has_more], [made.slice(1, 3), true]);
  for await (const { id } of v1.beta.assistants.list({ limit: 2 })) await v1.beta.assistants.delete(id);
  assert.deepEqual(await idsOf(v1.beta.assistants.list()), [], 'all of them were listed while they went');
  await assert.rejects(v1.beta.assistants.list({ limit: 0 }), /Expected a value >= 1/);
});

test('containers: keep files, also such as the resource has already', async (t) => {
  const { v1, clock } = await bench(t);
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
  const own = await v1.files.create({ file: await toFile(bytes, 'own.bin'), purpose: 'assistants' });
  const container = await v1.containers.create({ name: 'box', file_ids: [own.id] });
  assert.deepEqual([container.status, container.name], ['running', 'box']);
  const file = await v1.containers.files.create(container.id, { file: await toFile(bytes, 'sent.bin') });
  assert.deepEqual([file.path, file.bytes, file.container_id], ['/mnt/data/sent.bin', 300, container.id]);
  assert.equal((await idsOf(v1.containers.files.list(container.id))).length, 2);
  const content = await v1.containers.files.content.retrieve(file.id, { container_id: container.id });
  assert.deepEqual(new Uint8Array(await content.arrayBuffer()), bytes);
  await v1.containers.files.delete(file.id, { container_id: container.id });
  assert.equal((await idsOf(v1.containers.files.list(container.id))).length, 1);
  await assert.rejects(v1.containers.files.create(container.id, { file_id: 'file-none' }), /No such File object/);
  clock.advance(21 * 60_000);
  assert.equal((await v1.containers.retrieve(container.id)).status, 'expired');
  await v1.containers.delete(container.id);
  await assert.rejects(v1.containers.retrieve(container.id), NotFoundError);
});

test('fine-tuning: a job moves through its states, waits while it is paused, and tells of it', async (t) => {
  const { v1, clock } = await bench(t);
  const { jobs } = v1.fineTuning;
  await assert.rejects(jobs.create({ model: 'gpt-4o-mini', training_file: 'file-none' }), /invalid training_file/);
  const file = await v1.files.create({
    file: await toFile(Buffer.from('{"messages":[]}\n'), 't.jsonl'),
    purpose: 'fine-tune',
  });
  const job = await jobs.create({ model: 'gpt-4o-mini', training_file: file.id, suffix: 'mine' });
  assert.deepEqual([job.status, job.fine_tuned_model], ['validating_files', null]);
  clock.advance(3000);
  assert.equal((await jobs.pause(job.id)).status, 'paused');
  clock.advance(3_600_000);
  assert.equal((await jobs.resume(job.id)).status, 'running');
  assert.equal((await jobs.checkpoints.list(job.id)).data.length, 0);
  clock.advance(20_000);
  const done = await jobs.retrieve(job.id);
  assert.deepEqual([done.status, done.trained_tokens], ['succeeded', 12]);
  assert.match(done.fine_tuned_model ?? '', /^gpt-4o-mini\.ft-[\da-f]{32}-mine$/);
  assert.equal((await jobs.checkpoints.list(job.id)).data.length, 3);
  const events = await idsOf(jobs.listEvents(job.id, { limit: 2 }));
  assert.equal(new Set(events).size, 7);
  await assert.rejects(jobs.cancel(job.id), /succeeded/);
  const other = await jobs.create({ model: 'gpt-4o-mini', training_file: file.id });
  assert.equal((await jobs.cancel(other.id)).status, 'cancelled');
});

test('evals: and their runs are kept, and end by themselves', async (t) => {
  const { v1, clock } = await bench(t);
  const made = await v1.evals.create({
    name: 'quality',
    data_source_config: { type: 'custom', item_schema: {} },
    testing_criteria: [{ type: 'string_check', name: 'same', input: 'a', reference: 'a', operation: 'eq' }],
  });
  const source: OpenAI.Evals.CreateEvalJSONLRunDataSource = {
    type: 'jsonl',
    source: { type: 'file_content', content: [{ item: {} }] },
  };
  const run = await v1.evals.runs.create(made.id, { name: 'first', data_source: source });
  assert.deepEqual([run.status, run.eval_id], ['queued', made.id]);
  clock.advance(5000);
  assert.equal((await v1.evals.runs.retrieve(run.id, { eval_id: made.id })).status, 'completed');
  const second = await v1.evals.runs.create(made.id, { data_source: source });
  assert.equal((await v1.evals.runs.cancel(second.id, { eval_id: made.id })).status, 'canceled');
  assert.deepEqual(await idsOf(v1.evals.runs.list(made.id)), [run.id, second.id]);
  assert.equal((await v1.evals.delete(made.id)).eval_id, made.id);
  await assert.rejects(v1.evals.runs.retrieve(run.id, { eval_id: made.id }), NotFoundError);
});

test('videos: a job is over in time and has a film', async (t) => {
  const { v1, clock } = await bench(t);
  await assert.rejects(v1.videos.create({ model: 'sora-2', prompt: 'A cat' }), /API deployment/);
  const video = await v1.videos.create({ model: 'chat', prompt: 'A cat' });
  assert.deepEqual([video.status, video.progress], ['queued', 0]);
  await assert.rejects(v1.videos.downloadContent(video.id), /not ready/);
  clock.advance(10_000);
  assert.deepEqual(
    [(await v1.videos.retrieve(video.id)).status, (await v1.videos.list()).data.length],
    ['completed', 1],
  );
  const film = new Uint8Array(await (await v1.videos.downloadContent(video.id)).arrayBuffer());
  assert.equal(String.fromCharCode(...film.subarray(4, 8)), 'ftyp');
  const { id } = await v1.post<{ id: string }>('/video/generations/jobs', { body: { model: 'chat', prompt: 'A dog' } });
  clock.advance(10_000);
  const job = await v1.get<{ status: string; generations: { id: string }[] }>(`/video/generations/jobs/${id}`);
  assert.equal(job.status, 'succeeded');
  const path = `/video/generations/${job.generations[0]?.id}/content/video`;
  assert.equal((await v1.get(path, { __binaryResponse: true }).asResponse()).status, 200);
});
