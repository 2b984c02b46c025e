import assert from 'node:assert/strict';
import test from 'node:test';
import { INGEST_LIMITS, type IngestLimits } from './limits.ts';
import type { IngestEvent } from './progress.ts';
import { IngestQueue, type JobAsk, type Taken, TURNS_MAX } from './queue.ts';
import type { Source } from './source.ts';
import { HandEmbedder, partsOf, source } from './testing/parts.ts';

const files = (...sources: readonly Source[]): JobAsk => ({ kind: 'files', sources, bytes: 10 });

function queueOf(change: Partial<IngestLimits> = {}) {
  const embedder = new HandEmbedder();
  const parts = { ...partsOf(), embedder, limits: { ...INGEST_LIMITS, ...change } };
  return { queue: new IngestQueue(parts), ...parts };
}

function idOf(taken: Taken): string {
  assert.ok(taken.kind === 'taken', JSON.stringify(taken));
  return taken.id;
}

/** A file that waits until it is let go. */
function held(path: string) {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
  const load = async () => {
    reach();
    await gate;
    return { kind: 'bytes', bytes: Buffer.from('Text.') } as const;
  };
  return { file: source(path, '', { load }), reached, letGo };
}

test('IngestQueue: does jobs one after the other and counts what became of their files', async () => {
  const { queue } = queueOf();
  const first = idOf(queue.add(files(source('a.md', 'Text.'), source('b.exe', 'x'), source('c.md', 'More.'))));
  const second = idOf(queue.add(files(source('a.md', 'Text.')), 'ada'));
  const job = await queue.ended(first);
  assert.deepEqual(job?.progress, {
    files: 3,
    filesDone: 3,
    indexed: 2,
    skipped: 0,
    failed: 1,
    ignored: 0,
    chunks: 2,
    embedded: 2,
  });
  assert.deepEqual(
    job?.failures.map(({ path }) => path),
    ['b.exe'],
  );
  const other = await queue.ended(second);
  assert.deepEqual(
    [other?.state, other?.owner, other?.progress.skipped, other?.last?.kind],
    ['done', 'ada', 1, 'unchanged'],
  );
});

test('IngestQueue: users take turns, and one user does not fill all places', async () => {
  const { queue } = queueOf({ jobsWaitingPerOwnerMax: 3 });
  const blocker = held('first.md');
  queue.add(files(blocker.file), 'ada');
  await blocker.reached;
  const ids = ['ada', 'ada', 'ada', 'ben', 'cyd', 'ben'].map((owner, i) => [
    owner,
    idOf(queue.add(files(source(`${i}.md`, 'Text.')), owner)),
  ]);
  assert.deepEqual(queue.add(files(source('x.md', 'Text.')), 'ada'), {
    kind: 'refused',
    reason: '3 jobs of yours wait already; try again when one has ended',
  });
  const order: string[] = [];
  const all = ids.map(([owner = '', id = '']) => queue.ended(id).then(() => order.push(owner)));
  blocker.letGo();
  await Promise.all(all);
  assert.deepEqual(order, ['ben', 'cyd', 'ada', 'ben', 'ada', 'ada']);
});

test('IngestQueue: no more users are remembered than the limit', async () => {
  const { queue } = queueOf();
  for (let i = 0; i <= TURNS_MAX; i++) await queue.ended(idOf(queue.add(files(), `user${i}`)));
  const blocker = held('first.md');
  queue.add(files(blocker.file), 'last');
  await blocker.reached;
  // user0 was forgotten, and so has waited longest of all.
  const [known, forgotten] = ['user2', 'user0'].map((owner) => idOf(queue.add(files(), owner)));
  const order: string[] = [];
  const all = [known, forgotten].map((id = '') => queue.ended(id).then(() => order.push(id)));
  blocker.letGo();
  await Promise.all(all);
  assert.deepEqual(order, [forgotten, known]);
});

test('IngestQueue: a watcher from the beginning sees each step, numbers that only grow, and the end', async () => {
  const { queue, embedder, clock } = queueOf();
  embedder.answers = [{ kind: 'throttled', retryAfterMs: 2_000 }];
  const id = idOf(queue.add(files(source('a.md', 'Text.'))));
  const events: IngestEvent[] = [];
  const startMs = clock.nowMs();
  queue.watch(id, (event) => {
    events.push(event);
    if (event.type === 'waiting') setImmediate(() => clock.advance(2_000));
  });
  await queue.ended(id);
  const kinds = events.map((event) => event.type);
  assert.deepEqual(kinds, ['progress', 'progress', 'waiting', 'progress', 'file', 'progress', 'ended']);
  assert.deepEqual(events[2], { type: 'waiting', retryAtMs: startMs + 2_000 });
});

test('IngestQueue: while embedding is throttled its job and those behind it tell when it goes on; then all end by themselves', async () => {
  const { queue, embedder, clock } = queueOf();
  embedder.answers = [
    { kind: 'throttled', retryAfterMs: 2_000 },
    { kind: 'throttled', retryAfterMs: 3_000 },
  ];
  const startMs = clock.nowMs();
  const ids = ['a.md', 'b.md'].map((path) => idOf(queue.add(files(source(path, 'Text.')))));
  const told: (readonly (number | null)[])[] = [];
  queue.watch(ids[0] ?? '', (event) => {
    if (event.type !== 'waiting') return;
    told.push(queue.jobs().map(({ retryAtMs }) => retryAtMs));
    setImmediate(() => clock.advance(event.retryAtMs - clock.nowMs()));
  });
  const ended = await Promise.all(ids.map((id) => queue.ended(id)));
  assert.deepEqual(told, [
    [startMs + 2_000, startMs + 2_000],
    [startMs + 5_000, startMs + 5_000],
  ]);
  assert.deepEqual(
    ended.map((job) => [job?.state, job?.progress.indexed, job?.retryAtMs]),
    [
      ['done', 1, null],
      ['done', 1, null],
    ],
  );
});

