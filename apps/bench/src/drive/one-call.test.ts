import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { NO_USAGE } from '@spillway/protocol';
import { type CallResult, spentTokens } from './call.ts';
import { type CallParts, OneCall, type Retrying } from './one-call.ts';
import { HandSender, runClockOf, SENT } from './testing.ts';

const RETRYING: Retrying = { retry: 'retry-after', retryMsMax: 5_000 };
const IN_100_MS = { status: 429, hint: { source: 'retry-after-ms', waitMs: 100 } } as const;

function stage(retrying = RETRYING, more: Partial<CallParts> = {}) {
  const fake = new FakeClock();
  const clock = runClockOf(fake);
  const sender = new HandSender(clock);
  const results: CallResult[] = [];
  const ask = { target: 0, phase: 'measure', intendedMs: -30, request: SENT, promptTokens: 7 } as const;
  const parts = { clock, sender, unit: () => 0.5, count: null, ...more };
  const call = new OneCall(ask, retrying, parts, (result) => results.push(result));
  return { fake, sender, results, call };
}

test('OneCall: tries again after the wait that was asked for, and counts every attempt', () => {
  const { fake, sender, results } = stage();
  fake.advance(20);
  sender.open[0]?.answer(IN_100_MS);
  fake.advance(99);
  assert.equal(sender.open.length, 0);
  fake.advance(1);
  fake.advance(40);
  sender.open[0]?.answer();
  const [result] = results;
  assert.equal(results.length, 1);
  assert.deepEqual(result?.attempts, [
    { sentMs: 0, endMs: 20, status: 429, hintMs: 100, waitedMs: 100 },
    { sentMs: 120, endMs: 160, status: 200, hintMs: null, waitedMs: 0 },
  ]);
  assert.deepEqual([result?.intendedMs, result?.sentMs, result?.endMs, result?.class], [-30, 0, 160, 'ok']);
});

test('OneCall: 429 with 100 ms makes 50 attempts in 5 s, and ends as throttled', () => {
  const { fake, sender, results } = stage();
  for (let i = 0; i < 100 && results.length === 0; i++) {
    sender.open[0]?.answer(IN_100_MS);
    fake.advance(100);
  }
  assert.deepEqual([results[0]?.class, results[0]?.attempts.length], ['throttled', 50]);
  assert.equal(fake.pending, 0);
});

test('OneCall: cancelled while it waits, it ends at once, with the attempts it made', () => {
  const { fake, sender, results, call } = stage();
  sender.open[0]?.answer(IN_100_MS);
  fake.advance(50);
  call.cancel();
  call.cancel();
  assert.deepEqual(
    results.map(({ class: of, endMs, attempts }) => [of, endMs, attempts.length]),
    [['cancelled', 50, 1]],
  );
  assert.equal(fake.pending, 0);
});

test('OneCall: cancelled while it is under way, it ends as cancelled and is not tried again', () => {
  const { fake, sender, results, call } = stage();
  fake.advance(10);
  call.cancel();
  assert.deepEqual(
    results.map(({ class: of, endMs }) => [of, endMs]),
    [['cancelled', 10]],
  );
  assert.deepEqual([sender.sentMs.length, fake.pending], [1, 0]);
});

test('OneCall: a refusal that is on its way when the call is cancelled is not tried again', () => {
  const late: { answer: () => void } = { answer: () => {} };
  const { fake, results, call } = stage(RETRYING, {
    sender: {
      // As an attempt that is over, whose result has not come yet: cancelling it does nothing.
      send: (_, done) => {
        const open = new HandSender(runClockOf(new FakeClock()));
        open.send(SENT, done);
        late.answer = () => open.open[0]?.answer(IN_100_MS);
        return { cancel: () => {} };
      },
    },
  });
  call.cancel();
  late.answer();
  assert.deepEqual([results.length, fake.pending], [1, 0]);
});

const TOKENS: readonly (readonly [string, object, CallParts['count'], readonly unknown[]])[] = [
  ['by usage', {}, null, ['usage', 10, 5]],
  ['by a tokenizer', { usage: NO_USAGE, text: 'abc', chunks: 2 }, (text: string) => text.length, ['tokenizer', 7, 3]],
  ['by chunks', { usage: NO_USAGE, text: 'abc', chunks: 2 }, null, ['chunks', 7, 2]],
  ['of embeddings', { usage: { ...NO_USAGE, promptTokens: 9 } }, null, ['usage', 9, 0]],
  ['none', { usage: NO_USAGE, chunks: 0, class: 'reset', status: 0 }, null, ['none', 7, 0]],
];

for (const [name, answer, count, want] of TOKENS) {
  test(`OneCall: tokens ${name}`, () => {
    const { sender, results } = stage({ retry: 'none', retryMsMax: 1 }, { count });
    sender.open[0]?.answer(answer);
    assert.deepEqual([results[0]?.tokensFrom, results[0]?.promptTokens, results[0]?.completionTokens], want);
  });
}

test('OneCall: hedged, an attempt says that it was two, its tokens count twice, and a refusal is retried as told', () => {
  const { fake, sender, results } = stage({ retry: 'hedged', retryMsMax: 5_000 });
  sender.open[0]?.answer(IN_100_MS);
  fake.advance(100);
  sender.open[0]?.answer({ hedge: 'copy' });
  const [result] = results;
  assert.deepEqual(
    result?.attempts.map(({ status, waitedMs, hedge }) => [status, waitedMs, hedge]),
    [
      [429, 100, undefined],
      [200, 0, 'copy'],
    ],
  );
  assert.equal(result === undefined ? null : spentTokens(result), 30);
});

test('OneCall: what is to be logged is made of what was sent and answered, and of no call that was cut off', () => {
  const contentOf = (request: string, texts: readonly string[]) => ({
    request,
    output: [{ role: 'assistant' as const, content: texts.join() }],
  });
  const whole = stage(RETRYING, { contentOf });
  whole.sender.open[0]?.answer({ texts: ['a', 'b'] });
  assert.deepEqual(whole.results[0]?.content, { request: '{}', output: [{ role: 'assistant', content: 'a,b' }] });
  const waiting = stage(RETRYING, { contentOf });
  waiting.sender.open[0]?.answer(IN_100_MS);
  waiting.call.cancel();
  assert.ok(waiting.results[0] !== undefined && !('content' in waiting.results[0]));
});
