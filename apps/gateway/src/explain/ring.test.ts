import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeEnded } from '../testing/events.ts';
import { DecisionRing, PLAIN_AT_ONCE, RING_BYTES_MAX } from './ring.ts';
import { endedWith } from './testing/kept.ts';

const OK = { kind: 'answered', status: 200 } as const;
const ended = (requestId: string) => endedWith({ exchange: { requestId }, outcomes: [OK] });
const idsIn = (ring: DecisionRing) => ring.newest().map(({ exchange }) => exchange.requestId);

test('DecisionRing: keeps the last ones, newest first; beyond the limit the oldest is forgotten', () => {
  const ring = new DecisionRing(3);
  for (const id of ['a', 'b', 'c', 'd', 'e']) ring.fold(ended(id));
  assert.deepEqual(idsIn(ring), ['e', 'd', 'c']);
  assert.equal(ring.find('c')?.exchange.requestId, 'c');
  assert.equal(ring.find('b'), null);
});

test('DecisionRing: under load plain ones are thinned out to a hundred in a second, and nothing else is', () => {
  const ring = new DecisionRing(100_000);
  const at = (requestId: string, endedMs: number, of: { readonly attempts?: number; readonly status?: number } = {}) =>
    endedWith({ exchange: { requestId, endedMs, attempts: 1, ...of }, outcomes: [OK] });
  for (let i = 0; i < PLAIN_AT_ONCE + 500; i++) ring.fold(at(`first-${i}`, 1_000));
  assert.equal(ring.size, PLAIN_AT_ONCE);
  // Five seconds of a thousand a second; every hundredth took two tries, or was refused.
  const others: string[] = [];
  for (let i = 0; i < 5_000; i++) {
    const of = i % 100 === 0 ? { attempts: 2 } : i % 100 === 50 ? { status: 429 } : {};
    if (i % 50 === 0) others.push(`then-${i}`);
    ring.fold(at(`then-${i}`, 1_000 + i, of));
  }
  for (const id of others) assert.ok(ring.find(id) !== null, id);
  const plain = ring.size - PLAIN_AT_ONCE - others.length;
  assert.ok(plain >= 495 && plain <= 505, `${plain}`);
});

test('DecisionRing: a reload may lower the limit, down to nothing, and raise it again', () => {
  const ring = new DecisionRing(10);
  for (const id of ['a', 'b', 'c']) ring.fold(ended(id));
  ring.limit(2);
  assert.deepEqual(idsIn(ring), ['c', 'b']);
  ring.limit(0);
  ring.fold(ended('d'));
  assert.deepEqual([ring.size, ring.recordsMax], [0, 0]);
  ring.limit(1);
  ring.fold(ended('e'));
  assert.deepEqual(idsIn(ring), ['e']);
});

test('DecisionRing: other events, and an exchange that left no trail, leave nothing', () => {
  const ring = new DecisionRing(3);
  ring.fold({ kind: 'exchangeBegan' });
  ring.fold(exchangeEnded());
  assert.equal(ring.size, 0);
});

test('DecisionRing: large ones are forgotten before there are too many, so that the bytes stay below their limit', () => {
  const ring = new DecisionRing(1_000_000);
  const members = 32;
  const outcomes = Array.from({ length: members }, () => ({ kind: 'serverError', status: 500 }) as const);
  const large = endedWith({ members, outcomes });
  assert.ok(large.kind === 'exchangeEnded');
  const bytes = members * members * 160;
  const enough = Math.ceil(RING_BYTES_MAX / bytes) + 10;
  for (let i = 0; i < enough; i++) {
    ring.fold({ ...large, exchange: { ...large.exchange, requestId: `id-${i}` } });
  }
  assert.ok(ring.size > 10 && ring.size < enough - 5, `${ring.size} of ${enough}`);
  assert.ok(ring.find(`id-${enough - 1}`) !== null, 'the newest is kept');
});
