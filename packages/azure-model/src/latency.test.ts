import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Choice } from './answer/choice.ts';
import {
  type Latency,
  type Load,
  type Pace,
  type PaceAsk,
  PROMPT_TOKENS_PER_FIRST_TOKEN,
  paceOf,
  tokenAtMs,
  tokensAfter,
  wholeAnswerMs,
} from './latency.ts';

const PACE: Pace = { headersMs: 0, firstTokenMs: 100, perTokenMs: 10 };
const LATENCY: Latency = { firstTokenMs: 100, perTokenMs: 10 };
const IDLE: Load = { active: 0, utilisation: null };

/** An idle deployment, a prompt of nothing, the middle of all chances. */
function paced(latency: Latency, ask: Partial<PaceAsk> = {}): Pace {
  return paceOf(latency, { unit: () => 0.5, load: IDLE, promptTokens: 0, choices: [], ...ask });
}

function choice(reasoningTokens: number): Choice {
  return { tokens: ['a'], plain: true, calls: [], finish: 'stop', reasoningTokens, logprobs: null };
}

const AFTER: ReadonlyArray<readonly [elapsedMs: number, tokens: number]> = [
  [0, 0],
  [99.9, 0],
  [100, 1],
  [109.9, 1],
  [110, 2],
  [1100, 101],
];

for (const [elapsedMs, tokens] of AFTER) {
  test(`tokensAfter: after ${elapsedMs} ms there are ${tokens}`, () => {
    assert.equal(tokensAfter(PACE, elapsedMs), tokens);
  });
}

test('tokensAfter: without a time between tokens all come with the first', () => {
  assert.equal(tokensAfter({ ...PACE, firstTokenMs: 5, perTokenMs: 0 }, 4), 0);
  assert.equal(tokensAfter({ ...PACE, firstTokenMs: 5, perTokenMs: 0 }, 5), Number.POSITIVE_INFINITY);
  assert.equal(tokensAfter({ ...PACE, firstTokenMs: 0, perTokenMs: 0 }, 0), Number.POSITIVE_INFINITY);
});

const PACES = fc.record({
  headersMs: fc.constant(0),
  firstTokenMs: fc.double({ min: 0, max: 5000, noNaN: true }),
  perTokenMs: fc.double({ min: 0.01, max: 100, noNaN: true }),
  gapSpread: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.nat(),
});

test('tokensAfter: counts each token at its time, which follows that of the one before, seed 20260228', () => {
  fc.assert(
    fc.property(PACES, fc.nat(10_000), (pace, token) => {
      const atMs = tokenAtMs(pace, token);
      assert.ok(tokenAtMs(pace, token + 1) >= atMs);
      assert.ok(tokensAfter(pace, atMs) > token);
      assert.ok(tokensAfter(pace, atMs - 0.001) <= token + 1);
      if (atMs - tokenAtMs(pace, Math.max(0, token - 1)) > 0.01) assert.equal(tokensAfter(pace, atMs - 0.005), token);
    }),
    { seed: 20260228, numRuns: 500 },
  );
});

test('tokenAtMs: gaps differ from token to token, the same for the same seed, and keep their mean', () => {
  const pace = { ...PACE, gapSpread: 1, seed: 7 };
  const gaps = Array.from({ length: 1000 }, (_, token) => tokenAtMs(pace, token + 1) - tokenAtMs(pace, token));
  assert.ok(new Set(gaps.map((gap) => gap.toFixed(3))).size > 900);
  assert.ok(Math.min(...gaps) >= 0 && Math.min(...gaps) < 1 && Math.max(...gaps) > 19 && Math.max(...gaps) <= 20);
  assert.ok(Math.abs(gaps.reduce((sum, gap) => sum + gap, 0) / 1000 - 10) < 0.02);
  assert.equal(tokenAtMs(pace, 500), tokenAtMs({ ...pace }, 500));
  assert.notEqual(tokenAtMs(pace, 500), tokenAtMs({ ...pace, seed: 8 }, 500));
});

test('wholeAnswerMs: an answer in one piece is there when its last token is', () => {
  assert.equal(wholeAnswerMs(PACE, 101), 1100);
  assert.equal(wholeAnswerMs(PACE, 0), 100);
  assert.equal(wholeAnswerMs({ ...PACE, headersMs: 20 }, 101), 1120);
});

test('paceOf: the middle of chance is the middle of times, all chances stay within a third and three times it', () => {
  const { headersMs, firstTokenMs, perTokenMs } = paced(LATENCY);
  assert.deepEqual([headersMs, firstTokenMs, perTokenMs], [0, 100, 10]);
  for (const unit of [0, 0.01, 0.3, 0.7, 0.99, 1 - 2 ** -32]) {
    const drawn = paced({ ...LATENCY, spread: 1 }, { unit: () => unit });
    assert.ok(drawn.firstTokenMs >= 33.3 && drawn.firstTokenMs <= 300, String(drawn.firstTokenMs));
    assert.equal(drawn.firstTokenMs > 100, unit > 0.5);
    assert.equal(paced({ ...LATENCY, spread: 0 }, { unit: () => unit }).firstTokenMs, 100);
  }
});

