/** Usage that the gateway asks for in the client's stead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHAT, type TestAsk, TestGateway } from '../testing/kit.ts';

const SSE = { 'content-type': 'text/event-stream' };
const CONTENT = 'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n';
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}\n\n';
const DONE = 'data: [DONE]\n\n';
const BODY = '{ "stream" : true, "temperature":0.70}';
const ASKING = '{"stream_options":{"include_usage":true}, "stream" : true, "temperature":0.70}';
const V1_BODY = '{"model":"chat","stream":true}';
const V1_ASKING = '{"stream_options":{"include_usage":true},"model":"chat","stream":true}';

function asking(): TestGateway {
  return new TestGateway({ gateway: { usage: { includeUsage: 'ask' } } });
}

for (const [what, ask, body] of [
  ['classic', { body: BODY }, ASKING],
  ['v1', { target: '/openai/v1/chat/completions', body: V1_BODY }, V1_ASKING],
  ['text', { target: '/openai/v1/completions', body: V1_BODY }, V1_ASKING],
] as const) {
  test(`exchange: a ${what} stream is asked for its usage, which the record has and the client does not see`, () => {
    const gateway = asking();
    const inbound = gateway.ask({ ...ask, headers: { 'accept-encoding': 'gzip' } });
    assert.equal(gateway.call.request.body?.toString(), body);
    assert.deepEqual(
      gateway.call.request.headers.filter((_, i, all) => all[i - 1] === 'accept-encoding'),
      ['identity'],
    );
    gateway.call.head(200, SSE).data(CONTENT + USAGE.slice(0, 20));
    gateway.call.data(USAGE.slice(20) + DONE).end();
    assert.equal(inbound.received, CONTENT + DONE);
    assert.deepEqual([gateway.exchanges[0]?.usage.promptTokens, gateway.exchanges[0]?.usageEstimated], [7, false]);
  });
}

const LEFT: ReadonlyArray<readonly [what: string, ask: TestAsk]> = [
  ['asks itself', { body: '{"stream":true,"stream_options":{"include_usage":true}}' }],
  ['wants no stream', { body: '{"messages":[]}' }],
  ['speaks a version that does not know it', { target: CHAT.replace('2024-10-21', '2024-06-01'), body: BODY }],
  ['wants a response', { target: '/openai/v1/responses', body: V1_BODY }],
  ['sends what cannot be read', { body: BODY, headers: { 'content-encoding': 'gzip' } }],
];

for (const [what, ask] of LEFT) {
  test(`exchange: the body of a client that ${what} stays as it is, and so does its stream`, () => {
    const gateway = asking();
    const inbound = gateway.ask(ask);
    assert.equal(gateway.call.request.body?.toString(), ask.body);
    gateway.call
      .head(200, SSE)
      .data(CONTENT + USAGE + DONE)
      .end();
    assert.equal(inbound.received, CONTENT + USAGE + DONE);
  });
}

test('exchange: without the setting a stream is asked for nothing', () => {
  const gateway = new TestGateway();
  gateway.ask({ body: BODY, headers: { 'accept-encoding': 'gzip' } });
  assert.equal(gateway.call.request.body?.toString(), BODY);
  assert.ok(gateway.call.request.headers.includes('gzip'));
});
