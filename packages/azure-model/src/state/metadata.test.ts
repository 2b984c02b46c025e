import assert from 'node:assert/strict';
import test from 'node:test';
import { METADATA_KEY_CHARS_MAX, METADATA_PAIRS_MAX, METADATA_VALUE_CHARS_MAX, metadataOf } from './metadata.ts';
import { isRefusal } from './refusals.ts';

function pairs(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, 'value']));
}

test('metadataOf: takes what is within its limits', () => {
  const longest = { ['k'.repeat(METADATA_KEY_CHARS_MAX)]: 'v'.repeat(METADATA_VALUE_CHARS_MAX) };
  for (const given of [{}, pairs(METADATA_PAIRS_MAX), longest]) assert.deepEqual(metadataOf(given), given);
  assert.equal(metadataOf(undefined), null);
});

test('metadataOf: refuses what is not', () => {
  const longKey = { ['k'.repeat(METADATA_KEY_CHARS_MAX + 1)]: 'v' };
  const longValue = { k: 'v'.repeat(METADATA_VALUE_CHARS_MAX + 1) };
  for (const given of ['text', { k: 1 }, pairs(METADATA_PAIRS_MAX + 1), longKey, longValue]) {
    const refusal = metadataOf(given);
    assert.ok(refusal !== null && isRefusal(refusal), JSON.stringify(given).slice(0, 60));
  }
});
