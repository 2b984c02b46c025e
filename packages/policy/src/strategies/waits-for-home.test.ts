/** Where all is nearly full: a request whose home is full waits for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Look } from '../look.ts';
import { choose } from '../pick.ts';
import { headroom } from './headroom.ts';
import { type LookGiven, lookOf } from './testing.ts';

const KEY = 12_345;
const facts = { cachedShare: 0.8, turn: 0 };
const FULL = { found: null, reason: 'noHeadroom', untilMs: 1_500, free: 0 } as const;
const LAST = { unit: 0.5, isLastResort: true };
const NOT_LAST = { unit: 0.5, isLastResort: false };

/** Three units; the nearest to the key first. */
function units(home: Partial<LookGiven>, second: Partial<LookGiven>, third: Partial<LookGiven> = FULL): Look[] {
  const looks = ['a', 'b', 'c'].map((on) => lookOf({ member: { on, type: 'ProvisionedManaged' }, cacheKey: KEY }));
  const given = [home, second, third];
  return looks
    .toSorted((one, other) => other.kinship - one.kinship)
    .map(({ deployment }, i) =>
      lookOf({
        member: { on: deployment.backend.name, type: 'ProvisionedManaged' },
        cacheKey: KEY,
        ...given[i],
      }),
    );
}

test('waitsForHome: waits for a full home where no other has 30 % left, and says why', () => {
  const looks = units(FULL, { free: 0.29 });
  assert.equal(choose(looks, headroom, facts, NOT_LAST), null);
  assert.deepEqual(
    looks.map(({ reason }) => reason),
    ['noHeadroom', 'coldCache', 'noHeadroom'],
  );
});

test('waitsForHome: goes elsewhere where another has 30 % left', () => {
  const looks = units(FULL, { free: 0.3 });
  assert.equal(choose(looks, headroom, facts, NOT_LAST), looks[1]);
});

test('waitsForHome: where it cannot wait, is refused below 15 %, a mere guess not taken either, and else goes elsewhere', () => {
  assert.equal(choose(units(FULL, { free: 0.14 }), headroom, facts, LAST), null);
  assert.equal(choose(units(FULL, { ...FULL, isGuess: true, free: 0.02 }), headroom, facts, LAST), null);
  const looks = units(FULL, { free: 0.15 });
  assert.equal(choose(looks, headroom, facts, LAST), looks[1]);
});

test('waitsForHome: does not wait where another reads the same beginning all the time', () => {
  const looks = units(FULL, { free: 0.1, isHot: true });
  assert.equal(choose(looks, headroom, facts, NOT_LAST), looks[1]);
});

test('waitsForHome: does not wait for what is cached of a prompt where that is less than a quarter, or where there is no key', () => {
  const looks = units(FULL, { free: 0.1 });
  assert.equal(choose(looks, headroom, { cachedShare: 0.24, turn: 0 }, NOT_LAST), looks[1]);
  const keyless = units(FULL, { free: 0.1 }).map(({ deployment, reason, untilMs, free }) =>
    lookOf({ member: { on: deployment.backend.name, type: 'ProvisionedManaged' }, reason, untilMs, free }),
  );
  assert.equal(choose(keyless, headroom, facts, NOT_LAST), keyless[1]);
});

test('waitsForHome: does not wait for a home that has failed, was tried, or has room', () => {
  for (const reason of ['tried', 'breakerOpen', 'paused'] as const) {
    const looks = units({ reason, free: 0 }, { free: 0.1 });
    assert.equal(choose(looks, headroom, facts, NOT_LAST), looks[1]);
  }
  const looks = units({ free: 0.05 }, { free: 0.1 });
  assert.equal(choose(looks, headroom, facts, NOT_LAST), looks[0]);
});

test('waitsForHome: does not wait where Standard capacity is free, whatever its priority: there cached tokens take the same room', () => {
  const [home, second] = units(FULL, { free: 0.1 });
  assert.ok(home !== undefined && second !== undefined);
  const overflow = lookOf({ member: { on: 'd', type: 'Standard', priority: 2 }, cacheKey: KEY, free: 0.05 });
  assert.equal(choose([home, second, overflow], headroom, facts, NOT_LAST), second);
});