test('IngestQueue: a job that was stopped while embedding is throttled keeps nobody waiting', async () => {
  const { queue, embedder } = queueOf();
  embedder.answers = [{ kind: 'throttled', retryAfterMs: 2_000 }];
  const [first, second] = ['a.md', 'b.md'].map((path) => idOf(queue.add(files(source(path, 'Text.')))));
  const waits = Promise.withResolvers<void>();
  let left: number | null | undefined;
  queue.watch(first ?? '', (event) => {
    if (event.type === 'waiting') waits.resolve();
    if (event.type === 'ended') left = queue.job(second ?? '')?.retryAtMs;
  });
  await waits.promise;
  queue.stop(first ?? '');
  const job = await queue.ended(second ?? '');
  assert.deepEqual([job?.state, job?.progress.indexed], ['done', 1]);
  assert.equal(left, null);
});

test('IngestQueue: jobs that wait are bounded, one more is refused with the way out', async () => {
  const { queue } = queueOf({ jobsWaitingMax: 2 });
  const block = held('a.md');
  queue.add(files(block.file));
  await block.reached;
  for (const path of ['b.md', 'c.md']) idOf(queue.add(files(source(path, 'x'))));
  const refused = queue.add(files(source('d.md', 'x')));
  assert.deepEqual(refused, { kind: 'refused', reason: '2 jobs wait already; try again when one has ended' });
  block.letGo();
  await queue.close();
});

test('IngestQueue: bytes that wait are bounded, those of ended jobs do not count', async () => {
  const { queue } = queueOf({ bytesWaitingMax: 10 });
  await queue.ended(idOf(queue.add(files(source('a.md', 'x')))));
  const block = held('b.md');
  const id = idOf(queue.add(files(block.file)));
  await block.reached;
  assert.match(JSON.stringify(queue.add(files(source('c.md', 'x')))), /more than 10 bytes wait to be indexed/);
  block.letGo();
  await queue.ended(id);
});

test('IngestQueue: files of one job are bounded', () => {
  const { queue } = queueOf({ filesPerJobMax: 1 });
  assert.match(JSON.stringify(queue.add(files(source('a.md', 'x'), source('b.md', 'x')))), /2 files, above 1/);
});

test('IngestQueue: remembers as many ended jobs and failures as the limits', async () => {
  const { queue } = queueOf({ jobsKeptMax: 2, failuresKeptMax: 1 });
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const id = idOf(queue.add(files(source(`${name}.exe`, 'x'), source(`${name}.bin`, 'x'))));
    ids.push(id);
    const job = await queue.ended(id);
    assert.deepEqual([job?.failures.length, job?.progress.failed], [1, 2]);
  }
  assert.deepEqual(
    queue.jobs().map(({ id }) => id),
    ids.slice(1),
  );
  assert.equal(queue.job(ids[0] ?? ''), null);
});

test('IngestQueue: stop puts no more, keeps what was put, and what waits never begins', async () => {
  const { queue, store } = queueOf();
  const block = held('b.md');
  const running = idOf(queue.add(files(source('a.md', 'Text.'), block.file, source('c.md', 'x'))));
  const waiting = idOf(queue.add(files(source('d.md', 'x'))));
  await block.reached;
  assert.deepEqual([queue.stop(waiting), queue.stop(waiting), queue.stop('none')], [true, false, false]);
  queue.stop(running);
  block.letGo();
  const job = await queue.ended(running);
  assert.deepEqual([job?.state, job?.progress.indexed, job?.progress.failed], ['stopped', 1, 0]);
  assert.equal(queue.job(waiting)?.state, 'stopped');
  assert.deepEqual([...store.documents.keys()], ['a.md']);
});

test('IngestQueue: a job given again after a stop goes on where it was', async () => {
  const { queue, store } = queueOf();
  const block = held('b.md');
  const first = idOf(queue.add(files(source('a.md', 'Text.'), block.file)));
  await block.reached;
  queue.stop(first);
  block.letGo();
  await queue.ended(first);
  const again = await queue.ended(idOf(queue.add(files(source('a.md', 'Text.'), source('b.md', 'Text.')))));
  assert.deepEqual([again?.progress.skipped, again?.progress.indexed, store.puts], [1, 1, 2]);
});

test('IngestQueue: removeAll stops what is under way, so that nothing comes back', async () => {
  const { queue, store } = queueOf();
  const block = held('b.md');
  queue.add(files(source('a.md', 'Text.'), block.file));
  await block.reached;
  const removed = queue.removeAll();
  block.letGo();
  assert.equal(await removed, 1);
  assert.equal(store.documents.size, 0);
});

test('IngestQueue: a listener that throws fails its job and no other', async () => {
  const { queue } = queueOf();
  const bad = idOf(queue.add(files(source('a.md', 'Text.'))));
  queue.watch(bad, () => assert.fail('a listener of somebody'));
  const good = idOf(queue.add(files(source('b.md', 'Text.'))));
  assert.equal((await queue.ended(good))?.state, 'done');
  assert.equal(queue.job(bad)?.state, 'failed');
});

test('IngestQueue: a folder that cannot be read fails its job, with the reason', async () => {
  const { queue } = queueOf();
  const job = await queue.ended(
    idOf(queue.add({ kind: 'folder', folder: { root: '/nowhere/at/all', category: null } })),
  );
  assert.equal(job?.state, 'failed');
  assert.match(job?.reason ?? '', /the folder cannot be read \(ENOENT\)/);
});
