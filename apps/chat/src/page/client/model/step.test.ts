import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutOf } from './step.ts';

const SEARCH = { kind: 'search', queries: ['dogs'], mode: 'text', passages: 2, withoutVectors: null };

const CASES: readonly (readonly [string, unknown, boolean])[] = [
  ['queries', { kind: 'queries', queries: ['a', 'b'], failed: null }, true],
  ['a search', SEARCH, true],
  ['a search of a mode that nobody knows', { ...SEARCH, mode: 'psychic' }, false],
  ['a search without its count', { ...SEARCH, passages: undefined }, false],
  ['what was shortened', { kind: 'shortened', kept: 2, of: 5 }, true],
  ['a cut', { kind: 'cut' }, true],
  ['invented labels', { kind: 'invented', labels: ['S9'] }, true],
  ['a check', { kind: 'check', unsupported: 1 }, true],
  ['a kind of a newer server', { kind: 'toString' }, false],
  ['nothing, as of an older server', undefined, false],
];

for (const [name, about, isTold] of CASES)
  test(`aboutOf: ${name} is ${isTold ? 'told' : 'passed over'}`, () =>
    assert.deepEqual(aboutOf({ type: 'step', about }), isTold ? about : null));
