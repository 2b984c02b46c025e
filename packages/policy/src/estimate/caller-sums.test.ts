import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALLERS_MAX, CallerBook, NOBODY, OTHERS } from './caller-sums.ts';

test('CallerBook: sums what each client reserved and used', () => {
  const book = new CallerBook();
  book.add('a', 100, 10);
  book.add(null, 50, 5);
  book.add('a', 200, 20);
  assert.deepEqual(book.all(), [
    { client: 'a', reservedTokens: 300, usedTokens: 30 },
    { client: NOBODY, reservedTokens: 50, usedTokens: 5 },
  ]);
});

test('CallerBook: clients beyond the maximum are summed as one, and those before stay apart', () => {
  const book = new CallerBook();
  for (let i = 0; i < 3 * CALLERS_MAX; i++) book.add(`client-${i}`, 2, 1);
  book.add('client-0', 2, 1);
  const all = book.all();
  assert.equal(all.length, CALLERS_MAX + 1);
  assert.deepEqual(all[0], { client: 'client-0', reservedTokens: 4, usedTokens: 2 });
  assert.deepEqual(all.at(-1), { client: OTHERS, reservedTokens: 4 * CALLERS_MAX, usedTokens: 2 * CALLERS_MAX });
});
