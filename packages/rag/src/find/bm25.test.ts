import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bm25 } from './bm25.ts';

function indexOf(texts: Readonly<Record<string, string>>): Bm25 {
  const index = new Bm25();
  for (const [id, text] of Object.entries(texts)) index.add(id, text);
  return index;
}

const TEXTS = {
  pets: 'Dogs are welcome. The fee for a dog is 15 euros for each night, and cats are free.',
  deposit: 'The deposit of 100 euros is refunded within 14 days.',
  haustiere: 'Hunde sind in der Wohnung erlaubt, und die Gebühr ist mit dem Gast vereinbart.',
  애완동물: '반려견 보증금은 도착 전에 송금해야 합니다.',
};
const FOUND: ReadonlyArray<readonly [query: string, first: string | undefined]> = [
  ['Is there a fee for my dogs?', 'pets'],
  ['When are deposits refunded?', 'deposit'],
  ['Sind Hunde in den Wohnungen erlaubt?', 'haustiere'],
  ['보증금이 얼마예요?', '애완동물'],
  ['spaceship', undefined],
  ['', undefined],
];

for (const [query, first] of FOUND) {
  test(`Bm25: ${JSON.stringify(query)} finds ${first}`, () => {
    assert.equal(indexOf(TEXTS).search(query, 5)[0]?.id, first);
  });
}

test('Bm25: a rare word weighs more than a common one, a short text more than a long one', () => {
  const filler = 'Some words about other things. '.repeat(10);
  const index = indexOf({
    a: `key ${filler}`,
    b: 'key box',
    c: `box ${filler}`,
    d: `box ${filler}`,
    e: `box ${filler}`,
  });
  assert.deepEqual(
    index.search('key', 5).map(({ id }) => id),
    ['b', 'a'],
  );
  assert.deepEqual(
    index.search('key box', 2).map(({ id }) => id),
    ['b', 'a'],
  );
});

test('Bm25: gives no more than asked for, best first, and refuses the same id again', () => {
  const index = indexOf(TEXTS);
  const found = index.search('the fee of the dog and the deposit in euros', 2);
  assert.equal(found.length, 2);
  assert.ok((found[0]?.score ?? 0) >= (found[1]?.score ?? 0));
  assert.deepEqual(index.search('dog', 0), []);
  assert.throws(() => index.add('pets', 'again'), /pets is indexed already/);
  assert.equal(index.size, 4);
});

test('Bm25: an empty index finds nothing', () => assert.deepEqual(new Bm25().search('dog', 5), []));
