import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import fc from 'fast-check';
import { type PromptSize, PromptTokens } from './tokens.ts';

const size = (bytes: number, given: Partial<PromptSize> = {}): PromptSize => {
  return { bytes, items: 2, extras: 0, mix: 'plain', ...given };
};

const GUESSES: ReadonlyArray<readonly [name: string, size: PromptSize, want: number]> = [
  ['two messages of 400 bytes', size(460), 111],
  ['an embedding of 400 bytes', size(400, { items: 0 }), 100],
  ['nothing', size(2, { items: 0 }), 1],
  ['a message shorter than its own JSON', size(20, { items: 1 }), 7],
  ['a picture', size(100, { items: 0, extras: 1 }), 790],
];

for (const [name, given, want] of GUESSES) {
  test(`PromptTokens: before anything is learned: ${name}`, () =>
    assert.equal(new PromptTokens(null).estimate(given), want));
}

/** What answers would report of prompts whose bytes have so many tokens, give or take. */
function reported(given: PromptSize, tokensPerByte: number, noise: number): number {
  const text = Math.max(0, given.bytes - given.items * 30);
  return Math.round(text * tokensPerByte * noise + given.items * 4 + 3);
}

test('PromptTokens: within 20 answers it is within 10 % of the true ratio, whatever that is (seed 63)', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 1, noNaN: true }), fc.nat(), (ratio, seed) => {
      const unit = seededUnit(seed);
      const prompts = new PromptTokens(new PromptTokens(null));
      for (let i = 0; i < 20; i++) {
        const given = size(300 + Math.floor(unit() * 20_000));
        prompts.learn(given, reported(given, ratio, 0.95 + unit() * 0.1));
      }
      const given = size(10_000);
      const want = reported(given, ratio, 1);
      const off = Math.abs(prompts.estimate(given) - want) / want;
      assert.ok(off < 0.1, `ratio ${ratio}: ${prompts.estimate(given)} for ${want}`);
    }),
    { seed: 63, numRuns: 200 },
  );
});

test('PromptTokens: one answer in twenty that tells nonsense does not move it by more than a tenth (seed 64)', () => {
  const unit = seededUnit(64);
  const prompts = new PromptTokens(null);
  for (let i = 0; i < 400; i++) {
    const given = size(300 + Math.floor(unit() * 20_000));
    prompts.learn(given, i % 20 === 19 ? 9_000_000 : reported(given, 0.3, 1));
  }
  const want = reported(size(10_000), 0.3, 1);
  const told = prompts.estimate(size(10_000));
  assert.ok(Math.abs(told - want) / want < 0.1, `${told} for ${want}`);
});

test('PromptTokens: kinds of text are learned apart', () => {
  const prompts = new PromptTokens(null);
  for (let i = 0; i < 40; i++) {
    prompts.learn(size(5_000), reported(size(5_000), 0.2, 1));
    prompts.learn(size(5_000, { mix: 'dense' }), reported(size(5_000), 0.4, 1));
  }
  assert.ok(Math.abs(prompts.ratio('plain') - 0.2) < 0.01);
  assert.ok(Math.abs(prompts.ratio('dense') - 0.4) < 0.02);
  assert.equal(prompts.ratio('mixed'), 0.25);
});

test('PromptTokens: a client of whom little is known is taken for the others of its model', () => {
  const model = new PromptTokens(null);
  const [known, fresh] = [new PromptTokens(model), new PromptTokens(model)];
  for (let i = 0; i < 40; i++) known.learn(size(5_000), reported(size(5_000), 0.4, 1));
  assert.ok(Math.abs(fresh.ratio('plain') - 0.4) < 0.02);
  for (let i = 0; i < 40; i++) fresh.learn(size(5_000), reported(size(5_000), 0.2, 1));
  assert.ok(Math.abs(fresh.ratio('plain') - 0.2) < 0.02);
});

test('PromptTokens: pictures do not spoil the ratio, and what one costs is learned', () => {
  const prompts = new PromptTokens(null);
  for (let i = 0; i < 40; i++) prompts.learn(size(860, { extras: 2 }), 211 + 2 * 85);
  assert.equal(prompts.ratio('plain'), 0.25);
  assert.ok(Math.abs(prompts.estimate(size(860, { extras: 2 })) - 381) < 10);
});

test('PromptTokens: a prompt of a few words teaches nothing', () => {
  const prompts = new PromptTokens(null);
  prompts.learn(size(100), 1_000);
  assert.equal(prompts.count('plain'), 0);
});
