import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shares } from './shares.ts';

const MAX = 8;

type Asked = ReadonlyArray<readonly [client: string | null, times: number]>;

/** @returns how many places each one got, of whom so many asked in turn. */
function taken(asked: Asked): readonly number[] {
  const shares = new Shares();
  let all = 0;
  return asked.map(([client, times]) => {
    const before = all;
    for (let i = 0; i < times; i++) {
      if (!shares.mayTake(client, all, MAX)) continue;
      shares.take(client);
      all++;
    }
    return all - before;
  });
}

const TABLE: ReadonlyArray<readonly [name: string, asked: Asked, want: readonly number[]]> = [
  ['one client alone leaves a quarter', [['flood', 99]], [6]],
  [
    'another one gets that quarter',
    [
      ['flood', 99],
      ['quiet', 99],
    ],
    [6, 2],
  ],
  [
    'several that are no flood fill it up',
    [
      ['a', 2],
      ['b', 2],
      ['c', 2],
      ['d', 2],
      ['e', 2],
    ],
    [2, 2, 2, 2, 0],
  ],
  ['callers who are not told apart fill it up', [[null, 99]], [8]],
];

for (const [name, asked, want] of TABLE) {
  test(`Shares: ${name}`, () => assert.deepEqual(taken(asked), want));
}

test('Shares: what is given back may be taken again', () => {
  const shares = new Shares();
  for (let i = 0; i < 2; i++) shares.take('a');
  assert.equal(shares.mayTake('a', 6, MAX), false);
  shares.giveBack('a');
  assert.equal(shares.mayTake('a', 6, MAX), true);
  shares.giveBack('a');
  shares.giveBack('a');
  assert.equal(shares.mayTake('a', 7, MAX), true);
});
