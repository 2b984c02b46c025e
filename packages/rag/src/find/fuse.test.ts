import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuse, RANK_CONSTANT, type Ranking } from './fuse.ts';

const ranking = (ids: string, weight = 1): Ranking => ({ ids: ids.split(''), weight });

const TABLE: ReadonlyArray<readonly [name: string, rankings: readonly Ranking[], want: string]> = [
  ['one ranking stays as it is', [ranking('abc')], 'abc'],
  ['what both have goes before what one has', [ranking('abc'), ranking('dec')], 'cadbe'],
  ['a weight of a quarter hardly moves the other', [ranking('abc'), ranking('cxy', 0.25)], 'cabxy'],
  ['a weight of nothing leaves a ranking out', [ranking('abc'), ranking('xyz', 0)], 'abc'],
  ['one named twice counts once', [ranking('aab'), ranking('bc')], 'bac'],
  ['no rankings', [], ''],
];

for (const [name, rankings, want] of TABLE) {
  test(`fuse: ${name}`, () => {
    assert.equal(
      fuse(rankings)
        .map(({ id }) => id)
        .join(''),
      want,
    );
  });
}

test('fuse: scores are sums of weight / (k + place)', () => {
  const [first] = fuse([ranking('a'), ranking('ba', 0.5)]);
  assert.deepEqual(first, { id: 'a', score: 1 / (RANK_CONSTANT + 1) + 0.5 / (RANK_CONSTANT + 2) });
});
