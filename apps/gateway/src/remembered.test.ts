import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembered } from './remembered.ts';

test('remembered: asks once for each text, false answers too, up to its limit; beyond, each time', () => {
  const asked: string[] = [];
  const isLong = remembered(2, (text) => {
    asked.push(text);
    return text.length > 1;
  });
  assert.deepEqual(['a', 'bb', 'a', 'bb', 'c', 'c'].map(isLong), [false, true, false, true, false, false]);
  assert.deepEqual(asked, ['a', 'bb', 'c', 'c']);
});
