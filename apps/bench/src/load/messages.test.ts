import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promptTokens } from '@spillway/protocol';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { answerOf } from '../testing/spec.ts';
import { promptMaker, TEXTS_MAX } from './messages.ts';

const count = (text: string): number => encode(text).length;
const PROMPTS = { kind: 'generated', shape: 'custom', contextTokens: 500, cacheShare: 0 } as const;
const WANTED = { prompts: PROMPTS, answer: answerOf({ tokensMax: 500 }), preventServerCaching: true, seed: 1 };
const NOW = 1_795_000_000_123;

const sizeOf = (messages: unknown): number => promptTokens(JSON.stringify(messages), count) ?? 0;

test('promptMaker: prompts have the wanted size within a few tokens, marked or not', () => {
  for (const contextTokens of [60, 500, 2_000]) {
    for (const preventServerCaching of [true, false]) {
      const make = promptMaker({ ...WANTED, preventServerCaching, prompts: { ...PROMPTS, contextTokens } }, [], count);
      for (const index of [0, 1, 99_999]) {
        const { messages, tokens } = make(index, NOW);
        assert.equal(tokens, contextTokens);
        assert.ok(Math.abs(sizeOf(messages) - contextTokens) <= 6, `${sizeOf(messages)} of ${contextTokens}`);
      }
    }
  }
});

test('promptMaker: a mark stands first, and no two calls begin alike', () => {
  const make = promptMaker(WANTED, [], count);
  const [a, b] = [0, TEXTS_MAX].map((index) => String(make(index, NOW).messages[0]?.content));
  assert.match(a ?? '', /^ 1795000000123 0 /);
  assert.notEqual(a?.slice(0, 20), b?.slice(0, 20));
});

test('promptMaker: the part that a server may have cached stands first and is the same in all calls', () => {
  const make = promptMaker({ ...WANTED, prompts: { ...PROMPTS, contextTokens: 2_000, cacheShare: 0.5 } }, [], count);
  const texts = [0, 1, 2].map((index) => String(make(index, NOW + index).messages[0]?.content));
  const [first = '', second = ''] = texts;
  let same = 0;
  while (first[same] === second[same]) same++;
  assert.ok(Math.abs(count(first.slice(0, same)) - 975) < 20, `${count(first.slice(0, same))} tokens in common`);
});

test('promptMaker: the same seed asks the same, another one something else', () => {
  const of = (seed: number) => promptMaker({ ...WANTED, seed }, [], count)(3, NOW).messages[0]?.content;
  assert.equal(of(5), of(5));
  assert.notEqual(of(5), of(6));
});

test('promptMaker: a prompt that is too short for its instruction names the least', () => {
  assert.throws(
    () => promptMaker({ ...WANTED, prompts: { ...PROMPTS, contextTokens: 20 } }, [], count),
    /20 tokens is too short.*ask for at least \d+/,
  );
});

const RECORDED = ['a', 'b', 'c'].map((content) => ({ messages: [{ role: 'user', content }], atMs: null }));

test('promptMaker: sizes are taken in turns, with the answers that they want', () => {
  const sizes = [
    { contextTokens: 100, answerTokensMax: 7 },
    { contextTokens: 300, answerTokensMax: null },
  ];
  for (const cacheShare of [0, 0.5, 1]) {
    const make = promptMaker({ ...WANTED, prompts: { ...PROMPTS, cacheShare, sizes } }, [], count);
    for (const index of [0, 1, 2, TEXTS_MAX + 1]) {
      const { messages, tokens, answerTokensMax } = make(index, NOW);
      const [size, answer] = index % 2 === 0 ? [100, 7] : [300, null];
      assert.deepEqual([tokens, answerTokensMax], [size, answer]);
      assert.ok(Math.abs(sizeOf(messages) - tokens) <= 6, `${sizeOf(messages)} of ${tokens}`);
      assert.match(String(messages[1]?.content), new RegExp(`at least ${answer ?? 500} tokens`));
    }
  }
});

test('promptMaker: a replay in the order of the file begins anew behind its end', () => {
  const prompts = { kind: 'replayed', file: 'x', order: 'file' } as const;
  const make = promptMaker({ ...WANTED, prompts, preventServerCaching: false }, RECORDED, count);
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => make(index, NOW).messages[0]?.content),
    ['a', 'b', 'c', 'a'],
  );
});

test('promptMaker: a replay at random draws each about as often, and again the same for the same call', () => {
  const prompts = { kind: 'replayed', file: 'x', order: 'random' } as const;
  const make = promptMaker({ ...WANTED, prompts }, RECORDED, count);
  const drawn = Array.from({ length: 3_000 }, (_, index) => String(make(index, NOW).messages[0]?.content).at(-1));
  for (const each of ['a', 'b', 'c']) {
    const times = drawn.filter((one) => one === each).length;
    assert.ok(times > 850 && times < 1_150, `${each}: ${times}`);
  }
  assert.equal(String(make(7, NOW).messages[0]?.content), `1795000000123 7 ${drawn[7]}`);
});

test('promptMaker: pictures and the like are left as they are', () => {
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }];
  const prompts = { kind: 'replayed', file: 'x', order: 'file' } as const;
  const make = promptMaker({ ...WANTED, prompts }, [{ messages, atMs: null }], count);
  assert.deepEqual(make(0, NOW).messages, messages);
});

test('promptMaker: a replay of nothing is refused', () => {
  const prompts = { kind: 'replayed', file: 'x', order: 'file' } as const;
  assert.throws(() => promptMaker({ ...WANTED, prompts }, [], count), /at least one/);
});
