import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { type Asked, askerOf } from './prompts.ts';
import { labClient } from './testing.ts';
import type { LabClient, Language, Lengths } from './types.ts';

function askedBy(told: Partial<LabClient>, { count = 4_000, parallel = 10, seed = 1 } = {}): readonly Asked[] {
  const asker = askerOf(labClient(told), parallel, seededUnit(seed));
  return Array.from({ length: count }, asker);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
}

const LENGTHS: ReadonlyArray<
  readonly [what: string, lengths: Lengths, want: readonly [low: number, median: number, high: number]]
> = [
  ['fixed', { kind: 'fixed', tokens: 77 }, [77, 77, 77]],
  ['uniform', { kind: 'uniform', min: 100, max: 900 }, [180, 500, 820]],
  // 1.28 standard deviations below and above: 600 × e^∓0.9.
  ['lognormal', { kind: 'lognormal', median: 600, spread: 0.7, max: 100_000 }, [245, 600, 1_470]],
  ['lognormal, cut', { kind: 'lognormal', median: 600, spread: 0.7, max: 700 }, [245, 600, 700]],
];

for (const [what, prompt, want] of LENGTHS) {
  test(`askerOf: prompts ${what} have their deciles (seed 1)`, () => {
    const tokens = askedBy({ prompt }).map(({ promptTokens }) => promptTokens);
    for (const [index, share] of [0.1, 0.5, 0.9].entries()) {
      const [found, wanted] = [quantile(tokens, share), want[index] ?? 0];
      assert.ok(Math.abs(found - wanted) <= wanted * 0.08, `${share}: ${found}, not ${wanted}`);
    }
  });
}

test('askerOf: no length is below one token (seed 2)', () => {
  const prompt: Lengths = { kind: 'lognormal', median: 1, spread: 3, max: 10 };
  assert.equal(Math.min(...askedBy({ prompt }, { seed: 2 }).map(({ promptTokens }) => promptTokens)), 1);
});

const LANGUAGES: ReadonlyArray<readonly [language: Language, bytes: number, chars: number]> = [
  ['english', 4, 4],
  ['code', 3.2, 3.2],
  ['cjk', 2, 2 / 3],
];

for (const [language, bytes, chars] of LANGUAGES) {
  test(`askerOf: ${language} has ${bytes} bytes and ${chars.toFixed(2)} characters to a token, more or less`, () => {
    const asked = askedBy({ languages: { english: 0, code: 0, cjk: 0, [language]: 1 } });
    const ratios = asked.map(({ promptBytes, promptTokens }) => promptBytes / promptTokens);
    assert.ok(Math.abs(quantile(ratios, 0.5) / bytes - 1) < 0.02);
    assert.ok(quantile(ratios, 0.95) > 1.05 * bytes, 'prompts differ');
    const whole = asked.reduce((sum, { promptChars }) => sum + promptChars, 0);
    const tokens = asked.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
    assert.ok(Math.abs(whole / tokens / chars - 1) < 0.02);
  });
}

test('askerOf: an answer keeps to the bound that its request carries, and not all carry it', () => {
  const asked = askedBy({ bound: 150, boundShare: 0.7 });
  const bounded = asked.filter(({ answerTokensMax }) => answerTokensMax !== null);
  assert.ok(Math.abs(bounded.length / asked.length - 0.7) < 0.03);
  assert.ok(bounded.every(({ answerTokens, answerTokensMax }) => answerTokensMax === 150 && answerTokens <= 150));
  assert.ok(asked.some(({ answerTokensMax, answerTokens }) => answerTokensMax === null && answerTokens > 150));
});

test('askerOf: several choices are answered as often, and for a share of requests alone', () => {
  const asked = askedBy({ choices: { n: 3, share: 0.2 }, answer: { kind: 'fixed', tokens: 40 } });
  assert.deepEqual(new Set(asked.map(({ choices, answerTokens }) => `${choices}: ${answerTokens}`)).size, 2);
  const three = asked.filter(({ choices, answerTokens }) => choices === 3 && answerTokens === 120);
  assert.ok(Math.abs(three.length / asked.length - 0.2) < 0.03);
});

test('askerOf: clients of a kind have equal shares and names of their own', () => {
  const asked = askedBy({ name: 'app', count: 4 });
  const names = new Set(asked.map(({ client }) => client));
  assert.deepEqual([...names].sort(), ['app-1', 'app-2', 'app-3', 'app-4']);
  for (const name of names) {
    const share = asked.filter(({ client }) => client === name).length / asked.length;
    assert.ok(Math.abs(share - 0.25) < 0.03);
  }
});

test('askerOf: some requests come back when they are told to', () => {
  const asked = askedBy({ comebacks: { share: 0.8, times: 3 } });
  assert.ok(Math.abs(asked.filter(({ comebacks }) => comebacks === 3).length / asked.length - 0.8) < 0.03);
  assert.ok(asked.every(({ comebacks }) => comebacks === 3 || comebacks === 0));
});

test('askerOf: instructions are what all requests of a kind have in common', () => {
  const asked = askedBy({ instructionsTokens: 1_500 }, { count: 100 });
  assert.equal(new Set(asked.map(({ cacheKey }) => cacheKey)).size, 1);
  assert.ok(
    asked.every(
      ({ cacheKey, sharedTokens, promptTokens }) => cacheKey !== null && sharedTokens === 1_500 && promptTokens > 1_500,
    ),
  );
  assert.ok(askedBy({}, { count: 10 }).every(({ cacheKey, sharedTokens }) => cacheKey === null && sharedTokens === 0));
});

test('askerOf: each turn of a conversation begins with all that was said before (seed 3)', () => {
  const asked = askedBy({ conversation: { turns: 6, thinkSeconds: 20 }, instructionsTokens: 300 }, { seed: 3 });
  const said = new Map<number | null, number>();
  for (const { cacheKey, sharedTokens, promptTokens, answerTokens } of asked) {
    const before = said.get(cacheKey);
    if (before !== undefined) assert.equal(sharedTokens, before);
    assert.ok(promptTokens > Math.max(300, sharedTokens));
    said.set(cacheKey, promptTokens + answerTokens);
  }
  const turns = asked.length / said.size;
  assert.ok(Math.abs(turns - 6) < 0.5, `${turns} turns`);
});

test('askerOf: turns of one conversation lie at least half of all conversations apart (seed 4)', () => {
  const asked = askedBy({ conversation: { turns: 6, thinkSeconds: 20 } }, { parallel: 40, seed: 4 });
  const last = new Map<number | null, number>();
  for (const [index, { cacheKey }] of asked.entries()) {
    assert.ok(index - (last.get(cacheKey) ?? -100) >= 20);
    last.set(cacheKey, index);
  }
});

test('askerOf: a conversation that has grown too long ends', () => {
  const asked = askedBy({ conversation: { turns: 100, thinkSeconds: 1 }, prompt: { kind: 'fixed', tokens: 30_000 } });
  assert.ok(Math.max(...asked.map(({ promptTokens }) => promptTokens)) < 140_000);
});
