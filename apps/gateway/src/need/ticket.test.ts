/** Through a gateway without sockets: what a request reserves, and what its answer teaches. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Need } from '@spillway/policy';
import { TestGateway } from '../testing/kit.ts';

const V1 = '/openai/v1/';
const CHAT = { model: 'chat', messages: [{ role: 'user', content: 'word '.repeat(200) }], max_tokens: 300, n: 2 };
const USAGE = { prompt_tokens: 607, completion_tokens: 80, prompt_tokens_details: { cached_tokens: 0 } };

/** Asks, answers, and tells what was needed. */
function needed(gateway: TestGateway, path: string, body: object | string, usage: object = USAGE): Need | undefined {
  let need: Need | undefined;
  const { estimator } = gateway.context;
  const ask = estimator.need.bind(estimator);
  estimator.need = (size, asker, nowMs) => {
    const ticket = ask(size, asker, nowMs);
    need = ticket.need;
    return ticket;
  };
  gateway.ask({ target: V1 + path, body: typeof body === 'string' ? body : JSON.stringify(body) });
  gateway.call.answer(200, JSON.stringify({ choices: [], usage }));
  estimator.need = ask;
  return need;
}

test('ticketOf: a chat completion is told by its bytes, its bound and its choices', () => {
  const need = needed(new TestGateway(), 'chat/completions', CHAT);
  assert.ok(need !== undefined);
  const { promptTokens, ...rest } = need;
  assert.ok(promptTokens > 250 && promptTokens < 265, String(promptTokens));
  assert.deepEqual(rest, {
    cachedTokens: 0,
    answerTokensMax: 300,
    answerTokens: 512,
    choices: 2,
    class: 'standard',
    cacheKey: null,
  });
});

test('ticketOf: what answers report is learned, for the next request of the same client', () => {
  const gateway = new TestGateway();
  for (let i = 0; i < 20; i++) needed(gateway, 'chat/completions', CHAT);
  const need = needed(gateway, 'chat/completions', CHAT);
  assert.ok(need !== undefined);
  assert.ok(Math.abs(need.promptTokens - 607) < 40, String(need.promptTokens));
  assert.ok(Math.abs(need.answerTokens - 80) < 12, String(need.answerTokens));
});

test('ticketOf: an embedding draws its input alone', () => {
  const need = needed(new TestGateway(), 'embeddings', { model: 'chat', input: 'x'.repeat(4_000), n: 5 });
  assert.deepEqual(need, {
    promptTokens: 1_001,
    cachedTokens: 0,
    answerTokensMax: 0,
    answerTokens: 0,
    choices: 1,
    class: 'standard',
    cacheKey: null,
  });
});

const NOTHING: ReadonlyArray<readonly [method: string, path: string]> = [
  ['GET', 'models'],
  ['GET', 'responses/resp_68abcdef0123'],
  ['POST', 'responses/input_tokens'],
];

for (const [method, path] of NOTHING) {
  test(`ticketOf: ${method} ${path} costs no tokens`, () => {
    const gateway = new TestGateway();
    gateway.ask({ method, target: V1 + path, body: method === 'GET' ? '' : '{"model":"chat","input":"x"}' });
    assert.deepEqual([...gateway.context.estimator.profiles()], []);
  });
}

test('ticketOf: of a body that cannot be read nothing is told, and nothing spoils what is known', () => {
  const gateway = new TestGateway();
  const target = '/openai/deployments/chat/chat/completions?api-version=2024-10-21';
  const headers = { 'content-encoding': 'gzip' };
  gateway.ask({ target, headers, body: JSON.stringify(CHAT) });
  gateway.call.answer(200, JSON.stringify({ choices: [], usage: USAGE }));
  const [profile] = [...gateway.context.estimator.profiles()];
  assert.equal(profile?.prompts.count('plain'), 0);
  assert.equal(profile?.habit.sums.requests, 1);
});
