import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { promptOf } from '../ask/chat.ts';
import type { Turn } from '../ask/generation.ts';
import { BEGINNINGS_MAX, CACHED_TOKENS_MIN, CACHED_TOKENS_STEP, PromptCache, REMEMBERED_MS } from './prompt-cache.ts';

function said(...texts: readonly string[]): readonly Turn[] {
  return texts.map((text, i) => ({ role: i === 0 ? 'system' : 'user', text }));
}

function take(cache: PromptCache, turns: readonly Turn[], nowMs = 0): number {
  const found = cache.look(turns, promptOf(turns).tokens, nowMs);
  cache.remember(found, nowMs);
  return found.cachedTokens;
}

test('PromptCache: a prompt seen before is there in steps of 128 tokens', () => {
  const cache = new PromptCache();
  const turns = said('s'.repeat(8000));
  assert.equal(take(cache, turns), 0);
  // 2,007 tokens: 15 steps.
  assert.equal(take(cache, turns), 1920);
});

test('PromptCache: another ending leaves the common beginning, another beginning leaves nothing', () => {
  const cache = new PromptCache();
  const system = 's'.repeat(6000);
  take(cache, said(system, 'first question'));
  // 6,000 characters and the frame of the message: 11 whole steps of 512 characters.
  assert.equal(take(cache, said(system, 'second question')), 1408);
  assert.equal(take(cache, said(`x${system}`, 'first question')), 0);
});

test('PromptCache: short prompts are never there', () => {
  const cache = new PromptCache();
  const turns = said('s'.repeat(4000));
  assert.ok(promptOf(turns).tokens < CACHED_TOKENS_MIN);
  take(cache, turns);
  assert.equal(take(cache, turns), 0);
  assert.equal(cache.size, 0);
});

test('PromptCache: the same text in another role is another prompt', () => {
  const cache = new PromptCache();
  const text = 's'.repeat(8000);
  take(cache, [{ role: 'system', text }]);
  assert.equal(take(cache, [{ role: 'user', text }]), 0);
});

test('PromptCache: forgets what was not used for five minutes, and counts from the last use', () => {
  const cache = new PromptCache();
  const turns = said('s'.repeat(8000));
  take(cache, turns, 0);
  assert.equal(take(cache, turns, REMEMBERED_MS), 1920);
  assert.equal(take(cache, turns, 2 * REMEMBERED_MS), 1920);
  assert.equal(take(cache, turns, 3 * REMEMBERED_MS + 1), 0);
  take(cache, said('t'.repeat(8000)), 9 * REMEMBERED_MS);
  assert.equal(cache.size, 8);
});

test('PromptCache: remembers a bounded number of beginnings, the latest', () => {
  const cache = new PromptCache();
  const prompts = Array.from({ length: 40 }, (_, i) => said(`${i}-`.repeat(1).padEnd(400_000, 'abc')));
  for (const turns of prompts) take(cache, turns);
  assert.equal(cache.size, BEGINNINGS_MAX);
  assert.equal(take(cache, prompts[0] ?? []), 0);
  assert.ok(take(cache, prompts[39] ?? []) > 90_000);
});

test('PromptCache: one prompt longer than all that is remembered keeps its beginning', () => {
  const cache = new PromptCache();
  const turns = said('s'.repeat(512 * (BEGINNINGS_MAX + 500)));
  take(cache, turns);
  assert.equal(cache.size, BEGINNINGS_MAX);
  assert.ok(take(cache, turns) >= BEGINNINGS_MAX * CACHED_TOKENS_STEP);
});

const text = fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 6000 })).map(([c, n]) => c.repeat(n));
const prompt = fc.array(text, { minLength: 1, maxLength: 4 });

test('PromptCache: never more than the common beginning or the prompt, and whole steps (seed 20261121)', () => {
  fc.assert(
    fc.property(prompt, prompt, (first, second) => {
      const cache = new PromptCache();
      take(cache, said(...first));
      const turns = said(...second);
      const cached = take(cache, turns);
      const { tokens } = promptOf(turns);
      assert.ok(cached === 0 || cached >= CACHED_TOKENS_MIN);
      assert.equal(cached % CACHED_TOKENS_STEP, 0);
      assert.ok(cached <= tokens);
      assert.ok(cached <= promptOf(said(...commonBeginning(first, second))).tokens);
    }),
    { seed: 20261121, numRuns: 300 },
  );
});

function commonBeginning(first: readonly string[], second: readonly string[]): readonly string[] {
  const common: string[] = [];
  for (let i = 0; i < Math.min(first.length, second.length); i++) {
    const [a, b] = [first[i] ?? '', second[i] ?? ''];
    let same = 0;
    while (same < a.length && a[same] === b[same]) same++;
    common.push(a.slice(0, same));
    if (same < a.length || same < b.length) return common;
  }
  return common;
}
