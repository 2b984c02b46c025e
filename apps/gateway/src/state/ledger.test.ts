import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testFleet } from '../testing/kit.ts';
import { Ledger } from './ledger.ts';

const NAMES = { namesMax: 3, expiryMs: 1_000 };

test('ledger: looks a name up among the pools, and learns it where backends serve any name', () => {
  const closed = new Ledger(testFleet([{ on: 'a' }]), NAMES);
  assert.equal(closed.pool('chat', 0)?.members[0]?.id, 'a/chat');
  assert.equal(closed.pool('other', 0), null);
  const open = new Ledger(testFleet([], ['a', 'b']), NAMES);
  assert.deepEqual(
    open.pool('any', 0)?.members.map((member) => member.id),
    ['a/any', 'b/any'],
  );
  assert.equal(open.pool('', 0), null);
  assert.notEqual(open.pool('n'.repeat(256), 0), null);
  assert.equal(open.pool('n'.repeat(257), 0), null);
});

test('ledger: keeps at most so many learned names, and forgets the one asked for longest ago with its state', () => {
  const ledger = new Ledger(testFleet([], ['a']), NAMES);
  const first = ledger.pool('n1', 0)?.members[0];
  assert.ok(first);
  ledger.deployment(first).paused = true;
  for (const [i, name] of ['n2', 'n3', 'n2', 'n4'].entries()) ledger.pool(name, i + 1);
  assert.deepEqual(
    ledger.learnedPools(5).map((pool) => pool.name),
    ['n3', 'n2', 'n4'],
  );
  assert.equal(ledger.deployment(first).paused, false);
});

test('ledger: a learned name not asked for expires; one with an attempt under way keeps its state', () => {
  const ledger = new Ledger(testFleet([], ['a']), NAMES);
  const busy = ledger.pool('busy', 0)?.members[0];
  assert.ok(busy);
  ledger.deployment(busy).inFlight = 1;
  assert.deepEqual(
    ledger.learnedPools(999).map((pool) => pool.name),
    ['busy'],
  );
  assert.deepEqual(ledger.learnedPools(1_000), []);
  const state = ledger.deployment(busy);
  assert.equal(state.inFlight, 1);
  ledger.pool('next', 1_000);
  assert.equal(ledger.deployment(busy), state);
  state.inFlight = 0;
  ledger.pool('another', 1_000);
  assert.notEqual(ledger.deployment(busy), state);
});

test('ledger: a state that is asked for after its name was forgotten goes with the next name, so that none is left behind', () => {
  const ledger = new Ledger(testFleet([], ['a']), NAMES);
  const late = ledger.pool('late', 0)?.members[0];
  assert.ok(late);
  assert.deepEqual(ledger.learnedPools(1_000), []);
  // As a promise does that lapses.
  ledger.deployment(late).paused = true;
  ledger.pool('next', 1_000);
  assert.equal(ledger.deployment(late).paused, false);
});

test('ledger: a reload keeps the state of what is still there and drops the rest', () => {
  const ledger = new Ledger(testFleet([{ on: 'a' }, { on: 'b' }]), NAMES);
  const [a, b] = ledger.fleet.deployments;
  assert.ok(a && b);
  ledger.deployment(a).paused = true;
  ledger.deployment(b).paused = true;
  ledger.reload(testFleet([{ on: 'a' }]), NAMES);
  assert.equal(ledger.deployment(a).paused, true);
  assert.equal(ledger.deployment(b).paused, false);
});

test('ledger: however many names clients ask for, no more than the limit are kept', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.stringMatching(/^[a-z0-9 é-]{1,3}$/), fc.nat(400)), { maxLength: 200 }),
      (asks) => {
        const ledger = new Ledger(testFleet([], ['a', 'b']), NAMES);
        let nowMs = 0;
        for (const [name, pauseMs] of asks) {
          nowMs += pauseMs;
          assert.equal(ledger.pool(name, nowMs)?.name, name);
          assert.ok(ledger.learnedPools(nowMs).length <= NAMES.namesMax);
        }
      },
    ),
  );
});

test('ledger: a name that could lead out of its place in a path is nobody’s', () => {
  const ledger = new Ledger(testFleet([], ['a']), NAMES);
  for (const name of ['.', '..', 'a/b', '../admin', 'a\\b', 'a%2fb', 'a?b', 'a#b', 'a\r\nb']) {
    assert.equal(ledger.pool(name, 0), null, name);
  }
});

test('ledger: a reload keeps what was learned about names, and reload after reload keeps no more than that', () => {
  const names = { namesMax: 2, expiryMs: 1_000_000 };
  const ledger = new Ledger(testFleet([], ['a']), names);
  const states = new Set<unknown>();
  for (let i = 0; i < 50; i++) {
    const member = ledger.pool(`n${i}`, i)?.members[0];
    assert.ok(member);
    states.add(ledger.deployment(member));
    ledger.reload(testFleet([], ['a']), names);
    const same = ledger.pool(`n${i}`, i)?.members[0];
    assert.ok(same);
    assert.ok(states.has(ledger.deployment(same)), 'the state is still there');
  }
  const first = ledger.pool('n0', 50)?.members[0];
  assert.ok(first);
  assert.ok(!states.has(ledger.deployment(first)), 'that of a forgotten name is not');
});
