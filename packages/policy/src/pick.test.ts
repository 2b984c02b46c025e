import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Deployment, Pool } from './fleet.ts';
import { DEFAULT_POLICY } from './fleet.ts';
import { ANYWHERE, type Ask } from './look.ts';
import { NO_NEED } from './need.ts';
import { type At, passedOver, pick as pickBy } from './pick.ts';
import type { States } from './state.ts';
import { pool, TestStates } from './testing.ts';

const NOW = 1_000_000;
const ANY: Ask = { tried: [], ...ANYWHERE, need: NO_NEED, isPromised: false, isLastResort: false };

function pick(among: Pool, states: States, ask: Ask, moment: At) {
  const decision = pickBy(among, states, ask, moment, DEFAULT_POLICY);
  const others = passedOver(decision);
  return decision.kind === 'send'
    ? { kind: decision.kind, deployment: decision.deployment, passedOver: others }
    : { kind: decision.kind, passedOver: others };
}

const at = (unit: number) => ({ nowMs: NOW, unit });

type Obstacle = 'none' | 'tried' | 'paused' | 'throttled' | 'breakerOpen' | 'probing' | 'backendOpen';
const OBSTACLES: readonly Obstacle[] = [
  'none',
  'tried',
  'paused',
  'throttled',
  'breakerOpen',
  'probing',
  'backendOpen',
];

function obstruct(states: TestStates, member: Deployment, obstacle: Obstacle): string[] {
  const state = states.deployment(member);
  if (obstacle === 'paused') state.paused = true;
  if (obstacle === 'throttled') state.throttle = { untilMs: NOW + 1, source: 'retry-after', atMs: 0 };
  if (obstacle === 'breakerOpen') state.breaker = { kind: 'open', untilMs: NOW + 5, cooldownMs: 10 };
  if (obstacle === 'probing') state.breaker = { kind: 'halfOpen', probing: true, cooldownMs: 10 };
  if (obstacle === 'backendOpen') {
    states.backend(member.backend).breaker = { kind: 'open', untilMs: NOW + 7, cooldownMs: 10 };
  }
  return obstacle === 'tried' ? [member.id] : [];
}

const REASONS: Readonly<Record<Exclude<Obstacle, 'none'>, string>> = {
  tried: 'tried',
  paused: 'paused',
  throttled: 'throttled',
  breakerOpen: 'breakerOpen',
  probing: 'breakerOpen',
  backendOpen: 'backendBreakerOpen',
};

test('pick: for every combination of obstacles on three deployments, takes the lowest priority number that is free', () => {
  let looked = 0;
  for (const a of OBSTACLES)
    for (const b of OBSTACLES)
      for (const c of OBSTACLES) {
        const three = pool({ on: 'a', priority: 1 }, { on: 'b', priority: 2 }, { on: 'c', priority: 3 });
        const states = new TestStates();
        const obstacles = [a, b, c];
        const tried = three.members.flatMap((member, i) => obstruct(states, member, obstacles[i] ?? 'none'));
        const decision = pick(three, states, { ...ANY, tried }, at(0.5));
        const first = obstacles.indexOf('none');
        assert.equal(decision.kind === 'send' ? decision.deployment.id : null, three.members[first]?.id ?? null);
        for (const { deployment, reason } of decision.passedOver) {
          const obstacle = obstacles[three.members.indexOf(deployment)] ?? 'none';
          assert.equal(reason, obstacle === 'none' ? 'higherPriorityNumber' : REASONS[obstacle], `${a} ${b} ${c}`);
        }
        assert.equal(decision.passedOver.length, first < 0 ? 3 : 2);
        looked++;
      }
  assert.equal(looked, OBSTACLES.length ** 3);
});

test('pick: says until when a throttled deployment is passed over', () => {
  const two = pool({ on: 'a' }, { on: 'b' });
  const states = new TestStates();
  const [a] = two.members;
  assert.ok(a);
  states.deployment(a).throttle = { untilMs: NOW + 4_000, source: 'retry-after-ms', atMs: 0 };
  const decision = pick(two, states, ANY, at(0));
  assert.deepEqual(decision.passedOver, [{ deployment: a, reason: 'throttled', untilMs: NOW + 4_000 }]);
});

