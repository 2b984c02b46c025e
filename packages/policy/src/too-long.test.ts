import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY, type Deployment } from './fleet.ts';
import { ANYWHERE, type Ask } from './look.ts';
import { type Need, NO_NEED } from './need.ts';
import type { Outcome } from './outcome.ts';
import { passedOver, pick } from './pick.ts';
import { begin, end } from './state.ts';
import { deployment, pool, TestStates } from './testing.ts';
import { isAsLong, isAsShort } from './too-long.ts';

const NOW = 9_000_000;
const TOO_LONG: Outcome = { kind: 'tooLong', status: 400 };
const need = (promptTokens: number, answerTokensMax: number | null = 100): Need => ({
  ...NO_NEED,
  promptTokens,
  answerTokensMax,
});

const units = { on: 'a', model: 'gpt-4.1', type: 'ProvisionedManaged' } as const;
const standard = { on: 'b', model: 'gpt-4.1', type: 'Standard' } as const;
const sized = (on: string, contextTokens: number | null): Deployment => ({ ...deployment({ on }), contextTokens });

const SHORTNESS: ReadonlyArray<readonly [name: string, deployment: Deployment, refuser: Deployment, want: boolean]> = [
  ['itself', deployment(standard), deployment(standard), true],
  ['Standard, after one with units', deployment(standard), deployment(units), false],
  ['one with units, after Standard', deployment(units), deployment(standard), true],
  ['Standard, after its like', deployment({ ...standard, on: 'c' }), deployment(standard), true],
  ['another model', deployment({ ...standard, model: 'gpt-4o' }), deployment({ ...standard, on: 'c' }), false],
  ['of nothing known, after its like', deployment({ on: 'x' }), deployment({ on: 'y' }), true],
  ['a larger context', sized('x', 200), sized('y', 100), false],
  ['a smaller context', sized('x', 50), sized('y', 100), true],
  ['a context nobody told, after one that was told', sized('x', null), sized('y', 100), true],
];

for (const [name, given, refuser, want] of SHORTNESS) {
  test(`isAsShort: ${name} → ${want}`, () => assert.equal(isAsShort(given, refuser), want));
}

const REFUSED = { promptTokens: 1_000, totalTokens: 9_000 };
const LENGTHS: ReadonlyArray<readonly [name: string, need: Need, want: boolean]> = [
  ['the same again', need(1_000, 8_000), true],
  ['longer in both', need(2_000, 9_000), true],
  ['a longer prompt, with a short answer', need(2_000, 100), false],
  ['a shorter prompt, with a longer answer', need(900, 20_000), false],
  ['an answer without a bound counts as none', need(8_999, null), false],
];

for (const [name, given, want] of LENGTHS) {
  test(`isAsLong: ${name} → ${want}`, () => assert.equal(isAsLong(given, REFUSED), want));
}

function asked(need: Need, tooLongFor: Deployment | null = null): Ask {
  return { tried: [], ...ANYWHERE, need, isPromised: false, isLastResort: false, tooLongFor };
}

function refuses(states: TestStates, member: Deployment, need: Need, outcome = TOO_LONG): void {
  end(states, member, { outcome, ...begin(states, member, need, NOW) }, NOW, DEFAULT_POLICY);
}

test('pick: after a deployment refused a prompt as too long, the exchange goes on only where it may fit', () => {
  const three = pool(units, { ...standard, priority: 2 }, { ...units, on: 'c' });
  const [first] = three.members;
  assert.ok(first);
  const decision = pick(three, new TestStates(), asked(need(200_000), first), { nowMs: NOW, unit: 0 }, DEFAULT_POLICY);
  assert.equal(decision.deployment?.id, 'b/chat');
  assert.deepEqual(
    passedOver(decision).map(({ reason }) => reason),
    ['promptTooLong', 'promptTooLong'],
  );
});

test('pick: the next prompt as long passes the deployment over at once, a shorter one does not', () => {
  const two = pool(units, { ...standard, priority: 2 });
  const [first] = two.members;
  assert.ok(first);
  const states = new TestStates();
  refuses(states, first, need(200_000));
  const at = { nowMs: NOW, unit: 0 };
  assert.equal(pick(two, states, asked(need(200_000)), at, DEFAULT_POLICY).deployment?.id, 'b/chat');
  assert.equal(pick(two, states, asked(need(199_000)), at, DEFAULT_POLICY).deployment?.id, 'a/chat');
});

test('pick: what was refused is asked again where nobody else is left, and forgotten when it is served', () => {
  const one = pool(units);
  const [only] = one.members;
  assert.ok(only);
  const states = new TestStates();
  refuses(states, only, need(200_000));
  const at = { nowMs: NOW, unit: 0 };
  assert.equal(pick(one, states, asked(need(200_000)), at, DEFAULT_POLICY).kind, 'none');
  const last = { ...asked(need(200_000)), isLastResort: true };
  assert.equal(pick(one, states, last, at, DEFAULT_POLICY).kind, 'send');
  refuses(states, only, need(200_000), { kind: 'answered', status: 200 });
  assert.equal(pick(one, states, asked(need(200_000)), at, DEFAULT_POLICY).kind, 'send');
});

test('end: a request of unknown length teaches nothing about lengths', () => {
  const states = new TestStates();
  const member = deployment(units);
  refuses(states, member, NO_NEED);
  assert.equal(states.deployment(member).tooLong, null);
});
