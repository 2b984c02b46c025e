import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY, type Pool } from '@spillway/policy';
import { waitMsMax } from './bound.ts';

const POOL: Pool = { name: 'chat', members: [] };
const { waiting } = DEFAULT_POLICY;

const CASES: ReadonlyArray<
  readonly [name: string, pool: number | undefined, client: number | null, asked: string | undefined, wantMs: number]
> = [
  ["the class's, where nothing else is said", undefined, null, undefined, waiting.maxMs.batch],
  ["the pool's before the class's", 20, null, undefined, 20],
  ["the client's before the pool's", 20, 30, undefined, 30],
  ['what is asked for, where it is less', 20, 30, '10', 10],
  ['not what is asked for, where it is more', 20, 30, '40', 30],
  ['none, where none is asked for', 20, 30, '0', 0],
  ['nothing else, where what is asked for cannot be read', 20, 30, '1e3', 30],
  ['nothing else, where what is asked for is negative', 20, 30, '-1', 30],
  ['nothing else, where nothing is asked for', 20, 30, '', 30],
  ['nothing else, where what is asked for is beyond all clocks', 20, 30, '9'.repeat(40), 30],
];

for (const [name, pool, clientMsMax, asked, wantMs] of CASES) {
  test(`waitMsMax: ${name}`, () => {
    const bounded = pool === undefined ? POOL : { ...POOL, waitMsMax: pool };
    assert.equal(waitMsMax(bounded, waiting, { class: 'batch', clientMsMax, asked }), wantMs);
  });
}