test('paceOf: about two thirds of the answers lie within the spread of the middle', () => {
  let within = 0;
  for (let i = 0; i < 1000; i++) {
    const { firstTokenMs } = paced({ ...LATENCY, spread: 0.2 }, { unit: () => (i + 0.5) / 1000 });
    if (firstTokenMs >= 100 * Math.exp(-0.2) && firstTokenMs <= 100 * Math.exp(0.2)) within++;
  }
  assert.ok(within > 640 && within < 740, `${within} of 1000`);
});

test('paceOf: zeros answer at once, however long the prompt, the thoughts and the queue', () => {
  const load = { active: 500, utilisation: 1.2, tokensPerSecondTarget: 25 };
  const pace = paced(
    { firstTokenMs: 0, perTokenMs: 0, headersMs: 50 },
    { load, promptTokens: 100_000, choices: [choice(500)], unit: () => 0.9 },
  );
  assert.deepEqual([pace.headersMs, pace.firstTokenMs, pace.perTokenMs], [0, 0, 0]);
  assert.equal(tokensAfter(pace, 0), Number.POSITIVE_INFINITY);
  assert.equal(wholeAnswerMs(pace, 100), 0);
});

test('paceOf: the prompt takes its time, by default as the setting for the first token says', () => {
  assert.equal(paced(LATENCY, { promptTokens: PROMPT_TOKENS_PER_FIRST_TOKEN }).firstTokenMs, 200);
  assert.equal(paced({ ...LATENCY, perPromptTokenMs: 0.5 }, { promptTokens: 1000 }).firstTokenMs, 600);
  assert.equal(paced({ ...LATENCY, perPromptTokenMs: 0 }, { promptTokens: 1000 }).firstTokenMs, 100);
});

test('paceOf: the head of a stream comes in its time, never after the prompt is read', () => {
  const early = paced({ ...LATENCY, headersMs: 30 });
  assert.deepEqual([early.headersMs, early.firstTokenMs, wholeAnswerMs(early, 1)], [30, 70, 100]);
  const late = paced({ ...LATENCY, headersMs: 500 });
  assert.deepEqual([late.headersMs, late.firstTokenMs], [100, 0]);
});

test('paceOf: the longest thoughts of the choices are waited for, after the head', () => {
  const pace = paced({ ...LATENCY, headersMs: 100 }, { choices: [choice(20), choice(300), choice(0)] });
  assert.deepEqual([pace.headersMs, pace.firstTokenMs], [100, 3000]);
});

test('paceOf: a Standard deployment is slower the more answers are under way, up to its factor', () => {
  const tokens = [0, 50, 100, 1000].map((active) => paced(LATENCY, { load: { active, utilisation: null } }));
  assert.deepEqual(
    tokens.map((pace) => pace.perTokenMs),
    [10, 15, 20, 20],
  );
  assert.deepEqual(
    tokens.map((pace) => pace.firstTokenMs),
    [100, 150, 200, 200],
  );
  const load = { active: 10, utilisation: null };
  assert.equal(paced({ ...LATENCY, fullLoadAnswers: 10, loadFactor: 5 }, { load }).perTokenMs, 50);
  assert.equal(paced({ ...LATENCY, fullLoadAnswers: 10, loadFactor: 1 }, { load }).perTokenMs, 10);
});

test('paceOf: a full provisioned deployment keeps its published target in 99 of 100 answers, and just', () => {
  for (const target of [25, 50, 80]) {
    const load = { active: 1, utilisation: 1, tokensPerSecondTarget: target };
    let slow = 0;
    for (let i = 0; i < 1000; i++) {
      if (
        1000 / paced({ firstTokenMs: 100, perTokenMs: 8 }, { load, unit: () => (i + 0.5) / 1000 }).perTokenMs <
        target
      )
        slow++;
    }
    assert.ok(slow > 5 && slow <= 10, `${slow} of 1000 below ${target} tokens/s`);
  }
});

test('paceOf: a provisioned deployment slows down with its utilisation, not with answers, and never gets faster', () => {
  const at = (utilisation: number, perTokenMs = 8): number =>
    paced({ ...LATENCY, perTokenMs }, { load: { active: 900, utilisation, tokensPerSecondTarget: 25 } }).perTokenMs;
  assert.equal(at(0), 8);
  assert.ok(at(0.5) > 8 && at(0.5) < at(0.9) && at(0.9) < at(1));
  assert.equal(at(1), at(3));
  // Slower than its target when idle: then the factor holds.
  assert.deepEqual([at(0, 60), at(1, 60)], [60, 120]);
});
