import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@spillway/clock';
import type { LoadSpec } from '../spec.ts';
import { specOf, targetOf } from '../testing/spec.ts';
import type { CallResult } from './call.ts';
import { CredentialError } from './credential.ts';
import type { EarlyEnd } from './driver.ts';
import { prepareShare } from './share.ts';
import { rawServer } from './testing.ts';

const OK =
  '{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":30,"completion_tokens":10}}';

/** Bodies that came, in the order of their coming; each is answered at once. */
async function bodies(t: TestContext) {
  const seen: string[] = [];
  const url = await rawServer(t, (socket, text) => {
    seen.push(text);
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${OK.length}\r\n\r\n${OK}`);
  });
  return { url, seen };
}

async function run(spec: LoadSpec, worker: number, env = {}) {
  const results: CallResult[] = [];
  const early: EarlyEnd[] = [];
  const onResults = (more: readonly CallResult[]) => void results.push(...more);
  const onEarlyEnd = (why: EarlyEnd) => void early.push(why);
  const begin = await prepareShare({ spec, worker }, { clock: systemClock, env, onResults, onEarlyEnd });
  await begin(systemClock.nowMs()).ended;
  return { results, early };
}

const BOUNDS: readonly (readonly [string, Partial<LoadSpec>, readonly number[]])[] = [
  ['closed loop', { end: { requests: 10, durationMs: null, mode: 'or' } }, [3, 3, 2, 2]],
  ['closed loop, fewer calls than workers', { end: { requests: 3, durationMs: null, mode: 'or' } }, [1, 1, 1, 0]],
  ['open loop', { pace: { kind: 'open', arrivals: { kind: 'constant', perMinute: 60_000 } } }, [3, 3, 2, 2]],
  [
    'open loop with warm-up',
    { pace: { kind: 'open', arrivals: { kind: 'constant', perMinute: 60_000 } }, warmUpMs: 5 },
    [4, 4, 4, 3],
  ],
];

for (const [name, more, want] of BOUNDS) {
  test(`prepareShare: deals out the calls of a run so that all are sent once: ${name}`, async (t) => {
    const { url, seen } = await bodies(t);
    const spec = specOf(url, { clients: 8, workers: 4, ...more });
    const shares: CallResult[][] = [];
    for (let worker = 0; worker < 4; worker++) shares.push((await run(spec, worker)).results);
    assert.deepEqual(
      shares.map(({ length }) => length),
      want,
    );
    assert.equal(
      seen.length,
      want.reduce((sum, count) => sum + count, 0),
    );
    const intended = shares.flat().filter(({ phase }) => phase === 'measure');
    assert.equal(intended.length, more.end?.requests ?? 10);
    if (more.pace !== undefined) {
      const atMs = intended.map(({ intendedMs }) => Math.round(intendedMs)).toSorted((a, b) => a - b);
      assert.deepEqual(
        atMs,
        Array.from({ length: 10 }, (_, i) => (more.warmUpMs ?? 0) + i),
      );
    }
  });
}

test('prepareShare: two targets are asked as often as was asked for, each', async (t) => {
  const [one, other] = [await bodies(t), await bodies(t)];
  const targets = [targetOf(one.url), targetOf(other.url)];
  await run(specOf('', { targets, clients: 2, end: { requests: 6, durationMs: null, mode: 'or' } }), 0);
  assert.deepEqual([one.seen.length, other.seen.length], [6, 6]);
});

test('prepareShare: the credential goes with each call, and a missing one is said before any', async (t) => {
  const { url, seen } = await bodies(t);
  const credential = { kind: 'key', header: 'api-key', variable: 'K' } as const;
  const spec = specOf('', {
    targets: [targetOf(url, { credential })],
    end: { requests: 2, durationMs: null, mode: 'or' },
  });
  await assert.rejects(run(spec, 0), CredentialError);
  assert.equal(seen.length, 0);
  await run(spec, 0, { K: 'secret' });
  assert.ok(seen.every((text) => /\r\napi-key: secret\r\n/.test(text)));
});

test('prepareShare: the budget of tokens is dealt out as well', async (t) => {
  const { url } = await bodies(t);
  // 70 at most each, 40 in truth: of 150 two are spent, and 80 + 70 still fit.
  const spec = specOf(url, {
    workers: 2,
    clients: 2,
    totalTokensMax: 300,
    end: { requests: 100, durationMs: null, mode: 'or' },
  });
  for (const worker of [0, 1]) {
    const { results, early } = await run(spec, worker);
    assert.deepEqual([results.length, early], [3, ['tokens']]);
  }
});

test('prepareShare: recorded messages are sent as they are', async (t) => {
  const { url, seen } = await bodies(t);
  const folder = mkdtempSync(join(tmpdir(), 'spillway-share-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'recorded.json');
  writeFileSync(file, JSON.stringify(['one', 'two'].map((content) => [{ role: 'user', content }])));
  const prompts = { kind: 'replayed', file, order: 'file' } as const;
  await run(specOf(url, { prompts, end: { requests: 3, durationMs: null, mode: 'or' } }), 0);
  assert.deepEqual(
    seen.map((text) => /"content":"(\w+)"/.exec(text)?.[1]),
    ['one', 'two', 'one'],
  );
});
