import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemId, outputItems, responseDigits, responseDigitsOf } from './response-items.ts';
import { rendered, responseAsk, TEXT_AND_CALLS } from './testing.ts';

const RESPONSE = `resp_${'0123456789abcdef'.repeat(3)}`;

test('outputItems: the same response has the same items, however often it is put into bytes', () => {
  const one = outputItems(responseAsk(), rendered([TEXT_AND_CALLS]));
  assert.deepEqual(outputItems(responseAsk(), rendered([TEXT_AND_CALLS])), one);
  assert.equal(new Set(one.map(({ id }) => id)).size, one.length);
});

test('itemId: leads back to its response, and differs from item to item', () => {
  const ids = Array.from({ length: 1000 }, (_, n) => itemId('msg_', RESPONSE, n));
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.equal(responseDigitsOf(id), responseDigits(RESPONSE));
  assert.match(itemId('rs_', 'chatcmpl-1', 0), /^rs_[0-9a-f]{48}$/);
});

test('responseDigitsOf: knows no id of other forms', () => {
  for (const id of ['', 'msg_abc', `msg_${'g'.repeat(48)}`, RESPONSE.slice(5), `${RESPONSE}0`]) {
    assert.equal(responseDigitsOf(id), null, id);
  }
});