test('pick: a throttle that has just ended does not hold', () => {
  const one = pool({ on: 'a' });
  const states = new TestStates();
  const [a] = one.members;
  assert.ok(a);
  states.deployment(a).throttle = { untilMs: NOW, source: 'default', atMs: 0 };
  assert.equal(pick(one, states, ANY, at(0)).kind, 'send');
});

test('pick: among equals shares by weight, at every point of the unit interval', () => {
  const three = pool({ on: 'a', weight: 1 }, { on: 'b', weight: 3 }, { on: 'c', priority: 2, weight: 100 });
  const steps = 4_000;
  const served = new Map<string, number>();
  for (let i = 0; i < steps; i++) {
    const decision = pick(three, new TestStates(), ANY, at(i / steps));
    assert.ok(decision.kind === 'send');
    served.set(decision.deployment.id, (served.get(decision.deployment.id) ?? 0) + 1);
  }
  assert.deepEqual(
    [...served],
    [
      ['a/chat', 1_000],
      ['b/chat', 3_000],
    ],
  );
});

test('pick: a unit a hair below 1 still draws a deployment, whatever the weights', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 }),
      (weights) => {
        const members = weights.map((weight, i) => ({ on: `r${i}`, weight }));
        const decision = pick(pool(...members), new TestStates(), ANY, at(1 - Number.EPSILON / 2));
        assert.equal(decision.kind, 'send');
        assert.equal(decision.passedOver.length, weights.length - 1);
      },
    ),
  );
});

test('pick: pinned to a deployment, takes it or nobody', () => {
  const two = pool({ on: 'a', priority: 1 }, { on: 'b', priority: 2 });
  const states = new TestStates();
  const pinned = pick(two, states, { ...ANY, pinnedTo: 'b/chat' }, at(0));
  assert.equal(pinned.kind === 'send' && pinned.deployment.id, 'b/chat');
  const gone = pick(two, states, { ...ANY, pinnedTo: 'c/chat' }, at(0));
  assert.deepEqual(
    gone.passedOver.map((each) => each.reason),
    ['notPinned', 'notPinned'],
  );
});

test('pick: an empty pool has nobody', () => {
  assert.deepEqual(pick({ name: 'none', members: [] }, new TestStates(), ANY, at(0)), { kind: 'none', passedOver: [] });
});

test('pick: never the same deployment twice, and each is accounted for, in any fleet and any state', () => {
  const member = fc.record({
    on: fc.constantFrom('a', 'b', 'c', 'd'),
    name: fc.constantFrom('x', 'y', 'z'),
    priority: fc.integer({ min: 0, max: 3 }),
    weight: fc.integer({ min: 1, max: 5 }),
  });
  const fleet = fc.uniqueArray(member, { minLength: 1, maxLength: 8, selector: (m) => `${m.on}/${m.name}` });
  fc.assert(
    fc.property(
      fleet,
      fc.array(fc.constantFrom(...OBSTACLES)),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (members, obstacles, unit) => {
        const all: Pool = pool(...members);
        const states = new TestStates();
        const tried = all.members.flatMap((each, i) => obstruct(states, each, obstacles[i] ?? 'none'));
        for (let tries = 0; ; tries++) {
          assert.ok(tries <= all.members.length, 'ends');
          const decision = pick(all, states, { ...ANY, tried }, at(unit));
          const named = decision.passedOver.map((each) => each.deployment.id);
          if (decision.kind === 'send') named.push(decision.deployment.id);
          assert.deepEqual(named.toSorted(), all.members.map((each) => each.id).toSorted());
          if (decision.kind === 'none') break;
          assert.ok(!tried.includes(decision.deployment.id));
          tried.push(decision.deployment.id);
        }
      },
    ),
  );
});
