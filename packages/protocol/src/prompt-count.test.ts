import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promptTokens } from './prompt-count.ts';

/** A word is a token. */
const words = (text: string): number => text.split(' ').filter((word) => word !== '').length;

const TABLE: ReadonlyArray<readonly [name: string, prompt: unknown, want: number | null]> = [
  ['a text', 'one two three', 3],
  ['texts', ['one two', 'three'], 3],
  ['a message', [{ role: 'user', content: 'one two' }], 2 + 4 + 3],
  ['parts of a message', [{ role: 'user', content: [{ type: 'text', text: 'one two' }] }], 2 + 4 + 3],
  ['a name', [{ role: 'user', name: 'Ann', content: 'one' }], 2 + 4 + 3],
  ['a call', [{ role: 'assistant', tool_calls: [{ id: 'a b c', function: { arguments: 'one two' } }] }], 2 + 4 + 3],
  ['two messages', [{ content: 'one' }, { content: null }], 1 + 8 + 3],
  ['an object', { a: 'one' }, null],
  ['a number', 5, null],
];

for (const [name, prompt, want] of TABLE) {
  test(`promptTokens: of ${name}`, () => assert.equal(promptTokens(JSON.stringify(prompt), words), want));
}

test('promptTokens: of what is no JSON, nothing', () => assert.equal(promptTokens('[{', words), null));

test('promptTokens: no piece that is counted has an unbroken run of more than 512 characters, and none is lost', () => {
  const runs: number[] = [];
  const text = `${'a'.repeat(2_000)} ${'模'.repeat(700)}${' '.repeat(1_500)}end`;
  let counted = 0;
  promptTokens(JSON.stringify(text), (piece) => {
    counted += piece.length;
    for (const run of piece.match(/\S+|\s+/gu) ?? []) runs.push(run.length);
    return 0;
  });
  assert.equal(Math.max(...runs), 512);
  assert.equal(counted, text.length);
});
