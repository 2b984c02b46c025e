import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_USAGE, TEXT_MIXES, type Usage } from '@spillway/protocol';
import fc from 'fast-check';
import { type Asker, type AskSize, Estimator } from './estimator.ts';

const SIZE: AskSize = {
  bytes: 4_060,
  items: 2,
  extras: 0,
  mix: 'plain',
  answerTokensMax: 1_000,
  choices: 1,
  cacheKey: 7,
};
const ASKER: Asker = { client: 'chat-app', model: 'gpt-4o', operation: 'chat.completions', class: 'interactive' };
const used = (usage: Partial<Usage>): Usage => ({ ...NO_USAGE, ...usage });

test('Estimator: of a request like no other, a rule of thumb', () => {
  const { need } = new Estimator().need(SIZE, ASKER, 0);
  assert.deepEqual(need, {
    promptTokens: 1_011,
    cachedTokens: 0,
    answerTokensMax: 1_000,
    answerTokens: 256,
    choices: 1,
    class: 'interactive',
    cacheKey: 7,
  });
});

test('Estimator: after a few answers it tells prompt, answer and cached tokens of the next request like these', () => {
  const estimator = new Estimator();
  for (let i = 0; i < 40; i++) {
    const ticket = estimator.need(SIZE, ASKER, i);
    estimator.answered(ticket, used({ promptTokens: 811, completionTokens: 120, cachedTokens: 640 }), i);
  }
  const { need } = estimator.need(SIZE, ASKER, 100);
  assert.ok(Math.abs(need.promptTokens - 811) <= 10, String(need.promptTokens));
  assert.ok(Math.abs(need.answerTokens - 120) <= 3, String(need.answerTokens));
  assert.equal(need.cachedTokens, 640);
});

test('Estimator: never expects more in the cache than the prompt has', () => {
  const estimator = new Estimator();
  estimator.answered(estimator.need(SIZE, ASKER, 0), used({ promptTokens: 1_000, cachedTokens: 5_000 }), 0);
  const { need } = estimator.need(SIZE, ASKER, 0);
  assert.equal(need.cachedTokens, need.promptTokens);
});

test('Estimator: clients, models and operations are told apart where answers differ', () => {
  const estimator = new Estimator();
  const batch = { ...ASKER, client: 'nightly' };
  for (let i = 0; i < 60; i++) {
    estimator.answered(estimator.need(SIZE, ASKER, 0), used({ promptTokens: 1_000, completionTokens: 50 }), 0);
    estimator.answered(estimator.need(SIZE, batch, 0), used({ promptTokens: 1_000, completionTokens: 900 }), 0);
  }
  assert.ok(estimator.need(SIZE, ASKER, 0).need.answerTokens < 60);
  assert.ok(estimator.need(SIZE, batch, 0).need.answerTokens > 850);
  assert.equal(estimator.need(SIZE, { ...ASKER, model: 'o3' }, 0).need.answerTokens, 256);
  assert.equal(estimator.need(SIZE, { ...ASKER, operation: 'responses' }, 0).need.answerTokens, 256);
});

test('Estimator: an answer that tells nothing teaches nothing; a count of the prompt alone teaches that', () => {
  const estimator = new Estimator();
  const ticket = estimator.need(SIZE, ASKER, 0);
  estimator.answered(ticket, NO_USAGE, 0);
  assert.deepEqual(estimator.need(SIZE, ASKER, 0).need, ticket.need);
  for (let i = 0; i < 40; i++) estimator.calibrate(ticket, 2_011);
  const { need } = estimator.need(SIZE, ASKER, 0);
  assert.ok(Math.abs(need.promptTokens - 2_011) < 60, String(need.promptTokens));
  assert.equal(need.answerTokens, 256);
});

