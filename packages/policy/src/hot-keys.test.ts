import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOT_KEYS, HotKeys } from './hot-keys.ts';

const NOW = 1_800_000_000_000;
const KEY = 0xdead_beef;

test('HotKeys: a key is hot from its third reading within ten seconds on', () => {
  const keys = new HotKeys();
  keys.read(KEY, NOW);
  keys.read(KEY, NOW + 4_000);
  assert.equal(keys.isHot(KEY, NOW + 4_000), false);
  keys.read(KEY, NOW + 9_000);
  assert.equal(keys.isHot(KEY, NOW + 10_000), true);
  assert.equal(keys.isHot(KEY, NOW + 10_001), false);
});

test('HotKeys: another key in the same place takes it, with nothing of what was there', () => {
  const keys = new HotKeys();
  for (let i = 0; i < 3; i++) keys.read(7, NOW);
  keys.read(7 + HOT_KEYS, NOW);
  assert.equal(keys.isHot(7, NOW), false);
  assert.equal(keys.isHot(7 + HOT_KEYS, NOW), false);
  keys.read(7 + HOT_KEYS, NOW);
  keys.read(7 + HOT_KEYS, NOW);
  assert.equal(keys.isHot(7 + HOT_KEYS, NOW), true);
});

test('HotKeys: nothing was read at first, not even key 0', () => {
  assert.equal(new HotKeys().isHot(0, NOW), false);
});
