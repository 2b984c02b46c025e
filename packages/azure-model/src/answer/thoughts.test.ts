import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { modelFacts } from '@spillway/protocol';
import { readChat } from '../ask/chat.ts';
import { thoughtTokens } from './thoughts.ts';

function mean(model: string, body: Record<string, unknown> = {}): number {
  const facts = modelFacts(model);
  const read = readChat({ messages: [{ role: 'user', content: 'x' }], ...body }, facts);
  if (read.kind === 'refused') throw new Error(read.refusal.body);
  let sum = 0;
  for (let seed = 0; seed < 200; seed++) {
    const tokens = thoughtTokens(read.ask, facts, seededUnit(seed));
    assert.equal(tokens % 64, 0);
    sum += tokens;
  }
  return sum / 200;
}

test('thoughtTokens: more effort, more thoughts', () => {
  const means = ['low', 'medium', 'high'].map((reasoning_effort) => mean('o3', { reasoning_effort }));
  assert.ok((means[0] ?? 0) > 0 && (means[1] ?? 0) > 2 * (means[0] ?? 0) && (means[2] ?? 0) > 2 * (means[1] ?? 0));
  assert.equal(mean('o3'), means[1]);
});

test('thoughtTokens: none of models that do not think, or not unasked', () => {
  assert.deepEqual([mean('gpt-4o'), mean('gpt-5.1'), mean('gpt-5.1', { reasoning_effort: 'none' })], [0, 0, 0]);
});
