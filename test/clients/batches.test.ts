/** The official `openai` package as a judge of the simulator: batches, on a clock held by hand. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type StartOptions, startSimulator } from '@spillway/simulator';
import OpenAI, { AzureOpenAI, toFile } from 'openai';

/** 1,000 tokens and, in slices of ten seconds, one request at a time: ten lines have to wait. */
const SMALL = { name: 'chat', model: 'gpt-4o', capacity: 1 };
const EMBEDDING = { name: 'embedding', model: 'text-embedding-3-small', capacity: 1000 };

interface Bench {
  readonly clock: FakeClock;
  readonly azure: OpenAI;
  readonly v1: OpenAI;
  close(): Promise<void>;
}

async function bench(t: TestContext, options: Partial<StartOptions> = {}, clock = new FakeClock()): Promise<Bench> {
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const resources = [
    { name: 'openai1', latency, deployments: [SMALL, { ...SMALL, name: 'slow', capacity: 1000 }, EMBEDDING] },
  ];
  const simulator = await startSimulator({ port: 0, clock, resources, ...options });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= simulator.close();
    return closing;
  };
  t.after(close);
  const { url: endpoint = '', key: apiKey = '' } = simulator.resources[0] ?? {};
  const common = { apiKey, maxRetries: 0 };
  return {
    clock,
    azure: new AzureOpenAI({ ...common, endpoint, apiVersion: '2024-10-21' }),
    v1: new OpenAI({ ...common, baseURL: `${endpoint}/openai/v1/` }),
    close,
  };
}

interface LineSettings {
  readonly model?: string;
  readonly body?: object;
  readonly url?: string;
}

function line(i: number, { model = 'chat', body = {}, url = '/chat/completions' }: LineSettings = {}): object {
  const messages = [{ role: 'user', content: `What is ${i}?` }];
  return { custom_id: `task-${i}`, method: 'POST', url, body: { model, messages, max_tokens: 20, ...body } };
}

async function inputOf(client: OpenAI, lines: readonly unknown[]): Promise<string> {
  const text = lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
  const file = await client.files.create({ file: await toFile(Buffer.from(text), 'in.jsonl'), purpose: 'batch' });
  return file.id;
}

async function create(client: OpenAI, lines: readonly unknown[]): Promise<OpenAI.Batch> {
  const input_file_id = await inputOf(client, lines);
  return client.batches.create({
    input_file_id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { team: 'blue' },
  });
}

async function linesOf(client: OpenAI, fileId: string | undefined) {
  const text = await (await client.files.content(fileId ?? '')).text();
  return text
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => JSON.parse(each));
}

/** Steps of a second until a batch is over. @returns those taken. */
async function secondsUntilOver(world: Bench, id: string, secondsMax: number): Promise<number> {
  for (let seconds = 0; seconds < secondsMax; seconds++) {
    const { status } = await world.v1.batches.retrieve(id);
    if (['completed', 'failed', 'cancelled'].includes(status)) return seconds;
    world.clock.advance(1000);
  }
  throw new Error('the batch was never over');
}

for (const name of ['azure', 'v1'] as const) {
  test(`batches (${name}): ten lines against a small quota wait, are tried again and complete`, async (t) => {
    const world = await bench(t);
    const client = world[name];
    const batch = await create(
      client,
      Array.from({ length: 10 }, (_, i) => line(i)),
    );
    assert.match(batch.id, /^batch_[\da-f-]{36}$/);
    assert.deepEqual([batch.status, batch.metadata], ['validating', { team: 'blue' }]);
    world.clock.advance(1500);
    const running = await client.batches.retrieve(batch.id);
    assert.equal(running.status, 'in_progress');
    assert.equal(running.request_counts?.total, 10);
    assert.ok((running.request_counts?.completed ?? 10) < 10, 'the quota holds it up');
    const seconds = await secondsUntilOver(world, batch.id, 600);
    assert.ok(seconds > 30, `it waited, but only ${seconds} s`);
    const done = await client.batches.retrieve(batch.id);
    assert.deepEqual([done.status, done.request_counts], ['completed', { total: 10, completed: 10, failed: 0 }]);
    assert.ok((done.completed_at ?? 0) >= (done.finalizing_at ?? Number.POSITIVE_INFINITY));
    const results = await linesOf(client, done.output_file_id);
    assert.deepEqual(
      results.map(({ custom_id }) => custom_id).sort(),
      Array.from({ length: 10 }, (_, i) => `task-${i}`),
    );
    for (const { response, error } of results) {
      assert.deepEqual([response.status_code, error, response.body.object], [200, null, 'chat.completion']);
      assert.match(response.request_id, /^[\da-f-]{36}$/);
    }
    assert.deepEqual(await linesOf(client, done.error_file_id), [], 'Azure makes an empty file of errors');
  });
}

test('batches: a line that fails goes to the file of errors, the rest to the output', async (t) => {
  const world = await bench(t);
  const lines = [line(0, { model: 'slow' }), line(1, { model: 'slow', body: { messages: 'no list' } })];
  const { id } = await create(world.v1, [...lines, line(2, { model: 'slow', body: { stream: true } })]);
  await secondsUntilOver(world, id, 20);
  const done = await world.v1.batches.retrieve(id);
  assert.deepEqual([done.status, done.request_counts], ['completed', { total: 3, completed: 1, failed: 2 }]);
  const failed = await linesOf(world.v1, done.error_file_id);
  assert.deepEqual(
    failed.map(({ custom_id, response }) => [custom_id, response.status_code]),
    [
      ['task-1', 400],
      ['task-2', 400],
    ],
  );
});

