import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadlines, FakeClock, TICK_MS } from '@spillway/clock';
import { ANYWHERE, DEFAULT_POLICY, type Decision, NO_NEED, type Pool, pick } from '@spillway/policy';
import { Ledger } from '../state/ledger.ts';
import { testFleet } from '../testing/kit.ts';
import { type Guest, Lobby, WAITING_BYTES_MAX } from './lobby.ts';

/** A pool of one deployment that is throttled for a second, and guests who say when they went. */
function setUp() {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  const fleet = testFleet([{ on: 'openai1' }]);
  const ledger = new Ledger(fleet, { namesMax: 1, expiryMs: 1 });
  const startMs = clock.nowMs();
  const pool = fleet.pools.get('chat') ?? assert.fail('no pool');
  for (const member of pool.members) {
    ledger.deployment(member).throttle = { untilMs: startMs + 1_000, source: 'retry-after', atMs: 0 };
  }
  const lobby = new Lobby({ states: ledger, clock, deadlines, settings: () => DEFAULT_POLICY });
  const went: string[] = [];
  const enter = (name: string, boundMs: number, heldBytes = 0) => {
    const nowMs = clock.nowMs();
    const guest: Guest = {
      heldBytes,
      pick: (atMs) => choice(ledger, pool, atMs),
      goOn: (decision) => went.push(`${name} ${decision?.kind ?? 'expired'} ${Math.floor(clock.nowMs() - startMs)}`),
    };
    const arrived = lobby.arrive(pool, { fingerprint: () => name, isFirst: true }, nowMs);
    const ask = { ...ANYWHERE, item: guest, pool, need: NO_NEED, tried: [], arrived, untilMs: nowMs + boundMs };
    return lobby.enter(ask, nowMs);
  };
  return { clock, deadlines, lobby, pool, went, enter };
}

function choice(ledger: Ledger, pool: Pool, nowMs: number): Decision {
  const ask = { ...ANYWHERE, need: NO_NEED, tried: [], isPromised: false, isLastResort: false };
  return pick(pool, ledger, ask, { nowMs, unit: 0 }, DEFAULT_POLICY);
}

test('Lobby: one deadline serves all who wait, and is dropped with the last of them', () => {
  const { clock, deadlines, lobby, pool, went, enter } = setUp();
  const stays = ['a', 'b', 'c'].map((name) => enter(name, 2_000));
  assert.equal(deadlines.size, 1);
  assert.equal(lobby.waiters(pool), 3);
  const [first] = stays;
  if (first) lobby.leave(first);
  clock.advance(1_000 + TICK_MS);
  assert.deepEqual(
    went.map((line) => line.slice(0, 6)),
    ['b send', 'c send'],
  );
  assert.equal(deadlines.size, 0);
});

test('Lobby: nobody enters who would wait in vain', () => {
  const { deadlines, enter } = setUp();
  assert.equal(enter('a', 999), null);
  assert.equal(deadlines.size, 0);
});

test('Lobby: a drain tells all who wait at once', () => {
  const { clock, lobby, pool, went, enter } = setUp();
  enter('a', 2_000);
  enter('b', 2_000);
  lobby.drain(clock.nowMs());
  assert.deepEqual(went, ['a expired 0', 'b expired 0']);
  assert.equal(lobby.waiters(pool), 0);
  clock.advance(5_000);
  assert.equal(went.length, 2);
});

test('Lobby: holds no more bytes of bodies than the limit, however few wait; who leaves or goes makes room', () => {
  const { clock, lobby, pool, enter } = setUp();
  const half = WAITING_BYTES_MAX / 2;
  const [first] = [enter('a', 2_000, half), enter('b', 2_000, half)];
  assert.equal(enter('c', 2_000, 1), null);
  assert.notEqual(enter('in a file', 2_000, 0), null);
  assert.ok(first);
  lobby.leave(first);
  lobby.leave(first);
  assert.notEqual(enter('d', 2_000, half), null);
  assert.equal(enter('e', 2_000, 1), null);
  clock.advance(1_000 + TICK_MS);
  assert.equal(lobby.waiters(pool), 0);
  assert.equal(lobby.heldBytes, 0);
});
