import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PriceBook, type PriceRow, type PriceTable, pricesIn } from './prices.ts';

function table(...rows: readonly PriceRow[]): PriceTable {
  return { origin: { asOf: '2026-11-21', source: 'a test', currency: 'EUR' }, rows };
}

const TABLE = table(
  { model: 'gpt-5.2', place: null, prices: { ptuHour: 1, input: 2, output: 8 } },
  { model: 'GPT-5.2', place: 'regional', prices: { ptuHour: 2, output: 9 } },
  { model: 'o3', place: 'global', prices: { input: 3, cachedInput: 1, output: 4 } },
  { model: 'embedding', place: null, prices: { input: 0.1 } },
  { model: 'units', place: null, prices: { ptuHour: 1 } },
);

test('pricesIn: of a place its own row goes over the one for all, in whatever case the model is written', () => {
  assert.deepEqual(pricesIn(TABLE, 'gpt-5.2', 'global'), { ptuHour: 1, input: 2, output: 8 });
  assert.deepEqual(pricesIn(TABLE, 'gpt-5.2', 'regional'), { ptuHour: 2, input: 2, output: 9 });
  assert.deepEqual(pricesIn(TABLE, 'gpt-5.2', null), { ptuHour: 1, input: 2, output: 8 });
  assert.deepEqual(pricesIn(TABLE, 'gpt-4o', 'global'), {});
});

test('PriceBook: knows the price of a million tokens by model and kind of deployment; cached ones as the others where none is given', () => {
  const book = new PriceBook(TABLE);
  assert.deepEqual(book.perMillion('GPT-5.2', 'GlobalStandard'), { input: 2, cachedInput: 2, output: 8 });
  assert.deepEqual(book.perMillion('gpt-5.2', 'Standard'), { input: 2, cachedInput: 2, output: 9 });
  assert.deepEqual(book.perMillion('gpt-5.2', null), { input: 2, cachedInput: 2, output: 8 });
  assert.deepEqual(book.perMillion('o3', 'GlobalStandard'), { input: 3, cachedInput: 1, output: 4 });
  assert.deepEqual(book.perMillion('embedding', 'DataZoneStandard'), { input: 0.1, cachedInput: 0.1, output: null });
});

test('PriceBook: has no price for a model, a kind of deployment or a unit of which none is told', () => {
  const book = new PriceBook(TABLE);
  assert.equal(book.perMillion('gpt-4o', 'Standard'), null);
  assert.equal(book.perMillion('o3', 'Standard'), null);
  assert.equal(book.perMillion('o3', null), null);
  assert.equal(book.perMillion('units', 'Standard'), null);
});
