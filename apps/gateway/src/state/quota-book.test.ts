import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY, type Deployment, type Fleet } from '@spillway/policy';
import { testFleet } from '../testing/kit.ts';
import { Ledger } from './ledger.ts';

const NAMES = { namesMax: 3, expiryMs: 1_000 };
const { quota: SETTINGS } = DEFAULT_POLICY;
const EAST = { name: 'east', capacity: 500 };

const KNOWN = { type: 'Standard', model: 'gpt-4o', capacity: 300, quotaKey: EAST } as const;

/** Two deployments, `a/chat` and `b/chat`, of one quota. */
function fleet(a: Partial<Deployment> = {}, b: Partial<Deployment> = {}): Fleet {
  const made = testFleet([{ on: 'a' }, { on: 'b' }]);
  const more = [a, b];
  return { ...made, deployments: made.deployments.map((one, i) => ({ ...one, ...KNOWN, ...more[i] })) };
}

function quotasIn(ledger: Ledger) {
  return ledger.fleet.deployments.map((deployment) => ledger.deployment(deployment).quotas);
}

test('QuotaBook: deployments of one quota key draw on the same quota, besides their own', () => {
  const [[own1, shared1] = [], [own2, shared2] = []] = quotasIn(new Ledger(fleet(), NAMES));
  assert.ok(own1 && own2 && shared1);
  assert.notEqual(own1, own2);
  assert.equal(shared1, shared2);
  assert.equal(shared1.report(0).configuredTokensPerMinute, 500_000);
});

const RELOADS: ReadonlyArray<readonly [name: string, after: Fleet, keepsOwn: boolean, keepsShared: boolean]> = [
  ['the same once more', fleet(), true, true],
  ['another weight and priority', fleet({ weight: 2, priority: 3 }), true, true],
  ['another capacity', fleet({ capacity: 200 }), false, true],
  ['another type', fleet({ type: 'GlobalStandard' }), false, false],
  ['another number of requests', fleet({ requestsPerMinute: 60 }), false, true],
  ['another model', fleet({ model: 'gpt-4o-mini' }), false, false],
  ['another size of what is shared', fleet({ quotaKey: { ...EAST, capacity: 400 } }), true, false],
  ['another quota key', fleet({ quotaKey: { ...EAST, name: 'west' } }), true, false],
  ['nothing shared any more', fleet({ quotaKey: null }), true, false],
];

for (const [name, after, keepsOwn, keepsShared] of RELOADS) {
  test(`QuotaBook: over a reload with ${name}, what was learned of the own quota ${keepsOwn ? 'stays' : 'goes'}, and of the shared one ${keepsShared ? 'stays' : 'goes'}`, () => {
    const ledger = new Ledger(fleet(), NAMES);
    const [before = []] = quotasIn(ledger);
    ledger.reload(after, NAMES);
    const [now = []] = quotasIn(ledger);
    assert.equal(now[0] === before[0], keepsOwn);
    assert.equal(now[1] === before[1], keepsShared);
    assert.equal(now.length, after.deployments[0]?.quotaKey === null ? 1 : 2);
  });
}

test('QuotaBook: throttle, pause and attempts under way stay although the quota is another one', () => {
  const ledger = new Ledger(fleet(), NAMES);
  const [a] = ledger.fleet.deployments;
  assert.ok(a);
  const state = ledger.deployment(a);
  state.paused = true;
  state.inFlight = 2;
  ledger.reload(fleet({ capacity: 1 }), NAMES);
  assert.equal(ledger.deployment(a), state);
  assert.deepEqual([state.paused, state.inFlight], [true, 2]);
  assert.equal(state.quotas[0]?.report(0).configuredTokensPerMinute, 1_000);
});

test('QuotaBook: provisioned deployments take new shares from the settings, others keep what they learned', () => {
  const ptu = fleet({ type: 'ProvisionedManaged', quotaKey: null });
  const ledger = new Ledger(ptu, NAMES);
  const [before1, before2] = quotasIn(ledger);
  ledger.reload(ptu, NAMES, { ...SETTINGS, spillAt: { ...SETTINGS.spillAt, batch: 0.5 } });
  const [now1, now2] = quotasIn(ledger);
  assert.notEqual(now1?.[0], before1?.[0]);
  assert.equal(now2?.[0], before2?.[0]);
});

test('QuotaBook: a shared quota that nobody names any more is forgotten', () => {
  const ledger = new Ledger(fleet(), NAMES);
  const [[, before] = []] = quotasIn(ledger);
  ledger.reload(fleet({ quotaKey: null }, { quotaKey: null }), NAMES);
  ledger.reload(fleet(), NAMES);
  const [[, now] = []] = quotasIn(ledger);
  assert.ok(before && now);
  assert.notEqual(now, before);
});
