import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { type Embedded, embedAll, FIRST_WAIT_MS } from './embed.ts';
import type { EmbedAnswer } from './embedder.ts';
import { INGEST_LIMITS } from './limits.ts';
import { HandEmbedder } from './testing/parts.ts';

const TEXTS = Array.from({ length: 20 }, (_, i) => `text ${i}`);
const throttled = (retryAfterMs: number | null): EmbedAnswer => ({ kind: 'throttled', retryAfterMs });
const FAILED: EmbedAnswer = { kind: 'failed', message: 'the model is away' };

/** Runs until it is over, moving the clock on by what is waited for; tells the waits. */
async function run(answers: readonly EmbedAnswer[], stopAt = Number.POSITIVE_INFINITY) {
  const clock = new FakeClock();
  const embedder = new HandEmbedder();
  embedder.answers = [...answers];
  const stop = new AbortController();
  const waits: number[] = [];
  let embedded = 0;
  const results: Embedded[] = [];
  const told = {
    embedded: (count: number) => {
      embedded += count;
    },
    waiting: (atMs: number) => {
      waits.push(Math.round(atMs - clock.nowMs()));
    },
  };
  void embedAll(TEXTS, { embedder, clock, limits: INGEST_LIMITS, signal: stop.signal }, told).then((answer) => {
    results.push(answer);
  });
  for (let turn = 0; results.length === 0; turn++) {
    assert.ok(turn < 1_000, 'it ends');
    await setImmediate();
    if (waits.length >= stopAt) stop.abort();
    else if (clock.pending > 0) clock.advance(waits.at(-1) ?? 0);
  }
  const end = results[0] ?? assert.fail();
  return { end, waits, embedded, calls: embedder.asked.length, pending: clock.pending };
}

test('embedAll: gives a vector for each text, in batches', async () => {
  const { end, waits, embedded, calls } = await run([]);
  assert.ok(end.kind === 'vectors' && end.vectors.length === TEXTS.length);
  assert.deepEqual([waits, embedded, calls], [[], 20, 2]);
});

test('embedAll: a 429 is waited for as told, and loses nothing', async () => {
  const { end, waits, embedded } = await run([throttled(7_000), throttled(60_000)]);
  assert.ok(end.kind === 'vectors');
  assert.deepEqual([waits, embedded], [[7_000, 60_000], 20]);
});

test('embedAll: a credential that is refused is not tried again', async () => {
  const { end, waits, calls } = await run([{ kind: 'refused', message: 'the gateway refused the key' }]);
  assert.deepEqual([end, waits, calls], [{ kind: 'failed', message: 'the gateway refused the key' }, [], 1]);
});

test('embedAll: a 429 that tells no time is waited for longer each time', async () => {
  const { waits } = await run([throttled(null), throttled(null), throttled(null)]);
  assert.deepEqual(waits, [FIRST_WAIT_MS, 2 * FIRST_WAIT_MS, 4 * FIRST_WAIT_MS]);
});

test('embedAll: a wait beyond the limit is not begun', async () => {
  const { end, waits } = await run([throttled(INGEST_LIMITS.throttleMsMax + 1)]);
  assert.deepEqual(waits, []);
  assert.ok(end.kind === 'failed' && /throttled for 121 seconds; index again later/.test(end.message));
});

test('embedAll: gives up after as many 429s as the limit, and says so', async () => {
  const many = INGEST_LIMITS.throttlesPerBatchMax;
  assert.equal((await run(Array.from({ length: many }, () => throttled(1)))).end.kind, 'vectors');
  const { end } = await run(Array.from({ length: many + 1 }, () => throttled(1)));
  assert.ok(end.kind === 'failed' && /21 times in a row; raise its quota/.test(end.message));
});

test('embedAll: another failure is tried again up to the limit, and told in its own words', async () => {
  const many = INGEST_LIMITS.failuresPerBatchMax;
  assert.equal((await run(Array.from({ length: many - 1 }, () => FAILED))).end.kind, 'vectors');
  assert.deepEqual((await run(Array.from({ length: many }, () => FAILED))).end, {
    kind: 'failed',
    message: 'the model is away',
  });
});

const vectors = (...list: readonly (readonly number[])[]): EmbedAnswer => ({
  kind: 'vectors',
  vectors: list.map((of) => Float32Array.from(of)),
});
const sixteen = (vector: readonly number[]) => vectors(...Array.from({ length: 16 }, () => vector));

const WRONG: ReadonlyArray<readonly [name: string, answers: readonly EmbedAnswer[], text: RegExp]> = [
  ['too few vectors', [vectors([1])], /gave 1 vectors for 16 texts/],
  ['empty vectors', [sixteen([])], /different sizes, or empty/],
  ['vectors that are no numbers', [sixteen([Number.NaN])], /something else than numbers/],
  ['vectors of another size than before', [sixteen([1, 2]), vectors([1], [1], [1], [1])], /different sizes/],
];

for (const [name, answers, text] of WRONG) {
  test(`embedAll: refuses ${name}, and names the model`, async () => {
    const { end } = await run(answers);
    assert.ok(end.kind === 'failed' && text.test(end.message) && /^model hand: /.test(end.message));
  });
}

test('embedAll: stops in the middle of a wait, and leaves no timer', async () => {
  const { end, pending, calls } = await run([throttled(5_000)], 1);
  assert.deepEqual([end, pending, calls], [{ kind: 'failed', message: 'stopped' }, 0, 1]);
});
