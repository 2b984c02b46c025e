import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { readChat } from './chat-request.ts';
import { chatCost } from './estimate.ts';

/** Forty characters are ten tokens. */
const FORTY = 'x'.repeat(40);

const COSTS: ReadonlyArray<readonly [name: string, model: string, body: Record<string, unknown>, cost: number]> = [
  ['adds 16 where the answer is not bounded', 'gpt-4o', {}, 26],
  ['adds nothing then for a reasoning model', 'o3', {}, 10],
  ['adds max_tokens', 'gpt-4o', { max_tokens: 500 }, 510],
  ['prefers max_completion_tokens', 'gpt-4o', { max_tokens: 500, max_completion_tokens: 100 }, 110],
  ['adds the answer once for each choice', 'gpt-4o', { max_tokens: 500, n: 3 }, 1510],
  ['takes null for not given', 'gpt-4o', { max_tokens: null, n: null }, 26],
];

for (const [name, model, fields, cost] of COSTS) {
  test(`chatCost: ${name}`, () => {
    const facts = modelFacts(model);
    const read = readChat({ messages: [{ role: 'user', content: FORTY }], ...fields }, facts);
    assert.equal(read.kind === 'ask' ? chatCost(read.ask, facts) : read, cost);
  });
}

test('chatCost: rounds the characters of the whole prompt up once', () => {
  const facts = modelFacts('gpt-4o');
  const messages = [
    { role: 'system', content: 'abc' },
    { role: 'user', content: [{ type: 'text', text: 'de' }] },
  ];
  const read = readChat({ messages, max_tokens: 1 }, facts);
  assert.equal(read.kind === 'ask' ? chatCost(read.ask, facts) : read, 3);
});