test('Estimator: however many clients and models come, no more than the maximum are remembered', () => {
  const estimator = new Estimator({ modelsMax: 4, profilesMax: 8 });
  for (let i = 0; i < 1_000; i++) {
    const asker = { ...ASKER, client: `client-${i}`, model: `model-${i}` };
    estimator.answered(estimator.need(SIZE, asker, 0), used({ promptTokens: 10, completionTokens: 5 }), 0);
  }
  const kept = [...estimator.profiles()].map(({ client }) => client);
  assert.ok(kept.length <= 8, String(kept.length));
  assert.ok(kept.includes('client-999'));
});

test('Estimator: sums what each client reserved with a bound, and used of it', () => {
  const estimator = new Estimator();
  const usage = used({ promptTokens: 1_000, completionTokens: 300 });
  estimator.answered(estimator.need({ ...SIZE, choices: 2 }, ASKER, 0), usage, 0);
  estimator.answered(estimator.need({ ...SIZE, answerTokensMax: null }, ASKER, 0), usage, 0);
  assert.deepEqual(estimator.callers(), [{ client: 'chat-app', reservedTokens: 2_000, usedTokens: 300 }]);
});

test('Estimator: what is learned late, of a caller that was forgotten, does no harm', () => {
  const estimator = new Estimator({ modelsMax: 2, profilesMax: 2 });
  const early = estimator.need(SIZE, ASKER, 0);
  for (let i = 0; i < 10; i++) estimator.need(SIZE, { ...ASKER, client: `client-${i}`, model: `model-${i}` }, 0);
  estimator.answered(early, used({ promptTokens: 9_000, completionTokens: 5 }), 0);
  assert.equal(estimator.need(SIZE, ASKER, 0).need.promptTokens, 1_011);
});

const COUNT = fc.constantFrom(0, 1, 7, 4_096, 1e9);
const TOLD = fc.oneof(fc.constant(null), COUNT);
/** As scanBody and usageIn let them through. */
const ANSWERED = fc.array(
  fc.record({
    client: fc.oneof(fc.constant(null), fc.string({ maxLength: 300 })),
    model: fc.constantFrom('gpt-4o', '__proto__', 'm'.repeat(300)),
    size: fc.record({
      bytes: fc.constantFrom(0, 2, 100, 64 * 1024 * 1024),
      items: fc.constantFrom(0, 1, 1_000_000),
      extras: fc.constantFrom(0, 1, 1_000_000),
      mix: fc.constantFrom(...TEXT_MIXES),
      answerTokensMax: fc.constantFrom(null, 0, 1, 1_000_000),
      choices: fc.constantFrom(1, 128),
      cacheKey: fc.constantFrom(null, 0, 2 ** 32 - 1),
    }),
    usage: fc.record({ promptTokens: TOLD, completionTokens: TOLD, cachedTokens: TOLD, reasoningTokens: TOLD }),
    passedMs: fc.constantFrom(0, 1, 86_400_000),
  }),
  { maxLength: 60 },
);

test('Estimator: whatever is asked and answered, needs are figures of 0 or more, and only so many profiles are kept', () => {
  fc.assert(
    fc.property(ANSWERED, (answered) => {
      const estimator = new Estimator({ modelsMax: 2, profilesMax: 8 });
      let nowMs = 0;
      for (const { client, model, size, usage, passedMs } of answered) {
        nowMs += passedMs;
        const ticket = estimator.need(size, { ...ASKER, client, model }, nowMs);
        const { promptTokens, cachedTokens, answerTokens } = ticket.need;
        for (const [name, figure] of Object.entries({ promptTokens, cachedTokens, answerTokens }))
          assert.ok(Number.isFinite(figure) && figure >= 0, `${name}: ${figure}`);
        assert.ok(cachedTokens <= promptTokens);
        estimator.answered(ticket, usage, nowMs);
        assert.ok([...estimator.profiles()].length <= 8);
      }
      for (const { reservedTokens, usedTokens } of estimator.callers())
        assert.ok(Number.isSafeInteger(reservedTokens) && Number.isSafeInteger(usedTokens));
    }),
    { seed: 20261121, numRuns: 200 },
  );
});