const OTHERS: ReadonlyArray<readonly [endpoint: '/v1/embeddings' | '/v1/responses', body: object, object: string]> = [
  ['/v1/embeddings', { model: 'embedding', input: ['one', 'two'] }, 'list'],
  ['/v1/responses', { model: 'slow', input: 'Hello' }, 'response'],
];

test('batches: serve the other endpoints too', async (t) => {
  const world = await bench(t);
  for (const [endpoint, body, object] of OTHERS) {
    const one = { custom_id: 'a', method: 'POST', url: endpoint, body };
    const input_file_id = await inputOf(world.v1, [one, { ...one, custom_id: 'b' }]);
    const { id } = await world.v1.batches.create({ input_file_id, endpoint, completion_window: '24h' });
    await secondsUntilOver(world, id, 60);
    const results = await linesOf(world.v1, (await world.v1.batches.retrieve(id)).output_file_id);
    assert.deepEqual(
      results.map(({ response }) => response.body.object),
      [object, object],
    );
  }
});

test('batches: what an answer takes is what its line takes, a few lines at a time', async (t) => {
  const latency = { firstTokenMs: 10_000, perTokenMs: 0, spread: 0 };
  const resources = [{ name: 'openai1', latency, deployments: [{ ...SMALL, name: 'slow', capacity: 1000 }] }];
  const world = await bench(t, { resources });
  const { id } = await create(
    world.v1,
    Array.from({ length: 9 }, (_, i) => line(i, { model: 'slow' })),
  );
  world.clock.advance(10_900);
  assert.equal((await world.v1.batches.retrieve(id)).request_counts?.completed, 0);
  world.clock.advance(5000);
  assert.equal((await world.v1.batches.retrieve(id)).request_counts?.completed, 8);
  const seconds = await secondsUntilOver(world, id, 60);
  assert.ok(seconds >= 5 && seconds < 30, String(seconds));
});

const BAD: ReadonlyArray<readonly [name: string, lines: readonly unknown[], code: string, line: number | null]> = [
  ['empty', [], 'empty_file', null],
  ['no JSON', [line(0), '{"custom_id":'], 'invalid_json_line', 2],
  ['twice the same id', [line(0), line(0)], 'duplicate_custom_id', 2],
  ['two models', [line(0), line(1, { model: 'slow' })], 'model_mismatch', 2],
  ['an unknown deployment', [line(0, { model: 'nobody' })], 'model_not_found', 1],
  ['another endpoint', [line(0, { url: '/v1/embeddings' })], 'url_mismatch', 1],
];

test('batches: an input that is wrong fails the batch and says in which line', async (t) => {
  const world = await bench(t);
  for (const [name, lines, code, at] of BAD) {
    const { id } = await create(world.v1, lines);
    world.clock.advance(2000);
    const { status, errors } = await world.v1.batches.retrieve(id);
    assert.equal(status, 'failed', name);
    assert.deepEqual([errors?.data?.[0]?.code, errors?.data?.[0]?.line], [code, at], name);
  }
});

test('batches: a cancelled batch stops and keeps what was done', async (t) => {
  const world = await bench(t);
  const { id } = await create(
    world.v1,
    Array.from({ length: 10 }, (_, i) => line(i)),
  );
  world.clock.advance(2000);
  assert.equal((await world.v1.batches.cancel(id)).status, 'cancelling');
  world.clock.advance(2000);
  const done = await world.v1.batches.retrieve(id);
  assert.equal(done.status, 'cancelled');
  const { completed = 0 } = done.request_counts ?? {};
  assert.ok(completed >= 1 && completed < 10);
  assert.equal((await linesOf(world.v1, done.output_file_id)).length, completed);
  world.clock.advance(600_000);
  assert.equal((await world.v1.batches.retrieve(id)).request_counts?.completed, completed);
  await assert.rejects(world.v1.batches.cancel(id), /status 'cancelled'/);
});

test('batches: are listed page by page, the newest first', async (t) => {
  const world = await bench(t);
  const made: string[] = [];
  for (let i = 0; i < 5; i++) made.push((await create(world.v1, [line(0)])).id);
  const listed: string[] = [];
  for await (const { id } of world.azure.batches.list({ limit: 2 })) listed.push(id);
  assert.deepEqual(listed, made.toReversed());
  await assert.rejects(world.v1.batches.list({ limit: 101 }), /Expected a value <= 100/);
  await assert.rejects(world.v1.batches.retrieve('batch_none'), OpenAI.NotFoundError);
});

test('batches: after a restart one goes on with what is left', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'batches-'));
  t.after(() => rm(folder, { recursive: true }));
  const stateFile = join(folder, 'state.sqlite');
  const before = await bench(t, { stateFile });
  const { id } = await create(
    before.v1,
    Array.from({ length: 10 }, (_, i) => line(i)),
  );
  before.clock.advance(15_000);
  const { completed = 0 } = (await before.v1.batches.retrieve(id)).request_counts ?? {};
  assert.ok(completed >= 1 && completed < 10);
  await before.close();
  const after = await bench(t, { stateFile }, new FakeClock(before.clock.nowMs()));
  assert.equal((await after.v1.batches.retrieve(id)).request_counts?.completed, completed);
  await secondsUntilOver(after, id, 600);
  const done = await after.v1.batches.retrieve(id);
  assert.deepEqual([done.status, done.request_counts?.completed], ['completed', 10]);
  const ids = (await linesOf(after.v1, done.output_file_id)).map(({ custom_id }) => custom_id);
  assert.equal(new Set(ids).size, 10, 'no line twice');
});
