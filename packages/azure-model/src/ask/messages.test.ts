import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promptOf, readMessages, roleOf, textOf, tokensOfParts } from './messages.ts';

const USER = { role: 'user', content: 'hello' };
const CALL = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
const CALLED = { role: 'assistant', content: null, tool_calls: [CALL] };

const TAKEN: ReadonlyArray<readonly [name: string, messages: readonly unknown[]]> = [
  ['every role', ['system', 'developer', 'user', 'assistant'].map((role) => ({ role, content: 'x' }))],
  [
    'an assistant that only called a tool, and the result',
    [USER, CALLED, { role: 'tool', tool_call_id: 'call_1', content: '1' }],
  ],
  [
    'an assistant that called by the old name',
    [{ role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } }],
  ],
  ['an assistant that refused', [{ role: 'assistant', content: null, refusal: 'no' }]],
  ['the result of a function by the old name', [{ role: 'function', name: 'f', content: '1' }]],
  [
    'parts of every kind',
    [{ role: 'user', content: ['text', 'image_url', 'input_audio', 'file'].map((type) => ({ type })) }],
  ],
];

for (const [name, messages] of TAKEN) {
  test(`readMessages: takes ${name}`, () => {
    const read = readMessages(messages);
    assert.ok('turns' in read, JSON.stringify(read));
    assert.equal(read.turns.length, messages.length);
  });
}

const REFUSED: ReadonlyArray<readonly [name: string, messages: unknown, param: string, message: RegExp]> = [
  ['no messages', undefined, 'messages', /Missing required/],
  ['an empty list', [], 'messages', /at least one/],
  ['what is no list', 'hello', 'messages', /a list/],
  ['a message without a role', [{ content: 'x' }], 'messages', /`role`/],
  ['a role that is none', [{ role: 'boss', content: 'x' }], 'messages[0].role', /^Invalid value: 'boss'\. Supported/],
  ['a user who says nothing', [{ role: 'user', content: null }], 'messages.[0].content', /got null/],
  ['a message without content', [USER, { role: 'user' }], 'messages[1].content', /Missing required/],
  [
    'an assistant who says nothing and calls nothing',
    [{ role: 'assistant', content: null }],
    'messages.[0].content',
    /got null/,
  ],
  [
    'content that is a number',
    [{ role: 'user', content: 5 }],
    'messages[0].content',
    /^Invalid type .* a number instead/,
  ],
  [
    'a part of another kind',
    [{ role: 'user', content: [{ type: 'smell' }] }],
    'messages[0].content[0].type',
    /'smell'/,
  ],
  ['a part without a kind', [{ role: 'user', content: [{}] }], 'messages[0].content[0].type', /Missing required/],
  [
    'a result that nothing asked for',
    [USER, { role: 'tool', tool_call_id: 'x', content: '1' }],
    'messages.[1].role',
    /preceeding/,
  ],
  ['a call that has no result', [USER, CALLED, USER], 'messages', /did not have response messages: call_1$/],
];

for (const [name, messages, param, message] of REFUSED) {
  test(`readMessages: refuses ${name}`, () => {
    const read = readMessages(messages);
    assert.ok('refusal' in read);
    assert.equal(read.refusal.status, 400);
    const { error } = JSON.parse(read.refusal.body);
    assert.deepEqual([error.type, error.param], ['invalid_request_error', param]);
    assert.match(error.message, message);
  });
}

test('tokensOfParts: pictures count by their detail, sound by its length', () => {
  assert.equal(tokensOfParts([{ type: 'image_url', image_url: { url: 'x', detail: 'low' } }]), 85);
  assert.equal(tokensOfParts([{ type: 'image_url', image_url: { url: 'x' } }]), 765);
  assert.equal(tokensOfParts([{ type: 'input_audio', input_audio: { data: 'A'.repeat(64_000), format: 'wav' } }]), 10);
  assert.equal(tokensOfParts('text'), 0);
});

test('readMessages: what is no text counts besides it', () => {
  const read = readMessages([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'hi' },
        { type: 'image_url', image_url: { detail: 'low' } },
      ],
    },
  ]);
  assert.ok('turns' in read);
  assert.deepEqual([read.turns, read.otherTokens], [[{ role: 'user', text: 'hi' }], 85]);
});

test('promptOf: frames each message, and tells its characters', () => {
  const prompt = promptOf([
    { role: 'system', text: 'abcd' },
    { role: 'user', text: '' },
  ]);
  assert.deepEqual([prompt.tokens, prompt.chars], [3 + 4 + 1 + 4, [4, 0]]);
  assert.equal(promptOf([], { otherTokens: 7 }).tokens, 10);
});

test('roleOf: developer is system, function is tool, and what is unknown is user', () => {
  assert.deepEqual(['developer', 'function', 'assistant', 'other'].map(roleOf), [
    'system',
    'tool',
    'assistant',
    'user',
  ]);
});

test('textOf: puts the texts of parts on lines of their own', () => {
  assert.equal(textOf([{ type: 'text', text: 'a' }, { type: 'image_url' }, { text: 'b' }]), 'a\nb');
  assert.equal(textOf(null), '');
});
