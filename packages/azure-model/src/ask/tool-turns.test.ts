import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkToolTurns } from './tool-turns.ts';

const user = { role: 'user', content: 'x' };
const called = (...ids: string[]) => ({ role: 'assistant', tool_calls: ids.map((id) => ({ id })) });
const result = (id: string) => ({ role: 'tool', tool_call_id: id });

const TABLE: ReadonlyArray<readonly [name: string, messages: readonly unknown[], refused: RegExp | null]> = [
  ['a call and its result', [user, called('a'), result('a'), user], null],
  ['two calls, results in another order', [called('a', 'b'), result('b'), result('a')], null],
  ['one result of two missing', [called('a', 'b'), result('b'), user], /messages: a"/],
  ['calls at the end', [user, called('a')], /messages: a"/],
  ['a result after the user spoke', [called('a'), result('a'), user, result('a')], /preceeding/],
  ['a result without the id of its call', [called('a'), { role: 'tool' }], /messages\[1\]\.tool_call_id/],
];

for (const [name, messages, refused] of TABLE) {
  test(`checkToolTurns: ${refused === null ? 'takes' : 'refuses'} ${name}`, () => {
    const refusal = checkToolTurns(messages);
    if (refused === null) assert.equal(refusal, null);
    else assert.match(refusal?.body ?? '', refused);
  });
}

test('checkToolTurns: names no more than twenty calls', () => {
  const ids = Array.from({ length: 500 }, (_, i) => `id${i}`);
  const { error } = JSON.parse(checkToolTurns([called(...ids)])?.body ?? '');
  assert.equal(error.message.split(', ').length, 20);
});
