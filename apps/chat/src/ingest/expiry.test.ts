import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { openLocal } from '../store/local/local.ts';
import { ADMIN, documentNamed } from '../store/samples.ts';
import { Expiry, SWEEP_MS } from './expiry.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const VISITOR = 'visitor-0e9a';

function expiryOf(t: TestContext, change: { readonly keptMs?: number; readonly lookedMax?: number } = {}) {
  const { documents, conversations } = openLocal(':memory:');
  const clock = new FakeClock();
  const told: string[] = [];
  const expiry = new Expiry({
    store: documents,
    clock,
    keptMs: DAY_MS,
    onRemoved: (removed) => told.push(`removed ${removed}`),
    onFailure: (reason) => told.push(reason),
    ...change,
  });
  t.after(async () => {
    await expiry.close();
    await Promise.all([documents.close(), conversations.close()]);
  });
  const put = (path: string, owner: string | null, users: readonly string[] = owner === null ? [] : [owner]) =>
    documents.put(
      documentNamed(path, ['x'], { owner, access: { users, groups: [] }, indexedMs: clock.nowMs() }, null),
      null,
    );
  const paths = async () =>
    (await documents.list(ADMIN, { after: null, limit: 100 })).map(({ path }) => path).join(' ');
  /** Time goes on, and a sweep that falls due is over. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await expiry.idle();
  };
  return { documents, clock, expiry, told, put, paths, pass };
}

test('Expiry: takes out what a visitor uploaded for themselves, not a moment too early, and nothing else', async (t) => {
  const { expiry, put, paths, pass, told } = expiryOf(t);
  await put('a.md', VISITOR);
  await put('b.md', null);
  await put('c.md', 'ann');
  await put('d.md', VISITOR, []);
  await put('e.md', VISITOR, [VISITOR, 'bob']);
  await put('f.md', 'ann', [VISITOR]);
  expiry.start();
  await expiry.idle();
  for (let hour = 1; hour < 24; hour++) await pass(SWEEP_MS);
  assert.equal(await paths(), 'a.md b.md c.md d.md e.md f.md');
  assert.deepEqual(told, []);
  await pass(SWEEP_MS);
  assert.equal(await paths(), 'b.md c.md d.md e.md f.md');
  assert.deepEqual(told, ['removed 1']);
});

test('Expiry: what was indexed anew is kept as long again', async (t) => {
  const { expiry, put, paths, pass } = expiryOf(t);
  await put('a.md', VISITOR);
  await put('b.md', VISITOR);
  await pass(DAY_MS - 1);
  await put('b.md', VISITOR);
  await pass(1);
  expiry.start();
  await expiry.idle();
  assert.equal(await paths(), 'b.md');
});

test('Expiry: looks at so many in one sweep, and goes on behind them in the next', async (t) => {
  const { expiry, put, paths, pass, told } = expiryOf(t, { lookedMax: 2 });
  for (const path of ['a.md', 'b.md', 'c.md', 'd.md', 'e.md']) await put(path, VISITOR);
  await pass(DAY_MS);
  expiry.start();
  await expiry.idle();
  assert.equal(await paths(), 'c.md d.md e.md');
  await pass(SWEEP_MS);
  assert.equal(await paths(), 'e.md');
  await pass(SWEEP_MS);
  assert.equal(await paths(), '');
  assert.deepEqual(told, ['removed 2', 'removed 2', 'removed 1']);
});

test('Expiry: a time that is shorter than between two sweeps is kept to as well', async (t) => {
  const { expiry, put, paths, pass } = expiryOf(t, { keptMs: 60_000 });
  expiry.start();
  await expiry.idle();
  await put('a.md', VISITOR);
  await pass(60_000);
  assert.equal(await paths(), '');
});

test('Expiry: a store that fails is told, and the next sweep comes all the same; closed, none comes', async (t) => {
  const { documents, clock, expiry, put, paths, pass, told } = expiryOf(t);
  await put('a.md', VISITOR);
  clock.advance(DAY_MS);
  const list = t.mock.method(documents, 'list', () => Promise.reject(new Error('down')));
  expiry.start();
  await expiry.idle();
  list.mock.restore();
  assert.deepEqual(told, ['down']);
  await pass(SWEEP_MS);
  assert.equal(await paths(), '');
  await put('b.md', VISITOR);
  await expiry.close();
  await pass(2 * DAY_MS);
  assert.equal(await paths(), 'b.md');
  assert.equal(clock.pending, 0);
});
